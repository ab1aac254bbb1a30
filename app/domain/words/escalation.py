"""The comment that calls people to a task that needs one. An edit would notify nobody."""

from collections.abc import Sequence

from app.domain.remark import quoted
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.words.quoting import block_quoted, code
from app.domain.words.steering import next_step

_MOST = 4_000  # characters of the reason


def call(task: Task) -> str:
    """Only the names from the configuration are alive in it."""
    names = " ".join(f"@{name}" for name in task.policy.escalation.names)
    reason = task.record.reason or "The work can't go on by itself."
    parts = [f"{names} — a person is needed here.", block_quoted(reason[:_MOST])]
    if task.record.question:
        parts.append(f"The agent asks:\n\n{quoted(task.record.question)}")
    todo = f"**What you can do** — {next_step(task, Stage.BLOCKED)}"
    return "\n\n".join((*parts, todo))


def listed(logins: Sequence[str]) -> str:
    return ", ".join(code(login) for login in logins)

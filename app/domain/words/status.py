"""The one status comment of an issue. It decides nothing and knows no clock."""

from itertools import zip_longest

from app.domain.policy import Merge, Policy
from app.domain.record import STATUS_MARKER, Record, Visit
from app.domain.remark import quoted
from app.domain.run import UNUSED
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.words import consent, plan
from app.domain.words.parts import built, parts_table, progress, said_in, used_by_all
from app.domain.words.quoting import block_quoted, code, minutes
from app.domain.words.steering import is_paused, next_step
from app.domain.words.use import cost, tokens
from app.domain.words.verdicts import attempts_table

ICONS = {
    Stage.QUEUED: "⏳",
    Stage.INTAKE: "👓",
    Stage.NEEDS_INFO: "❓",
    Stage.PLAN_REVIEW: "📝",
    Stage.BUILDING: "🔨",
    Stage.PARTS: "🧩",
    Stage.REVIEW: "🔎",
    Stage.DONE: "✅",
    Stage.BLOCKED: "⛔",
    Stage.CANCELLED: "🛑",
}
PATH = (Stage.QUEUED, Stage.BUILDING, Stage.REVIEW, Stage.DONE)
PATH_OF_PARTS = (Stage.QUEUED, Stage.BUILDING, Stage.PARTS, Stage.DONE)
PATH_WITH_INTAKE = (Stage.QUEUED, Stage.INTAKE, *PATH[1:])
_BEFORE = frozenset({Stage.INTAKE, Stage.NEEDS_INFO, Stage.PLAN_REVIEW})
_STOPPED = frozenset({Stage.BLOCKED, Stage.CANCELLED})
_ASKING = {Stage.BLOCKED: "The agent", Stage.NEEDS_INFO: "The product owner"}


def status_comment(task: Task) -> str:
    """The status comment without its signed record, as GitHub Markdown."""
    parts = [
        STATUS_MARKER,
        f"### {headline(task)}",
        _alert(task),
        _checklist(task),
        plan.specification(task.spec) if task.spec and not _says_itself(task) else "",
        plan.architecture(task.record.plan) if task.record.plan else "",
        _plan(task) if task.stage is Stage.PLAN_REVIEW else "",
        parts_table(task.record.parts),
        attempts_table(task.record.attempts),
        _facts(task),
        f"**What you can do** — {next_step(task, task.stage)} `/help` lists every command."
        if task.stage
        else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _says_itself(task: Task) -> bool:
    """The issue is a part whose own text holds all that was specified."""
    spec = task.spec
    return task.is_part and spec is not None and said_in(task.body) == (spec.what, spec.checks)


def headline(task: Task) -> str:
    if task.stage is None:
        return "Not a task"
    if is_paused(task):
        return f"⏸️ Paused — {task.stage.caption.lower()}"
    icon = ICONS[task.stage]
    if task.stage is Stage.BUILDING and task.is_new_project:
        return f"{icon} Building — making the repository{_name(task)}"
    if task.stage is Stage.BUILDING:
        return f"{icon} Building — attempt {_present_attempt(task)} of {task.ceiling}"
    if task.stage is Stage.PARTS:
        return f"{icon} {_caption(task.stage)} — {progress(task.record.parts)}"
    if task.stage is Stage.REVIEW and task.policy.merge is Merge.ON_GREEN:
        return f"{icon} Review — tests passed, {consent.after_tests(task)}"
    if task.stage is Stage.DONE and task.record.parts:
        return f"{icon} Done — {built(task.record.parts)}"
    if task.stage is Stage.DONE and task.record.merged:
        return f"{icon} Done — merged as `{task.record.merged[:10]}`"
    return f"{icon} {task.stage.caption}"


def _name(task: Task) -> str:
    project = task.spec.project if task.spec else None
    return f" `{project.name}`" if project else ""


def _present_attempt(task: Task) -> int:
    return min(task.record.attempt + 1, task.ceiling)


def _alert(task: Task) -> str:
    lines = []
    if task.record.reason:
        kind = "CAUTION" if task.stage is Stage.BLOCKED else "NOTE"
        lines.append(f"> [!{kind}]\n{block_quoted(task.record.reason)}")
    if task.record.question and task.stage in _ASKING:
        lines.append(
            f"> [!IMPORTANT]\n> **{_ASKING[task.stage]} asks**\n>\n{quoted(task.record.question)}"
        )
    if task.warning:
        lines.append(f"> [!WARNING]\n{block_quoted(task.warning)}")
    return "\n\n".join(lines)


def _checklist(task: Task) -> str:
    """Stages of the present round that were visited, with times, and those still ahead."""
    record, path = task.record, _path(task)
    visits = _of_this_round(record)
    after = [visit.stage for visit in visits[1:]]
    lines = [_visited(visit, then) for visit, then in zip_longest(visits, after)]
    if visits and visits[-1].stage in path:
        ahead = path[path.index(visits[-1].stage) + 1 :]
        lines += [f"- [ ] {_caption(stage)}" for stage in ahead]
    title = f"Round {record.shown_round}\n\n" if record.rounds else ""
    return title + "\n".join(lines)


def _visited(visit: Visit, then: Stage | None) -> str:
    """Ticked is only what came to its end; `then` is the stage that followed, if any did."""
    name, at = _caption(visit.stage), f"{visit.at:%H:%M:%S} UTC"
    if visit.stage in _STOPPED:
        return f"- **{name}** · {at}"
    if then is None and visit.stage is not Stage.DONE:
        return f"- [ ] **{name}** · since {at}"
    return f"- [{' ' if then in _STOPPED else 'x'}] {name} · {at}"


def _caption(stage: Stage) -> str:
    return "Handed over" if stage is Stage.PARTS else stage.caption


def _path(task: Task) -> tuple[Stage, ...]:
    if task.is_unspecified:
        return PATH_WITH_INTAKE
    return PATH_OF_PARTS if task.record.parts or task.is_new_project else PATH


def _of_this_round(record: Record) -> tuple[Visit, ...]:
    """From the last time that it was queued for other reasons than a slot for the building."""
    starts = [
        i
        for i, visit in enumerate(record.history)
        if visit.stage is Stage.QUEUED and (i == 0 or record.history[i - 1].stage not in _BEFORE)
    ]
    return record.history[starts[-1] :] if starts else record.history


def _plan(task: Task) -> str:
    rows = (
        ("Request", "as worded now; an edit voids the approval"),
        *(_founding(task) if task.is_new_project else _building(task)),
    )
    return "**The plan**\n\n| | |\n|---|---|\n" + "\n".join(f"| {k} | {v} |" for k, v in rows)


def _building(task: Task) -> tuple[tuple[str, str], ...]:
    policy = task.policy
    each = minutes(policy.agent_limits.wall_seconds)
    merge = "by a person"
    if policy.merge is Merge.ON_GREEN:
        merge = f"as soon as the tests pass{consent.besides_tests(policy)}"
    tests = f"{_tests(policy)}, up to {minutes(policy.test_limits.wall_seconds)}"
    return (
        ("Agent", f"`{task.agent}`, up to {policy.attempts} attempts of {each}"),
        ("Branch", f"`{task.record.branch}`, from `{task.base}`"),
        ("Tests", tests),
        ("Merge", merge),
        ("Never touched", "`.github/**`, submodules, symbolic links"),
    )


def _founding(task: Task) -> tuple[tuple[str, str], ...]:
    """How agents, tests and merges go there, its own configuration will say."""
    wanted, project = task.policy.new_projects, task.spec.project if task.spec else None
    if wanted is None or project is None:
        return (("Repository", "none: `new_projects` is not set, so there can't be one"),)
    name = f"{task.issue.repo.owner}/{project.name}"
    seen = "private" if wanted.private else "public"
    return (
        ("Repository", f"`{name}`, {seen}, made from the template `service`"),
        ("Then", "it is built there, on an issue of its own, which this one waits for"),
    )


def _tests(policy: Policy) -> str:
    return code(policy.test_command) if policy.test_command else "as the repository itself says"


def _facts(task: Task) -> str:
    """Two lines: what there is, and what was used."""
    record = task.record
    there, used = [], []
    if record.pull_request:
        there.append(f"**Pull request** #{record.pull_request}")
    if record.branch and not task.is_new_project:
        there.append(f"**Branch** `{record.branch}`")
    there.append(f"**Agent** `{task.agent}`{' from the next attempt on' * record.outdated}")
    if record.total != UNUSED:
        used.append(f"**Tokens** {tokens(record.total)}")
    if record.cost_usd or task.budget_usd is not None:
        used.append(f"**Cost** {cost(task)}")
    if in_all := used_by_all(record.total, record.parts):
        used.append(f"**With all parts** {in_all}")
    return "\n".join(" · ".join(line) for line in (there, used) if line)

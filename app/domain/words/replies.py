"""Answers to commands, and comments that ask or answer. They decide nothing."""

from collections.abc import Iterable

from app.domain.budget import limit_usd
from app.domain.log import Log
from app.domain.policy import PlanApproval
from app.domain.task import Task
from app.domain.words import plan
from app.domain.words.quoting import block_quoted, code, fenced, tame
from app.domain.words.status import headline
from app.domain.words.steering import next_step
from app.domain.words.use import cost, counted
from app.domain.words.verdicts import outcome

HELP = {
    "plan": "shows the plan and waits for `/approve` before any work",
    "approve": "approves the plan, for the request as it is worded now",
    "retry": "starts the work, or another round of it",
    "cancel": "stops the work; what was pushed so far is kept",
    "pause": "holds the work until `/resume`",
    "resume": "lets paused work go on from what was pushed",
    "agent": "lets another agent work on this from the next attempt on; alone, names them",
    "budget": "lets the work cost that many dollars more; alone, says what it has cost",
    "status": "says where the work stands",
    "logs": "shows the end of what the last runs printed",
    "help": "lists the commands",
}
ARGUMENTS = {"agent": "NAME", "budget": "+USD"}


def status(task: Task) -> str:
    """The answer to /status."""
    if task.stage is None:
        return (
            f"I am not working on this issue. Add the label `{task.policy.trigger_label}` or write "
            "`/retry` to start, `/plan` to see a plan first."
        )
    last = task.record.attempts[-1:]
    verdict = f" Last verdict, attempt {last[0].number}: {outcome(last[0])}." if last else ""
    pull_request = f" Pull request #{task.record.pull_request}." if task.record.pull_request else ""
    return f"**{headline(task)}**.{verdict}{pull_request}\n\n{next_step(task, task.stage)}"


def question(task: Task) -> str:
    """The comment that puts the product owner's question."""
    return plan.question(task.author, task.record.question)


def answer(task: Task, text: str) -> str:
    """The comment that answers a request that was a question."""
    return plan.answer(task.author, text)


def nothing_done(task: Task, why: str) -> str:
    """The comment that ends a task in which there was nothing to do."""
    return plan.nothing_done(task.author, why)


def not_taken_up(task: Task) -> str:
    """The comment for people who could ask, were the configuration good."""
    return (
        "I can't take this up: nobody knows what the configuration allows, so that I only listen "
        "to people with the role admin. Ask again when it is corrected.\n\n"
        f"> [!WARNING]\n{block_quoted(task.warning)}"
    )


def help_text(task: Task) -> str:
    """The answer to /help."""
    rows = "\n".join(f"| `{_usage(word)}` | {text} |" for word, text in HELP.items())
    start = [f"the label `{task.policy.trigger_label}`"]
    if task.policy.mention:
        start.append("a mention of me")
    if task.policy.intake:
        start.append("opening an issue here")
    plan = (
        " Plans wait for approval in this repository."
        if task.policy.plan_approval is PlanApproval.ALWAYS
        else ""
    )
    return (
        f"| command | what it does |\n|---|---|\n{rows}\n\n"
        f"One command per line, first thing on the line. Work starts with {', or '.join(start)}, "
        f"by people with {task.policy.who.name.lower()} access.{plan}"
    )


def _usage(word: str) -> str:
    return f"/{word} {ARGUMENTS[word]}" if word in ARGUMENTS else f"/{word}"


_IDLE = "I am not working on this issue yet; `/retry` starts, `/plan` shows a plan first."


def agent(task: Task, asked: str) -> str:
    """The answer to /agent, where it changes nothing."""
    known = ", ".join(f"`{name}`" for name in task.policy.agents)
    if asked and asked not in task.policy.agents:
        return f"There is no agent {code(asked)}. Write `/agent NAME` with one of: {known}."
    if task.stage is None:
        return f"{_IDLE} Its agent would be `{task.agent}`, of: {known}."
    return f"`{task.agent}` works on this issue. `/agent NAME` changes that to one of: {known}."


def budget(task: Task, asked: str) -> str:
    """The answer to /budget, where it changes nothing."""
    if task.stage is None:
        return f"{_IDLE} Nothing was spent."
    most, spent = limit_usd(task), f"{cost(task)}, with {counted(task.record.total)}."
    if most is None:
        return f"{spent} No budget is set in orchestrator.yml, so there is none to raise."
    refused = f"{code(asked)} can't be added. " if asked else ""
    return (
        f"{refused}{spent} `/budget +5` lets the work cost 5 dollars more, "
        f"up to ${most:,.2f} in all."
    )


def logs(found: Iterable[Log]) -> str:
    """The answer to /logs."""
    parts = [
        f"**{tame(log.name)}** · {code(log.where)} on the orchestrator's machine\n\n"
        f"<details open><summary>The end of it</summary>\n\n{fenced(log.text)}\n\n</details>"
        if log.text
        else f"**{tame(log.name)}** · {code(log.where)}: it printed nothing."
        for log in found
    ]
    return "\n\n".join(parts) or "No run of this issue has left a log that is still there."

"""Everything the bot says, in one place. It decides nothing and knows no clock.

Texts of agents and tests are not ours: they are fenced, so that they can't mention people, close
issues or look like our own words.
"""

import re
from collections.abc import Iterable

from app.domain import plan_words
from app.domain.budget import limit_usd
from app.domain.log import Log
from app.domain.policy import Merge, PlanApproval, Policy
from app.domain.record import ASKED, SENT_BACK, STATUS_MARKER, Attempt, Record, Visit
from app.domain.remark import quoted
from app.domain.run import UNUSED, Usage
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.verdict import Verdict

ICONS = {
    Stage.QUEUED: "⏳",
    Stage.INTAKE: "👓",
    Stage.NEEDS_INFO: "❓",
    Stage.PLAN_REVIEW: "📝",
    Stage.BUILDING: "🔨",
    Stage.REVIEW: "🔎",
    Stage.DONE: "✅",
    Stage.BLOCKED: "⛔",
    Stage.CANCELLED: "🛑",
}
PATH = (Stage.QUEUED, Stage.BUILDING, Stage.REVIEW, Stage.DONE)
PATH_WITH_INTAKE = (Stage.QUEUED, Stage.INTAKE, *PATH[1:])
NEXT = {
    Stage.QUEUED: "`/pause` takes it out of the line · `/cancel` stops it before it starts.",
    Stage.INTAKE: "`/plan` lets the work wait for your `/approve` · "
    "`/pause` holds it, `/cancel` stops it.",
    Stage.NEEDS_INFO: "Answer in a comment here · `/cancel` gives up.",
    Stage.PLAN_REVIEW: "`/approve` starts the work as planned · "
    "edit the issue to change the plan · `/cancel` stops here.",
    Stage.BUILDING: "`/pause` holds the work, `/cancel` stops it.",
    Stage.REVIEW: "Review and merge the pull request, or close it · `/cancel` stops here.",
    Stage.DONE: "`/retry` or reopening the issue starts another round.",
    Stage.BLOCKED: "Edit the issue if the request was unclear, then `/retry` for another round · "
    "`/cancel` gives up.",
    Stage.CANCELLED: "`/retry` starts another round. What was pushed so far is kept.",
}
MENTION_NEXT = {
    Stage.INTAKE: "A comment that mentions me reaches the product owner.",
    Stage.BUILDING: "The agent learns at its next attempt of a comment that mentions me.",
    Stage.REVIEW: "A comment that mentions me asks for changes.",
    Stage.DONE: "A comment that mentions me asks for more.",
    Stage.BLOCKED: "A comment that mentions me goes on with what it says.",
    Stage.CANCELLED: "A comment that mentions me goes on with what it says.",
}
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
PAUSED_NEXT = "`/resume` goes on from what was pushed · `/cancel` stops for good."
OVER_BUDGET_NEXT = "`/budget +USD` raises the budget and goes on · `/cancel` gives up."
ANSWER_NEXT = "Answer in a comment that mentions me, and the work goes on · `/cancel` gives up."
ANSWER_AND_RETRY_NEXT = (
    "Answer in a comment, then `/retry`, and the work goes on · `/cancel` gives up."
)
_BEFORE = frozenset({Stage.INTAKE, Stage.NEEDS_INFO, Stage.PLAN_REVIEW})
PAUSABLE = frozenset({Stage.QUEUED, Stage.PLAN_REVIEW, Stage.REVIEW})
_ASKING = {Stage.BLOCKED: "The agent", Stage.NEEDS_INFO: "The product owner"}
MAX_ESSENCE = 1_500


def status_comment(task: Task) -> str:
    """The status comment without its signed record, as GitHub Markdown."""
    parts = [
        STATUS_MARKER,
        f"### {_headline(task)}",
        _alert(task),
        _checklist(task),
        plan_words.specification(task.spec) if task.spec else "",
        plan_words.architecture(task.record.plan) if task.record.plan else "",
        _plan(task) if task.stage is Stage.PLAN_REVIEW else "",
        _attempts(task.record.attempts),
        _facts(task),
        f"**What you can do** — {_next(task, task.stage)} `/help` lists every command."
        if task.stage
        else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(task: Task) -> str:
    if task.stage is None:
        return "Not a task"
    if _is_paused(task):
        return f"⏸️ Paused — {task.stage.caption.lower()}"
    icon = ICONS[task.stage]
    if task.stage is Stage.BUILDING:
        return f"{icon} Building — attempt {_present_attempt(task)} of {task.ceiling}"
    if task.stage is Stage.REVIEW and task.policy.merge is Merge.ON_GREEN:
        return f"{icon} Review — tests passed, merging"
    if task.stage is Stage.DONE and task.record.merged:
        return f"{icon} Done — merged as `{task.record.merged[:10]}`"
    return f"{icon} {task.stage.caption}"


def _next(task: Task, stage: Stage) -> str:
    if stage is Stage.BLOCKED and task.record.over_budget:
        return OVER_BUDGET_NEXT
    if stage is Stage.BLOCKED and task.record.question:
        return ANSWER_NEXT if task.policy.mention else ANSWER_AND_RETRY_NEXT
    if _is_paused(task):
        return PAUSED_NEXT
    more = MENTION_NEXT.get(stage) if task.policy.mention else None
    if stage is Stage.PLAN_REVIEW and task.has_owner and task.policy.mention:
        more = "A comment that mentions me makes another plan, with what it says."
    return f"{NEXT[stage]} {more}" if more else NEXT[stage]


def _is_paused(task: Task) -> bool:
    return task.record.paused and task.stage in PAUSABLE


def _present_attempt(task: Task) -> int:
    return min(task.record.attempt + 1, task.ceiling)


def _alert(task: Task) -> str:
    lines = []
    if task.record.reason:
        kind = "CAUTION" if task.stage is Stage.BLOCKED else "NOTE"
        lines.append(f"> [!{kind}]\n{_quoted(task.record.reason)}")
    if task.record.question and task.stage in _ASKING:
        lines.append(
            f"> [!IMPORTANT]\n> **{_ASKING[task.stage]} asks**\n>\n{quoted(task.record.question)}"
        )
    if task.warning:
        lines.append(f"> [!WARNING]\n{_quoted(task.warning)}")
    return "\n\n".join(lines)


def _checklist(task: Task) -> str:
    """Stages of the present round that were visited, with times, and those still ahead."""
    record, path = task.record, PATH_WITH_INTAKE if task.is_unspecified else PATH
    visits = _of_this_round(record)
    lines = [f"- [x] {visit.stage.caption} · {visit.at:%H:%M:%S} UTC" for visit in visits]
    if visits and visits[-1].stage in path:
        ahead = path[path.index(visits[-1].stage) + 1 :]
        lines += [f"- [ ] {stage.caption}" for stage in ahead]
    title = f"Round {record.built}\n\n" if record.built > 1 else ""
    return title + "\n".join(lines)


def _of_this_round(record: Record) -> tuple[Visit, ...]:
    """From the last time that it was queued for other reasons than a slot for the building."""
    starts = [
        i
        for i, visit in enumerate(record.history)
        if visit.stage is Stage.QUEUED and (i == 0 or record.history[i - 1].stage not in _BEFORE)
    ]
    return record.history[starts[-1] :] if starts else record.history


def _plan(task: Task) -> str:
    policy = task.policy
    each = _minutes(policy.agent_limits.wall_seconds)
    merge = "as soon as the tests pass" if policy.merge is Merge.ON_GREEN else "by a person"
    rows = (
        ("Request", f"as worded now (`{task.plan_digest[:12]}`); an edit voids the approval"),
        (
            "Agent",
            f"`{task.agent}`, up to {policy.attempts} attempts of {each}",
        ),
        ("Branch", f"`{task.record.branch}`, from `{task.base}`"),
        (
            "Tests",
            f"{_tests(policy)}, up to {_minutes(policy.test_limits.wall_seconds)}",
        ),
        ("Merge", merge),
        ("Never touched", "`.github/**`, submodules, symbolic links"),
    )
    return "**The plan**\n\n| | |\n|---|---|\n" + "\n".join(f"| {k} | {v} |" for k, v in rows)


def _tests(policy: Policy) -> str:
    return _code(policy.test_command) if policy.test_command else "as the repository itself says"


def _attempts(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return ""
    rows = "\n".join(
        f"| {a.number} | {f'`{a.head[:10]}`' if a.head else '—'} | {_outcome(a)} |"
        for a in attempts
    )
    table = f"| attempt | commit | verdict |\n|---:|---|---|\n{rows}"
    last = attempts[-1]
    essence = "\n\n".join(last.failures) or last.detail
    if last.outcome in ("passed", ASKED) or not essence:
        return table
    return (
        f"{table}\n\n<details><summary>{_caption(last)}</summary>\n\n"
        f"{fenced(essence[:MAX_ESSENCE])}\n\n</details>"
    )


def _caption(attempt: Attempt) -> str:
    if attempt.outcome == SENT_BACK:
        return f"What the reviewer wants after attempt {attempt.number}"
    return f"What failed in attempt {attempt.number}"


def _outcome(attempt: Attempt) -> str:
    if attempt.outcome == "passed":
        skipped = f", {attempt.skipped} skipped" if attempt.skipped else ""
        return f"✅ {attempt.passed} passed{skipped}"
    if attempt.outcome == ASKED:
        return f"❓ {ASKED}"
    if attempt.outcome == "failed" and attempt.failed:
        return f"❌ {attempt.failed} of {attempt.passed + attempt.failed} failed"
    return f"❌ {attempt.outcome}"


def _facts(task: Task) -> str:
    """Two lines: what there is, and what was used."""
    record = task.record
    there, used = [], []
    if record.pull_request:
        there.append(f"**Pull request** #{record.pull_request}")
    if record.branch:
        there.append(f"**Branch** `{record.branch}`")
    there.append(f"**Agent** `{task.agent}`{' from the next attempt on' * record.outdated}")
    if record.total != UNUSED:
        used.append(f"**Tokens** {_tokens(record.total)}")
    if record.cost_usd or task.budget_usd is not None:
        used.append(f"**Cost** {_cost(task)}")
    return "\n".join(" · ".join(line) for line in (there, used) if line)


def _tokens(usage: Usage) -> str:
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    return f"{usage.input:,} in{cached}, {usage.output:,} out"


def _cost(task: Task) -> str:
    """Against the budget, with what people have added to it."""
    spent, most = task.record.cost_usd, task.budget_usd
    if most is None:
        return _usd(spent)
    extra = task.record.budget_extra
    added = f", {_usd(extra)} of it added" if extra else ""
    return f"{_usd(spent)} of {_usd(most)} ({spent / most:.0%}{added})"


def _usd(amount: float) -> str:
    """Cents, and what is less than one not as nothing."""
    return f"${amount:,.2f}" if not 0 < amount < 0.01 else f"${amount:.4f}"


def status(task: Task) -> str:
    """The answer to /status."""
    if task.stage is None:
        return (
            f"I am not working on this issue. Add the label `{task.policy.trigger_label}` or write "
            "`/retry` to start, `/plan` to see a plan first."
        )
    last = task.record.attempts[-1:]
    verdict = f" Last verdict, attempt {last[0].number}: {_outcome(last[0])}." if last else ""
    pull_request = f" Pull request #{task.record.pull_request}." if task.record.pull_request else ""
    return f"**{_headline(task)}**.{verdict}{pull_request}\n\n{_next(task, task.stage)}"


def question(task: Task) -> str:
    """The comment that puts the product owner's question."""
    return plan_words.question(task.author, task.record.question)


def answer(task: Task, text: str) -> str:
    """The comment that answers a request that was a question."""
    return plan_words.answer(task.author, text)


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
        return f"There is no agent {_code(asked)}. Write `/agent NAME` with one of: {known}."
    if task.stage is None:
        return f"{_IDLE} Its agent would be `{task.agent}`, of: {known}."
    return f"`{task.agent}` works on this issue. `/agent NAME` changes that to one of: {known}."


def budget(task: Task, asked: str) -> str:
    """The answer to /budget, where it changes nothing."""
    if task.stage is None:
        return f"{_IDLE} Nothing was spent."
    most, spent = limit_usd(task), f"{_cost(task)}, with {_tokens(task.record.total)} tokens."
    if most is None:
        return f"{spent} No budget is set in orchestrator.yml, so there is none to raise."
    refused = f"{_code(asked)} can't be added. " if asked else ""
    return (
        f"{refused}{spent} `/budget +5` lets the work cost 5 dollars more, "
        f"up to ${most:,.2f} in all."
    )


def logs(found: Iterable[Log]) -> str:
    """The answer to /logs."""
    parts = [
        f"**{_tame(log.name)}** · {_code(log.where)} on the orchestrator's machine\n\n"
        f"<details open><summary>The end of it</summary>\n\n{fenced(log.text)}\n\n</details>"
        if log.text
        else f"**{_tame(log.name)}** · {_code(log.where)}: it printed nothing."
        for log in found
    ]
    return "\n\n".join(parts) or "No run of this issue has left a log that is still there."


def commit_message(task: Task, attempt: int) -> str:
    """The trailers say whose work the commit is, so that a lost run is found on the branch."""
    return (
        f"{_subject(task.title)[:60] or 'Work on the request'}\n\n"
        f"For #{task.issue.number}, attempt {attempt}.\n\n"
        f"Orc-Task: {task.code_mark}\nOrc-Attempt: {attempt}\n"
    )


def pull_request_title(task_title: str) -> str:
    return _subject(task_title)[:240] or "The requested change"


_CLOSES = re.compile(r"(#|GH-)(?=\d)|(?<=/)(?=issues/|pull/)|(?<=@)(?=\w)", re.IGNORECASE)


def _subject(title: str) -> str:
    """A title as a subject: on GitHub it could close other issues, and mention people."""
    return _CLOSES.sub(lambda match: f"{match.group()}\u200b", _one_line(title))


def pull_request_body(number: int, attempts: Iterable[Attempt], text: str) -> str:
    """What the pull request says of itself; `text` is the agent's own summary."""
    said = f"\n\n{fenced(text[:MAX_ESSENCE])}" if text.strip() else ""
    return (
        f"Closes #{number}{said}\n\n{_attempts(tuple(attempts))}\n\n"
        "The verdict is made from a fresh checkout of the commit, outside the agent's reach."
    )


def check_title(verdict: Verdict) -> str:
    if verdict.green:
        return f"{verdict.passed} passed" + (
            f", {verdict.skipped} skipped" if verdict.skipped else ""
        )
    if verdict.failed:
        return f"{verdict.failed} of {verdict.passed + verdict.failed} failed"
    return verdict.outcome.value.capitalize()


def check_summary(verdict: Verdict) -> str:
    counts = (
        f"| passed | failed | skipped | seconds |\n|---:|---:|---:|---:|\n"
        f"| {verdict.passed} | {verdict.failed} | {verdict.skipped} | {verdict.seconds:.1f} |"
    )
    return f"{_tame(verdict.detail)}\n\n{counts}\n\nMade from a fresh checkout of `{verdict.sha}`."


def check_text(verdict: Verdict) -> str:
    return fenced("\n\n".join(verdict.failures)) if verdict.failures else "Nothing failed."


def fenced(text: str) -> str:
    """Foreign text as a code block that it can't end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_tame(line)}" for line in text.splitlines())


_LIVELY = re.compile(r"[@#\[\]<!]|(?<=:)//|(?<=^)-{3}")


def _tame(text: str) -> str:
    """Words that may not all be ours: readable, but no mention, link, picture or reference."""
    escapes = {"@": "@\u200b", "#": "#\u200b", "<": "&lt;", "[": "\\[", "]": "\\]", "!": "\\!"}
    return _LIVELY.sub(lambda match: escapes.get(match.group(), f"\u200b{match.group()}"), text)


def _code(text: str) -> str:
    return f"`{_one_line(text).replace('`', chr(39)).replace('|', chr(0xA6))}`"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min"

"""What a person can do next, for each stage."""

from app.domain.policy import Merge
from app.domain.stage import Stage
from app.domain.task import Task
from app.domain.words.consent import after_tests, how_to_consent

NEXT = {
    Stage.QUEUED: "`/pause` takes it out of the line · `/cancel` stops it before it starts.",
    Stage.INTAKE: "`/plan` lets the work wait for your `/approve` · "
    "`/pause` holds it, `/cancel` stops it.",
    Stage.NEEDS_INFO: "Answer in a comment here · `/cancel` gives up.",
    Stage.PLAN_REVIEW: "`/approve` starts the work as planned · "
    "edit the issue to change the plan · `/cancel` stops here.",
    Stage.BUILDING: "`/pause` holds the work, `/cancel` stops it.",
    Stage.PARTS: "Comment on a part to reach its agent · `/cancel` here stops all of it.",
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
PAUSED_NEXT = "`/resume` goes on from what was pushed · `/cancel` stops for good."
PAUSED_PLAN_NEXT = "`/resume`, then `/approve` starts the work · `/cancel` stops for good."
MERGING_NEXT = "Nothing: it is merged by itself · `/cancel` stops it."
OVER_BUDGET_NEXT = "`/budget +USD` raises the budget and goes on · `/cancel` gives up."
ANSWER_NEXT = "Answer in a comment that mentions me, and the work goes on · `/cancel` gives up."
ANSWER_AND_RETRY_NEXT = (
    "Answer in a comment, then `/retry`, and the work goes on · `/cancel` gives up."
)
PAUSABLE = frozenset({Stage.QUEUED, Stage.PLAN_REVIEW, Stage.REVIEW})


def next_step(task: Task, stage: Stage) -> str:
    if stage is Stage.BLOCKED and task.record.over_budget:
        return OVER_BUDGET_NEXT
    if stage is Stage.BLOCKED and task.record.question:
        return ANSWER_NEXT if task.policy.mention else ANSWER_AND_RETRY_NEXT
    if is_paused(task):
        return PAUSED_PLAN_NEXT if stage is Stage.PLAN_REVIEW else PAUSED_NEXT
    heard = task.policy.mention and not task.record.parts  # else what is said belongs elsewhere
    more = MENTION_NEXT.get(stage) if heard else None
    if stage is Stage.REVIEW and task.policy.merge is Merge.ON_GREEN and task.policy.reviews:
        return " ".join(filter(None, (how_to_consent(task), NEXT[stage], more)))
    if stage is Stage.REVIEW and _merges_by_itself(task):
        return f"{MERGING_NEXT} {more}" if more else MERGING_NEXT
    if stage is Stage.PLAN_REVIEW and task.has_owner and task.policy.mention:
        more = "A comment that mentions me makes another plan, with what it says."
    return f"{NEXT[stage]} {more}" if more else NEXT[stage]


def is_paused(task: Task) -> bool:
    return task.record.paused and task.stage in PAUSABLE


def _merges_by_itself(task: Task) -> bool:
    """Neither a person nor GitHub's own rules are waited for."""
    return task.policy.merge is Merge.ON_GREEN and after_tests(task) == "merging"

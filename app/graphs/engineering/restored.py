"""What a round builds on where the last one ended with less than it had: its best attempt."""

from app.domain.record import SENT_BACK, Attempt, Record
from app.domain.verdict import Outcome
from app.domain.words import going_back
from app.graphs.context import Context
from app.graphs.ports import Heads

_GREEN = frozenset({Outcome.PASSED.value, SENT_BACK})


async def best_restored(context: Context, heads: Heads) -> Attempt | None:
    """The attempt whose files are on the branch again, as a commit on top of what came after it.

    Nothing is rewritten. None: what the branch holds is the best there is, or not ours to judge.
    """
    task, code = context.task, context.workshop.code
    best = better(task.record, heads.branch)
    if best is None or best.head is None or heads.branch is None:
        return None
    message = going_back(task, best.number)
    sha = await code.restore(task.issue.repo, heads.branch, best.head, message)
    await code.push(task.issue, task.record.branch, sha)
    return best


def better(record: Record, head: str | None) -> Attempt | None:
    """An earlier attempt that did better than the one which `head` is, before any of this round."""
    if record.attempt > record.floor:
        return None
    tested = [attempt for attempt in record.attempts if attempt.head is not None]
    last = tested[-1] if tested else None
    if last is None or last.head != head:
        return None  # somebody has pushed since
    best = max(tested, key=lambda one: (_worth(one), one.number))
    return best if _worth(best) > _worth(last) else None


def _worth(attempt: Attempt) -> tuple[bool, bool, int, int]:
    """Green before red, tests that ran before none, fewer failures before more."""
    ran = bool(attempt.passed or attempt.failed)
    return (attempt.outcome in _GREEN, ran, -attempt.failed, attempt.passed)


def told(best: Attempt) -> str:
    """For the developer, who finds its files."""
    counts = f"{best.passed} tests passed and {best.failed} failed"
    return (
        f"What came after attempt {best.number} did worse, so you find that attempt's files, of "
        f"which {counts}. The commits since then show what did not help."
    )

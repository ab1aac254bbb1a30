"""What is said of the approving reviews that a merge waits for. It counts nobody."""

from app.domain.consent import HELD
from app.domain.policy import Policy
from app.domain.task import Task


def after_tests(task: Task) -> str:
    """What comes after the tests, where the policy merges."""
    wanted = task.policy.reviews
    if task.record.by_hand:
        return "a person merges it"
    if wanted:
        return f"waits for {_reviews(wanted)}"
    return "waits for GitHub's own reviews" if task.record.reason == HELD else "merging"


def besides_tests(policy: Policy) -> str:
    """What is wanted besides green tests, as a part of a sentence."""
    return f" and there are {_reviews(policy.reviews)}" if policy.reviews else ""


def how_to_consent(task: Task) -> str:
    """What people can do for it, where the policy wants them to and that would help."""
    if task.record.by_hand:
        return ""
    return (
        "It is merged when people with write access have approved the pull request as it stands: "
        f"{_reviews(task.policy.reviews)}, at least one by somebody who neither opened or edited "
        "this issue nor asked for work on it."
    )


def _reviews(wanted: int) -> str:
    return "1 approving review" if wanted == 1 else f"{wanted} approving reviews"

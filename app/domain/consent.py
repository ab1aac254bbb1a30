"""Whether enough people have approved a change for it to be merged without another hand.

It counts what GitHub says of exactly the open head, and asks nobody.
"""

from app.domain.task import Task

HELD = "GitHub merges this as soon as people who may write have approved it."


def is_given(task: Task) -> bool:
    """As many as the policy wants, and not only of people who asked for the change."""
    pull_request, wanted = task.pull_request, task.policy.reviews
    if pull_request is None or pull_request.wants_review or task.record.by_hand:
        return False
    if not wanted:
        return True
    by = pull_request.approved_by
    return len(by) >= wanted and bool(by - task.requesters) and not pull_request.is_opposed

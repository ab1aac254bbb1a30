"""Sub-issues and dependencies between issues of one repository; no permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.sandbox.refusal import Refusal, invalid, not_found
from app.sandbox.shapes import issues as shape
from app.sandbox.shapes.repositories import repository
from app.sandbox.state import Issue, PullRequest, Repository
from app.sandbox.world import Actor, World, get_issue

MAX_CHILDREN = 100
MAX_DEPTH = 8
MAX_BLOCKERS = 50


def by_id(repo: Repository, issue_id: int) -> Issue:
    """The issue that an id names; pull requests can be neither sub-issue nor blocker."""
    found = next((one for one in repo.plain_issues() if one.id == issue_id), None)
    if found is None:
        raise not_found()
    return found


def _refuse(message: str) -> Refusal:
    return invalid(message, resource="SubIssue", field="sub_issue_id")


def _up(repo: Repository, issue: Issue) -> Iterator[Issue]:
    while issue.parent is not None:
        issue = repo.issues[issue.parent]
        yield issue


def _height(repo: Repository, issue: Issue) -> int:
    below = [_height(repo, repo.issues[number]) for number in issue.sub_issues]
    return 1 + max(below, default=0)


def _put(world: World, repo: Repository, issue: Issue) -> None:
    repo.issues[issue.number] = replace(issue, updated_at=world.now())


def check_parent(repo: Repository, parent: Issue, child: Issue | None) -> None:
    """`child` None: one that is about to be made."""
    if isinstance(parent, PullRequest):
        raise _refuse("A pull request can't have sub-issues")
    if len(parent.sub_issues) >= MAX_CHILDREN:
        raise _refuse(f"Parent cannot have more than {MAX_CHILDREN} sub-issues")
    above = list(_up(repo, parent))
    if child is not None and child.number in {parent.number, *(one.number for one in above)}:
        raise _refuse("An issue cannot be its own parent")
    if 1 + len(above) + (1 if child is None else _height(repo, child)) > MAX_DEPTH:
        raise _refuse(f"Sub-issues cannot be nested more than {MAX_DEPTH} levels deep")


def add(
    world: World, repo: Repository, number: int, child: Issue, actor: Actor, *, move: bool = False
) -> Issue:
    """The parent, with its new sub-issue last. `move`: from the parent that it has now."""
    with world.writing(repo):
        parent = get_issue(repo, number)
        if child.parent == number:
            raise _refuse("Issue may not contain duplicate sub-issues")
        if child.parent is not None and not move:
            raise _refuse("Sub issue may only have one parent")
        check_parent(repo, parent, child)
        if child.parent is not None:
            child = remove(world, repo, child.parent, child, actor)
        _put(world, repo, replace(repo.issues[number], sub_issues=(
            *repo.issues[number].sub_issues, child.number)))  # fmt: skip
        _put(world, repo, replace(repo.issues[child.number], parent=number))
        _tell(world, repo, (number, child.number), "added", actor)
        return repo.issues[number]


def remove(world: World, repo: Repository, number: int, child: Issue, actor: Actor) -> Issue:
    """The child, which has no parent now."""
    with world.writing(repo):
        parent = get_issue(repo, number)
        if child.parent != number:
            raise not_found()
        left = tuple(one for one in parent.sub_issues if one != child.number)
        _put(world, repo, replace(parent, sub_issues=left))
        _put(world, repo, replace(repo.issues[child.number], parent=None))
        _tell(world, repo, (number, child.number), "removed", actor)
        return repo.issues[child.number]


def reorder(
    world: World, repo: Repository, number: int, child: Issue, *, after: int | None,
    before: int | None,
) -> Issue:  # fmt: skip
    """`after`, `before`: the number of the sub-issue to stand next to; exactly one of them."""
    with world.writing(repo):
        parent = get_issue(repo, number)
        if child.parent != number:
            raise not_found()
        order = [one for one in parent.sub_issues if one != child.number]
        beside = after if after is not None else before
        if beside not in order or (after is None) == (before is None):
            raise _refuse("Give after_id or before_id of another sub-issue")
        order.insert(order.index(beside) + (after is not None), child.number)
        _put(world, repo, replace(parent, sub_issues=tuple(order)))
        return repo.issues[number]


def _tell(world: World, repo: Repository, pair: tuple[int, int], what: str, actor: Actor) -> None:
    """GitHub says it twice: once for each of the two (parent, child)."""
    parent, child = (repo.issues[number] for number in pair)
    both = {
        "parent_issue_id": parent.id,
        "parent_issue": shape.issue(world.site, repo, parent),
        "sub_issue_id": child.id,
        "sub_issue": shape.issue(world.site, repo, child),
    }
    here = repository(world.site, repo)
    for side in ("parent_issue", "sub_issue"):
        payload = {"action": f"{side}_{what}", **both, f"{side}_repo": here}
        world.emit("sub_issues", repo, actor, payload)


# Dependencies


def block(world: World, repo: Repository, number: int, blocker: Issue, actor: Actor) -> Issue:
    """The issue `number` can't start before `blocker` is closed; returns the blocked one."""
    with world.writing(repo):
        blocked = get_issue(repo, number)
        if blocker.number in blocked.blocked_by:
            raise _refuse_block("Target issue has already been taken")
        if len(blocked.blocked_by) >= MAX_BLOCKERS:
            raise _refuse_block(f"An issue can have at most {MAX_BLOCKERS} blockers")
        if _reaches(blocker.number, number, lambda one: repo.issues[one].blocked_by):
            raise _refuse_block("Adding this dependency would create a cycle")
        _put(world, repo, replace(blocked, blocked_by=(*blocked.blocked_by, blocker.number)))
        _tell_block(world, repo, (number, blocker.number), "added", actor)
        return repo.issues[number]


def unblock(world: World, repo: Repository, number: int, blocker: Issue, actor: Actor) -> Issue:
    with world.writing(repo):
        blocked = get_issue(repo, number)
        if blocker.number not in blocked.blocked_by:
            raise not_found()
        left = tuple(one for one in blocked.blocked_by if one != blocker.number)
        _put(world, repo, replace(blocked, blocked_by=left))
        _tell_block(world, repo, (number, blocker.number), "removed", actor)
        return repo.issues[number]


def _refuse_block(message: str) -> Refusal:
    return invalid(message, resource="IssueDependency", field="issue_id")


def _reaches(start: int, goal: int, following: Callable[[int], tuple[int, ...]]) -> bool:
    seen: set[int] = set()
    todo = [start]
    while todo:
        one = todo.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            todo += following(one)
    return False


def blocking(repo: Repository, number: int) -> list[Issue]:
    """Those that wait for the issue `number`."""
    return [one for one in repo.plain_issues() if number in one.blocked_by]


def _tell_block(
    world: World, repo: Repository, pair: tuple[int, int], what: str, actor: Actor
) -> None:
    blocked, blocker = (repo.issues[number] for number in pair)
    both = {
        "blocked_issue_id": blocked.id,
        "blocked_issue": shape.issue(world.site, repo, blocked),
        "blocking_issue_id": blocker.id,
        "blocking_issue": shape.issue(world.site, repo, blocker),
    }
    here = repository(world.site, repo)
    for action, other in (("blocked_by", "blocking"), ("blocking", "blocked")):
        payload = {"action": f"{action}_{what}", **both, f"{other}_issue_repo": here}
        world.emit("issue_dependencies", repo, actor, payload)

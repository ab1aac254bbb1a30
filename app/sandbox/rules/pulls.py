"""Pull requests within one repository: opened, found mergeable, merged; no permissions."""

from __future__ import annotations

import re
from dataclasses import replace

from app.sandbox import gate, git, merging
from app.sandbox.refusal import Refusal, invalid
from app.sandbox.rules import branches, issues
from app.sandbox.state import PullRequest, Repository
from app.sandbox.world import Actor, World, get_pull, put_issue

_MENTION = re.compile(r"(?<!\w)#(\d+)\b")


def open_pull(
    world: World, repo: Repository, actor: Actor, *,
    title: str, body: str, head: str, base: str, draft: bool = False,
) -> PullRequest:  # fmt: skip
    """`head` is a branch name, or owner:branch."""
    issues.check_title(title, "PullRequest")
    issues.check_body(body, "PullRequest")
    owner, _, branch = head.rpartition(":")
    head_sha = repo.branches.get(branch)
    base_sha = repo.branches.get(base)
    if head_sha is None or owner not in {"", repo.owner}:
        raise invalid("head", resource="PullRequest", field="head", code="invalid")
    if base_sha is None:
        raise invalid("base", resource="PullRequest", field="base", code="invalid")
    for other in repo.pull_requests():
        if (other.state, other.head_ref, other.base_ref) == ("open", branch, base):
            message = f"A pull request already exists for {repo.owner}:{branch}."
            raise Refusal(422, "Validation Failed", [
                {"resource": "PullRequest", "code": "custom", "message": message}
            ])  # fmt: skip
    if not git.ahead(repo.path, base_sha, head_sha):
        message = f"No commits between {base} and {branch}"
        raise Refusal(422, "Validation Failed", [
            {"resource": "PullRequest", "code": "custom", "message": message}
        ])  # fmt: skip
    with world.writing(repo):
        now = world.now()
        pull = PullRequest(
            id=world.next_id("pull"), issue_id=world.next_id("issue"), repo_id=repo.id,
            number=repo.next_number, title=title, body=body, author=actor.login, created_at=now,
            updated_at=now, via_app=actor.via_app, draft=draft, head_ref=branch,
            head_sha=head_sha, base_ref=base, base_sha=base_sha,
        )  # fmt: skip
        repo.next_number += 1
        repo.issues[pull.number] = pull
        _mention(world, repo, pull, actor)
        issues.emit(world, repo, pull, "opened", actor)
        return pull


def _mention(world: World, repo: Repository, pull: PullRequest, actor: Actor) -> None:
    for number in dict.fromkeys(int(found) for found in _MENTION.findall(pull.body)):
        issue = repo.issues.get(number)
        if issue is not None and number != pull.number:
            event = issues.line(world, repo, "referenced", actor, source=pull.number)
            put_issue(repo, issue, timeline=(*issue.timeline, event))


def base_tip(repo: Repository, pull: PullRequest) -> str:
    return repo.branches.get(pull.base_ref, pull.base_sha)


def mergeable(repo: Repository, pull: PullRequest) -> bool | None:
    """As GitHub does it: the first question starts the work, a later one gets the answer."""
    if pull.state != "open":
        return None
    key = (base_tip(repo, pull), pull.head_sha)
    if key not in repo.mergeable:
        repo.mergeable[key] = None
        return None
    if repo.mergeable[key] is None:
        repo.mergeable[key] = merging.merged_tree(repo.path, *key) is not None
    return repo.mergeable[key]


def merge(
    world: World, repo: Repository, number: int, actor: Actor, *,
    method: merging.Method = "merge", sha: str | None = None,
    title: str | None = None, message: str | None = None,
) -> str:  # fmt: skip
    """Merges and returns the new commit; 405 and 409 as GitHub answers."""
    with world.writing(repo):
        pull = get_pull(repo, number)
        if pull.draft and pull.state == "open":
            raise Refusal(405, "Pull Request is still a draft")
        if pull.state != "open":
            raise Refusal(405, "Pull Request is not mergeable")
        if sha is not None and sha != pull.head_sha:
            raise Refusal(409, "Head branch was modified. Review and try the merge again.")
        base, by = base_tip(repo, pull), world.person(actor.login)
        words = _message(repo, pull, method, title, message)
        commit = merging.merge(repo.path, base, pull.head_sha, method=method, message=words, by=by)
        if commit is None:
            raise Refusal(405, "Pull Request is not mergeable")
        if stops := gate.obstacles(repo, pull, actor.login):
            raise Refusal(405, " ".join(stops))
        ref = f"refs/heads/{pull.base_ref}"
        try:
            merging.update_ref(repo.path, ref, commit, base)
        except git.GitError as error:  # somebody pushed meanwhile
            raise Refusal(
                409, "Base branch was modified. Review and try the merge again."
            ) from error
        branches.mark_merged(world, repo, pull, commit, actor)
        branches.moved(world, repo, [(ref, base, commit)], actor)
        return commit


def _message(
    repo: Repository, pull: PullRequest, method: str, title: str | None, message: str | None
) -> str:
    if method == "squash":
        first, rest = f"{pull.title} (#{pull.number})", ""
    else:
        source = f"{repo.owner}/{pull.head_ref}"
        first, rest = f"Merge pull request #{pull.number} from {source}", pull.title
    rest = rest if message is None else message
    return f"{title or first}\n\n{rest}".strip()


def delete_head_line(world: World, repo: Repository, ref: str, actor: Actor) -> None:
    """Notes on merged pull requests that their branch was deleted."""
    branch = ref.removeprefix("refs/heads/")
    for pull in repo.pull_requests():
        if pull.head_ref == branch and pull.merged:
            event = issues.line(world, repo, "head_ref_deleted", actor)
            repo.issues[pull.number] = replace(pull, timeline=(*pull.timeline, event))

"""Which events a delivery becomes; most become none."""

from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.event import (
    Cancelled,
    Found,
    IssueClosed,
    IssueEdited,
    IssueReopened,
    Mentioned,
    PlanAsked,
    PullRequestClosed,
    PullRequestMerged,
    Requested,
    Retried,
)
from app.domain.policy import Policy
from app.domain.record import digest
from app.domain.ref import IssueRef, RepoRef
from app.domain.stage import Stage
from app.engine import delivery as d
from app.engine.delivery import Delivery, Payload
from app.engine.triage import Declined, Hint, Reader, Said, comment_hints, repo_of, triage
from app.github.webhook import EVENTS
from tests.unit.domain.make import AT

REPO = RepoRef(11, "acme", "weather", 3)
ISSUE = IssueRef(REPO, 7)
READER = Reader("orc", AT)
QUEUED = [{"name": "orc:queued"}]
BUILDING = [{"name": "orc:building"}, {"name": "bug"}]


def payload(action: str, **parts: Any) -> Payload:
    """As GitHub sends it, with the parts given in place of ordinary ones."""
    return msgspec.convert(
        {
            "action": action,
            "repository": {"id": 11, "name": "weather", "full_name": "acme/weather"},
            "installation": {"id": 3},
            "sender": {"login": "alice"},
            **parts,
        },
        Payload,
    )


def issue(**parts: Any) -> dict[str, Any]:
    return {"number": 7, "title": "T", "body": "Please.", "state": "open", "labels": [], **parts}


def comment(body: str | None) -> dict[str, Any]:
    return {"id": 501, "body": body, "user": {"login": "alice"}}


def pull(**parts: Any) -> dict[str, Any]:
    return {
        "number": 9,
        "merged": False,
        "merge_commit_sha": None,
        "head": {"ref": "orc/issue-7", "repo": {"id": 11}},
        **parts,
    }


@dataclass(frozen=True)
class Case:
    id: str
    event: str
    payload: Payload
    hints: tuple[Hint, ...] = ()
    policy: Policy = field(default_factory=Policy)


REQUESTED = (Hint(ISSUE, Requested(AT, "alice"), asks=True),)
LABELLED = {"label": {"name": "orchestrate"}}
INTAKE = Policy(intake=True)
OUR_PULL: dict[str, Any] = {"pull_request": {"url": "…"}, "user": {"login": "orc[bot]"}}
CASES = [
    # issues
    Case("opened", "issues", payload("opened", issue=issue())),
    Case("opened, mention", "issues", payload("opened", issue=issue(body="@orc do")), REQUESTED),
    Case("opened, mention of another", "issues", payload("opened", issue=issue(body="@orca do"))),
    Case("opened, mention in code", "issues", payload("opened", issue=issue(body="`@orc do`"))),
    Case("opened, mention switched off", "issues", payload("opened", issue=issue(body="@orc do")),
         policy=Policy(mention=False)),
    Case("opened, no body", "issues", payload("opened", issue=issue(body=None))),
    Case("opened in an intake repository", "issues", payload("opened", issue=issue()), REQUESTED,
         INTAKE),
    Case("opened with the label, which comes by itself", "issues",
         payload("opened", issue=issue(labels=[{"name": "orchestrate"}]))),
    Case("trigger label", "issues", payload("labeled", issue=issue(), **LABELLED), REQUESTED),
    Case("another label", "issues", payload("labeled", issue=issue(), label={"name": "bug"})),
    Case("no label", "issues", payload("labeled", issue=issue())),
    Case("label of another case", "issues",
         payload("labeled", issue=issue(), label={"name": "Orchestrate"})),
    Case("another trigger label", "issues", payload("labeled", issue=issue(), **LABELLED),
         policy=Policy(trigger_label="go")),
    *(Case(f"{action} {label} by a person", "issues",
           payload(action, issue=issue(labels=BUILDING), label={"name": label}),
           (Hint(ISSUE, Found(AT), asks=False),))
      for action in ("labeled", "unlabeled") for label in ("orc:building", "orc:done")),
    Case("label of a stage taken away, the last one", "issues",
         payload("unlabeled", issue=issue(), label={"name": "orc:building"}),
         (Hint(ISSUE, Found(AT), asks=False),)),
    *(Case(f"{action} orc:building by a bot", "issues",
           payload(action, issue=issue(labels=BUILDING), label={"name": "orc:building"},
                   sender={"login": "tidy[bot]", "type": "Bot"}))
      for action in ("labeled", "unlabeled")),
    *(Case(f"{action} orc:building by us", "issues",
           payload(action, issue=issue(labels=BUILDING), label={"name": "orc:building"},
                   sender={"login": "orc[bot]"}))
      for action in ("labeled", "unlabeled")),
    Case("a label like one of a stage", "issues",
         payload("labeled", issue=issue(labels=BUILDING), label={"name": "orc:nonsense"})),
    *(Case(f"{action} {label} while queued", "issues",
           payload(action, issue=issue(labels=QUEUED), label={"name": label}),
           (Hint(ISSUE, Found(AT), asks=False),))
      for action in ("labeled", "unlabeled") for label in ("priority:high", "priority:low")),
    Case("a priority of somebody else's", "issues",
         payload("labeled", issue=issue(labels=QUEUED), label={"name": "urgent"})),
    Case("a priority of one's own", "issues",
         payload("labeled", issue=issue(labels=QUEUED), label={"name": "urgent"}),
         (Hint(ISSUE, Found(AT), asks=False),), Policy(priorities=("urgent",))),
    Case("a priority while building", "issues",
         payload("labeled", issue=issue(labels=BUILDING), label={"name": "priority:high"})),
    Case("a priority of what is no task", "issues",
         payload("labeled", issue=issue(), label={"name": "priority:high"})),
    Case("unlabeled", "issues", payload("unlabeled", issue=issue(labels=BUILDING), **LABELLED)),
    Case("edited, no task", "issues", payload("edited", issue=issue())),
    Case("edited, a task", "issues", payload("edited", issue=issue(labels=BUILDING)),
         (Hint(ISSUE, IssueEdited(AT, "alice"), asks=False),)),
    Case("edited into a mention", "issues", payload("edited", issue=issue(body="@orc do"))),
    Case("closed, no task", "issues", payload("closed", issue=issue(state="closed"))),
    Case("closed, a task", "issues", payload("closed", issue=issue(labels=BUILDING)),
         (Hint(ISSUE, IssueClosed(AT, "alice"), asks=False),)),
    Case("reopened, no task", "issues", payload("reopened", issue=issue())),
    Case("reopened, a task", "issues", payload("reopened", issue=issue(labels=BUILDING)),
         (Hint(ISSUE, IssueReopened(AT, "alice"), asks=True),)),
    *(Case(action, "issues", payload(action, issue=issue(labels=BUILDING), **LABELLED))
      for action in ("assigned", "unassigned", "milestoned", "demilestoned", "locked", "unlocked",
                     "pinned", "unpinned", "transferred", "deleted", "typed", "")),
    # comments
    Case("a command", "issue_comment", payload("created", issue=issue(), comment=comment("/retry")),
         (Hint(ISSUE, Retried(AT, "alice", 501), asks=True),)),
    Case("two commands", "issue_comment",
         payload("created", issue=issue(), comment=comment("/cancel\n/plan\n/cancel")),
         (Hint(ISSUE, Cancelled(AT, "alice", 501, last=False), asks=True),
          Hint(ISSUE, PlanAsked(AT, "alice", 501), asks=True))),
    Case("a command and a mention", "issue_comment",
         payload("created", issue=issue(), comment=comment("/retry\n@orc")),
         (Hint(ISSUE, Retried(AT, "alice", 501), asks=True),)),
    Case("a mention", "issue_comment",
         payload("created", issue=issue(), comment=comment("@ORC please")),
         (Hint(ISSUE, Mentioned(AT, "alice", 501, text="@ORC please"), asks=True),)),
    Case("a long mention", "issue_comment",
         payload("created", issue=issue(), comment=comment("@orc " + "x" * 9_000)),
         (Hint(ISSUE, Mentioned(AT, "alice", 501, text="@orc " + "x" * 9_000), asks=True),)),
    Case("a mention switched off", "issue_comment",
         payload("created", issue=issue(), comment=comment("@orc")), policy=Policy(mention=False)),
    Case("chat", "issue_comment", payload("created", issue=issue(), comment=comment("Nice."))),
    Case("no text", "issue_comment", payload("created", issue=issue(), comment=comment(None))),
    Case("chat in an intake repository", "issue_comment",
         payload("created", issue=issue(), comment=comment("Nice.")), policy=INTAKE),
    *(Case(f"{body} on a pull request of ours", "issue_comment",
           payload("created", issue=issue(**OUR_PULL), comment=comment(body)),
           (Hint(ISSUE, Declined(AT, "alice", 501), asks=True),))
      for body in ("/retry", "/cancel\n/plan", "@orc please")),
    Case("chat on a pull request of ours", "issue_comment",
         payload("created", issue=issue(**OUR_PULL), comment=comment("Nice."))),
    Case("on a person's pull request", "issue_comment",
         payload("created", issue=issue(**OUR_PULL | {"user": {"login": "alice"}}),
                 comment=comment("/retry"))),
    Case("on a pull request of nobody's", "issue_comment",
         payload("created", issue=issue(**OUR_PULL | {"user": None}), comment=comment("/retry"))),
    Case("edited into a command", "issue_comment",
         payload("edited", issue=issue(), comment=comment("/retry"))),
    Case("deleted", "issue_comment",
         payload("deleted", issue=issue(), comment=comment("/retry"))),
    Case("no comment", "issue_comment", payload("created", issue=issue())),
    Case("no issue", "issue_comment", payload("created", comment=comment("/retry"))),
    # pull requests
    Case("merged", "pull_request",
         payload("closed", pull_request=pull(merged=True, merge_commit_sha="c" * 40)),
         (Hint(ISSUE, PullRequestMerged(AT, 9, "c" * 40), asks=False),)),
    Case("closed unmerged", "pull_request", payload("closed", pull_request=pull()),
         (Hint(ISSUE, PullRequestClosed(AT, 9, "alice"), asks=False),)),
    Case("closed, merged unknown", "pull_request",
         payload("closed", pull_request=pull(merged=None)),
         (Hint(ISSUE, PullRequestClosed(AT, 9, "alice"), asks=False),)),
    Case("of a later round", "pull_request",
         payload("closed", pull_request=pull(head={"ref": "orc/issue-7-2", "repo": {"id": 11}})),
         (Hint(ISSUE, PullRequestClosed(AT, 9, "alice"), asks=False),)),
    Case("of a fork that names its branch as ours", "pull_request",
         payload("closed", pull_request=pull(head={"ref": "orc/issue-7", "repo": {"id": 12}}))),
    Case("of a fork that is gone", "pull_request",
         payload("closed", pull_request=pull(head={"ref": "orc/issue-7", "repo": None}))),
    *(Case(f"of branch {ref!r}", "pull_request",
           payload("closed", pull_request=pull(head={"ref": ref, "repo": {"id": 11}})))
      for ref in ("main", "", "orc/issue-", "orc/issue-x", "my/orc/issue-7", "orc/issue-7/more",
                  "orc/issue-7-", "orc/issue-7\n", "ORC/issue-7", "orc/issue-" + "9" * 5_000,
                  "orc/issue-٧")),
    *(Case(f"pull request {action}", "pull_request", payload(action, pull_request=pull()))
      for action in ("opened", "reopened", "synchronize", "edited", "labeled", "review_requested")),
    Case("no pull request", "pull_request", payload("closed")),
    # the rest
    *(Case(event, event, payload("created", issue=issue(), comment=comment("/retry")))
      for event in ("push", "check_run", "installation", "discussion_comment", "", "Issues")),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.event}: {case.id}"[:60])
def test_triage(case: Case) -> None:
    delivery = Delivery("guid", case.event, case.payload)
    expected = tuple(_as_it_was(hint, case.payload) for hint in case.hints)
    assert triage(delivery, REPO, case.policy, READER) == expected


def _as_it_was(hint: Hint, payload: d.Payload) -> Hint:
    """A request is for what the delivery says."""
    if not isinstance(hint.event, Requested):
        return hint
    assert payload.issue is not None
    request = digest(payload.issue.title, payload.issue.body or "")
    return replace(hint, event=replace(hint.event, request=request))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.hints], ids=lambda case: f"{case.event}: {case.id}"
)
def test_what_the_app_itself_does_is_none(case: Case) -> None:
    own = msgspec.structs.replace(case.payload, sender=d.User("orc[bot]", "Bot"))
    assert triage(Delivery("guid", case.event, own), REPO, case.policy, READER) == ()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.hints], ids=lambda case: f"{case.event}: {case.id}"
)
@pytest.mark.parametrize("part", ["sender", "issue", "comment", "pull_request", "label"])
def test_nothing_raises_where_a_part_is_missing(case: Case, part: str) -> None:
    lacking = msgspec.structs.replace(case.payload, **{part: None})
    triage(Delivery("guid", case.event, lacking), REPO, case.policy, READER)


@pytest.mark.parametrize("part", ["repository", "installation"])
def test_a_repository_that_is_not_ours(part: str) -> None:
    good = payload("opened", issue=issue())
    assert repo_of(good) == REPO
    assert repo_of(msgspec.structs.replace(good, **{part: None})) is None


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_makes_a_task(stage: Stage) -> None:
    closed = payload("closed", issue=issue(labels=[{"name": stage.value}]))
    assert len(triage(Delivery("guid", "issues", closed), REPO, Policy(), READER)) == 1


def test_a_comment_by_anybody_asks() -> None:
    """Who may ask is the engine's question; no command passes without it."""
    bodies = ["/retry\n/cancel\n/approve\n/plan\n/status\n/help", "@orc", "/logs"]
    hints = [h for b in bodies for h in comment_hints(ISSUE, Said(1, "bob", b), Policy(), READER)]
    assert len(hints) == 8
    assert all(hint.asks for hint in hints)


TEXTS = st.text(max_size=30) | st.sampled_from(
    ["/retry\n@orc", "orc/issue-7", "orc/issue-" + "9" * 300, "orchestrate", "orc:done", "closed"]
)


def payloads() -> st.SearchStrategy[Payload]:
    """Anything the door may let through."""
    users = st.none() | st.builds(d.User, TEXTS, TEXTS)
    links = st.none() | st.just(d.PullRequestLink())
    issues = st.builds(
        d.Issue,
        number=st.integers(),
        title=TEXTS,
        body=st.none() | TEXTS,
        state=st.none() | TEXTS,
        labels=st.lists(st.builds(d.Label, TEXTS), max_size=3),
        user=users,
        pull_request=links,
    )
    heads = st.builds(
        d.Head, ref=TEXTS, repo=st.none() | st.builds(d.HeadRepository, st.integers())
    )
    pulls = st.builds(
        d.PullRequest,
        number=st.integers(),
        merged=st.none() | st.booleans(),
        merge_commit_sha=st.none() | TEXTS,
        head=heads,
    )
    return st.builds(
        Payload,
        action=st.sampled_from(["opened", "labeled", "edited", "closed", "created"]) | TEXTS,
        repository=st.none() | st.builds(d.Repository, st.integers(), TEXTS, TEXTS, TEXTS),
        installation=st.none() | st.builds(d.Installation, st.integers()),
        sender=users,
        issue=st.none() | issues,
        label=st.none() | st.builds(d.Label, TEXTS),
        comment=st.none() | st.builds(d.Comment, st.integers(), st.none() | TEXTS, users),
        pull_request=st.none() | pulls,
        ref=TEXTS,
    )


@given(event=st.sampled_from(sorted(EVENTS)) | TEXTS, any_payload=payloads(), intake=st.booleans())
def test_no_payload_makes_it_raise(event: str, any_payload: Payload, intake: bool) -> None:
    delivery = Delivery("guid", event, any_payload)
    delivery.facts()
    repo_of(any_payload)
    for hint in triage(delivery, REPO, Policy(intake=intake), READER):
        assert hint.issue.repo == REPO

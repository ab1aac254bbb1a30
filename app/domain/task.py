"""A task as one snapshot: everything that `step` may decide on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from app.domain.part import MadePart, is_marked
from app.domain.policy import Member, PlanApproval, Policy
from app.domain.record import Record, digest
from app.domain.ref import IssueRef
from app.domain.spec import Kind, Specification
from app.domain.stage import Stage
from app.domain.thread import Comment

GraphName = Literal["intake", "founding", "engineering"]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class PullRequestState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """`is_red`: the repository's own CI has failed on its head. `conflicts`: with the base.

    `approved_by` are people who may write, and whose last word approves exactly this head;
    `is_opposed`: the last word of one of them is no. `wants_review`: GitHub itself wants another.
    """

    number: int
    state: PullRequestState
    head: str
    merge_commit: str | None = None
    is_red: bool = False
    conflicts: bool = False
    approved_by: frozenset[str] = frozenset()
    is_opposed: bool = False
    wants_review: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A place in the line for a slot: by urgency, then age; the numbers only settle a tie."""

    rank: int
    created: datetime
    repo: int
    number: int


@dataclass(frozen=True, slots=True)
class Task:
    """`stage` is what the record says, else the labels; None: not a task.

    `labels` are the stage labels that stand on the issue, `replied` the commands that have our
    answer, `warning` what is wrong with the configuration. `created` is when the issue was opened,
    `edited_at` when it was edited last, `editors` who edited its body and its title last;
    `editors_ask`: they are known to be people who may ask for work. `rank` how urgent it is, the
    lowest first. `thread` is what people, whoever they are, have said. `parts` are those on record,
    as they stand by now.
    """

    issue: IssueRef
    title: str
    body: str
    author: str
    is_open: bool
    base: str
    stage: Stage | None
    record: Record
    policy: Policy
    labels: frozenset[str] = frozenset()
    pull_request: PullRequest | None = None
    replied: frozenset[str] = frozenset()
    warning: str = ""
    created: datetime = _LONG_AGO
    edited_at: datetime | None = None
    editors: frozenset[str] = frozenset()
    editors_ask: bool = False
    rank: int = 0
    thread: tuple[Comment, ...] = ()
    parts: tuple[MadePart, ...] = ()

    @property
    def turn(self) -> Turn:
        return Turn(self.rank, self.created, self.issue.repo.id, self.issue.number)

    @property
    def requesters(self) -> frozenset[str]:
        """Whose words are built: who opened or edited the issue, and all who asked for work."""
        return self.editors | {self.author, *self.record.requesters}

    @property
    def request_digest(self) -> str:
        return digest(self.title, self.body)

    @property
    def plan_digest(self) -> str:
        """Of all that is built: the request, and what was specified for it."""
        spec = self.spec
        return digest(self.title, self.body, *((spec.text,) if spec else ()), *self._seen_by)

    @property
    def _seen_by(self) -> tuple[str, ...]:
        """Who may see a new project is part of what is approved, though it isn't specified."""
        wanted = self.policy.new_projects
        if wanted is None or not self.is_new_project:
            return ()
        return ("private" if wanted.private else "public",)

    @property
    def spec(self) -> Specification | None:
        """What was specified for the request as it stands."""
        spec = self.record.spec
        return spec if spec is not None and spec.request == self.request_digest else None

    @property
    def is_new_project(self) -> bool:
        """It is built in a repository of its own."""
        return self.spec is not None and self.spec.kind is Kind.NEW_PROJECT

    @property
    def graph(self) -> GraphName:
        """Which graph a run of it is, by what it was begun for, whatever was edited since."""
        if self.stage is Stage.INTAKE:
            return "intake"
        spec = self.record.spec
        return "founding" if spec and spec.kind is Kind.NEW_PROJECT else "engineering"

    @property
    def is_part(self) -> bool:
        """It was made as a part of another, which its text says even where its record is lost."""
        return self.record.parent is not None or is_marked(self.body)

    @property
    def may_be_split(self) -> bool:
        """The lead is asked whether it is several tasks: a change of which nothing is built yet."""
        record, spec = self.record, self.spec
        begun = record.attempts or record.pull_request or record.plan or record.merging
        is_change = spec is None or spec.kind is Kind.CHANGE
        return Member.LEAD in self.policy.team and is_change and not (begun or self.is_part)

    @property
    def has_owner(self) -> bool:
        """A product owner reads requests before anything is built."""
        return Member.PRODUCT_OWNER in self.policy.team

    @property
    def is_unspecified(self) -> bool:
        """The product owner has not yet made a specification of the request as it stands."""
        return self.has_owner and self.spec is None

    @property
    def question_key(self) -> str:
        """Names the comment in which the product owner's last question is put."""
        return f"question-{self.record.round}"

    @property
    def code_mark(self) -> str:
        """What commits of ours are marked with: whose they are, and for which wording."""
        return f"{self.issue.key}@{self.plan_digest}"

    @property
    def open_pull_request(self) -> PullRequest | None:
        """The task's pull request, unless it has ended."""
        pull_request = self.pull_request
        is_open = pull_request is not None and pull_request.state is PullRequestState.OPEN
        return pull_request if is_open else None

    @property
    def needs_approval(self) -> bool:
        """A plan must be approved, and what was approved, if anything, is not what stands now."""
        asked = self.wants_plan or self.record.approved is not None
        return asked and self.record.approved != self.plan_digest

    @property
    def is_reworded(self) -> bool:
        """What stands is not what somebody who may ask has asked for."""
        return self.record.wording not in ("", self.request_digest) and not self.editors_ask

    @property
    def wants_plan(self) -> bool:
        """The policy has such a task's plan approved before it is built, or its wording has it."""
        if self.is_reworded:
            return True
        if self.policy.plan_approval is PlanApproval.NEW_PROJECTS:
            return self.is_new_project
        return self.policy.plan_approval is PlanApproval.ALWAYS

    @property
    def audible(self) -> tuple[Comment, ...]:
        """What may reach an agent, as far as the comments themselves say.

        Nothing that was edited; where a plan was approved, nothing that was said after that.
        """
        last = self.record.approval if self.record.approved else None
        return tuple(
            said for said in self.thread if not said.edited and (last is None or said.id <= last)
        )

    @property
    def is_stale(self) -> bool:
        """What the issue shows is not what the record says."""
        shown = self.record.stage == self.stage and self.labels == {self.stage}
        return self.stage is not None and not shown

    @property
    def ceiling(self) -> int:
        return self.record.floor + self.policy.attempts

    @property
    def agent(self) -> str:
        """The developer's: whom a person asked for, else whom the configuration names."""
        return self.record.agent or self.agent_of("developer")

    def agent_of(self, role: str) -> str:
        """Whom the configuration names for this role."""
        return self.policy.role(role).agent or self.policy.agent

    @property
    def budget_usd(self) -> float | None:
        """What the task may cost in all; None: there is no limit."""
        budget = self.policy.budget_usd
        return None if budget is None else budget + self.record.budget_extra

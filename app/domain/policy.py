"""What an organisation allows and wants, resolved for one repository."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from app.domain.run import Repeat, RunLimits

DEFAULT_TEST = 'python -m pytest --junitxml "$ORC_OUT/junit.xml"'


class Role(IntEnum):
    """A person's live permission on a repository, weakest first."""

    NONE = 0
    READ = 1
    TRIAGE = 2
    WRITE = 3
    MAINTAIN = 4
    ADMIN = 5


class Merge(StrEnum):
    BY_PERSON = "by-person"
    ON_GREEN = "on-green"


class PlanApproval(StrEnum):
    NEVER = "never"
    NEW_PROJECTS = "new-projects"
    ALWAYS = "always"


class Member(StrEnum):
    """An agent's part in the team, besides the developer, who is always there."""

    PRODUCT_OWNER = "product-owner"
    ANALYST = "analyst"
    LEAD = "lead"
    ARCHITECT = "architect"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens of a model cost, in USD; `cached_input` is read from a cache."""

    input: float
    output: float
    cached_input: float
    cache_write: float


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """What is different for one role; None: as for all. `words` are added to what it is told."""

    agent: str | None = None
    model: str | None = None
    limits: RunLimits | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class NewProjects:
    """What the repositories of new projects are made with."""

    private: bool = True
    python_version: str = "3.12"
    node_version: str = "22"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is called where a person is needed: logins to assign, logins and `org/team`s to tell."""

    assign: tuple[str, ...] = ()
    mention: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All who are told, each once; who is assigned already is not notified of it again."""
        return tuple(dict.fromkeys((*self.mention, *self.assign)))


@dataclass(frozen=True, slots=True)
class Policy:
    """`intake`: every new issue of the repository is a request. `who`: the least role that may ask.

    `test_command` ("": as the repository itself says) is run with bash in a fresh checkout; its
    JUnit XML is read from $ORC_OUT and
    from the files of the checkout that match `test_reports`. `capabilities` are what images hold
    beyond what agents and tests need; `egress` are the hosts that agents may reach, and tests too
    where `test_network` is set. `model` None: what the agent itself prefers. `prices` are by globs
    of models' names, the first that matches counts. `agents` are the names that /agent takes,
    `priorities` are labels, the most urgent first. `loop` starts the developer again within an
    attempt, until it promises in those words that all is done. `repairs` is how often in a row red
    CI is mended. `reviews` is how many people must have approved the head before it is merged for
    them, not all of them people who asked for it. `team` are the agents that take part besides the
    developer; `roles` says by name what is different for one of them.
    `new_projects` None: no request of this repository leads to another repository.
    """

    trigger_label: str = "orchestrate"
    mention: bool = True
    intake: bool = False
    who: Role = Role.WRITE
    agent: str = "scripted"
    attempts: int = 3
    repairs: int = 2
    loop: Repeat | None = None
    agent_limits: RunLimits = field(default_factory=RunLimits)
    test_command: str = ""
    test_reports: tuple[str, ...] = ()
    test_limits: RunLimits = field(default_factory=lambda: RunLimits(600.0, 600.0))
    plan_approval: PlanApproval = PlanApproval.NEVER
    merge: Merge = Merge.BY_PERSON
    reviews: int = 0
    budget_usd: float | None = None
    model: str | None = None
    capabilities: tuple[str, ...] = ()
    egress: tuple[str, ...] = ()
    test_network: bool = False
    prices: tuple[tuple[str, Price], ...] = ()
    agents: tuple[str, ...] = ("scripted",)
    priorities: tuple[str, ...] = ("priority:high", "priority:normal", "priority:low")
    team: frozenset[Member] = frozenset()
    roles: tuple[tuple[str, RolePolicy], ...] = ()
    new_projects: NewProjects | None = None
    escalation: Escalation = Escalation()

    def role(self, name: str) -> RolePolicy:
        """What is different for the role of this name."""
        return dict(self.roles).get(name, RolePolicy())

    def rank(self, labels: Collection[str]) -> int:
        """Whose turn it is first, the lowest; without a label of `priorities`, in their middle."""
        ranks = [2 * i for i, label in enumerate(self.priorities) if label in labels]
        return ranks[0] if ranks else max(len(self.priorities) - 1, 1)

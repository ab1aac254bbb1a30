"""What the commands need of the outside, each port as narrow as its use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.ref import IssueRef, RepoRef
from app.domain.remark import Remark
from app.domain.stage import Stage
from app.domain.task import Task


@dataclass(frozen=True, slots=True)
class Project:
    """A repository that the installation sees."""

    owner: str
    name: str
    private: bool
    description: str
    default_branch: str
    url: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task in a list."""

    number: int
    title: str
    stage: Stage
    url: str


class Remarks(Protocol):
    async def comment(self, issue: IssueRef, key: str, remark: Remark) -> None:
        """Say it on the issue, once for `key`, however often it is called."""


class Projects(Protocol):
    """`repo` says whose installation looks; nothing outside it is seen."""

    async def all(self, repo: RepoRef) -> Sequence[Project]:
        """Those that are not archived."""

    async def named(self, repo: RepoRef, name: str) -> Project | None:
        """The one of this name beside `repo`."""


class Tasks(Protocol):
    async def load(self, issue: IssueRef) -> Task:
        """The task as it stands, at most a few seconds old."""

    async def listed(self, repo: RepoRef, name: str) -> Sequence[TaskLine]:
        """The tasks of the project of this name beside `repo`, the last changed first."""


class Health(Protocol):
    async def parts(self) -> Mapping[str, bool]:
        """The parts of the system by name, and whether each is up."""


@dataclass(frozen=True, slots=True)
class Outside:
    """All that commands can reach."""

    remarks: Remarks
    projects: Projects
    tasks: Tasks
    health: Health

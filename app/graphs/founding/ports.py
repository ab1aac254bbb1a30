"""What the founding graph needs of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.domain.project import MadeProject, NewProject
from app.domain.ref import IssueRef, RepoRef


class Repositories(Protocol):
    """Repositories of new projects. Each call can be repeated."""

    async def create(self, project: NewProject, *, resumed: bool) -> MadeProject:
        """Make it, or take up what this request has made. NameTaken where it is another's."""

    async def discard(self, project: NewProject) -> bool:
        """Delete what was made for this request, if nothing was pushed into it."""

    async def add_topics(self, repo: RepoRef, names: Sequence[str]) -> None:
        """Besides those that are there."""

    async def protect(self, repo: RepoRef, branch: str) -> None:
        """Keep its history, unless it is protected already, or the plan has no protection."""

    async def invite(self, repo: RepoRef, login: str) -> None:
        """Let a person write to it."""


class Templates(Protocol):
    """What projects are made from."""

    async def make(self, said: Mapping[str, object], into: Path) -> None:
        """Fill the folder with a project for these answers. Raises GivenUp."""


class FirstCommits(Protocol):
    """The beginning of a repository's history."""

    async def begin(
        self, repo: RepoRef, branch: str, folder: Path, message: str, at: datetime
    ) -> None:
        """Push the folder as the first commit, unless the branch is there.

        The same folder, message and time make the same commit.
        """


class FirstIssues(Protocol):
    """Where the work goes on."""

    async def find(self, parent: IssueRef, repo: RepoRef) -> IssueRef | None:
        """The issue in `repo` that was made for `parent`."""

    async def open(
        self, parent: IssueRef, repo: RepoRef, title: str, body: str, *, resumed: bool
    ) -> IssueRef:
        """The issue in `repo` that is made for `parent`: one, however often it is asked for."""


@dataclass(frozen=True, slots=True)
class Founder:
    repositories: Repositories
    templates: Templates
    commits: FirstCommits
    issues: FirstIssues

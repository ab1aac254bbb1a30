"""Names of things on GitHub. It knows nothing of how they are reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RepoRef:
    """A repository, with the installation through which it is reached."""

    id: int
    owner: str
    name: str
    installation: int

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class IssueRef:
    """An issue: the identity of a task."""

    repo: RepoRef
    number: int

    @property
    def key(self) -> str:
        """Stable for the life of the issue, also when the repository is renamed."""
        return f"{self.repo.id}-{self.number}"

    @property
    def branch(self) -> str:
        return f"orc/issue-{self.number}"

    def __str__(self) -> str:
        return f"{self.repo.full_name}#{self.number}"

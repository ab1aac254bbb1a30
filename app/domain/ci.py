"""How a repository's own CI judged a commit. It knows no workflow."""

from dataclasses import dataclass

# What a suite of checks, a check run or a workflow run may end with, if it found something wrong.
RED = frozenset({"failure", "timed_out", "startup_failure"})


@dataclass(frozen=True, slots=True)
class CiFailure:
    """A failed job: its name, where people see it, and the end of its log, as hostile as any.

    `on_base`: its workflow fails on the base branch too. `began` is False for a whole workflow, of
    which no job began: its file is wrong, or nothing ran it.
    """

    job: str
    url: str
    log: str
    on_base: bool = False
    began: bool = True

    @property
    def is_ours(self) -> bool:
        """The change's to mend. Of workflows none is: agents may not change them."""
        return self.began and not self.on_base

"""How a repository's own CI judged a commit. It knows no workflow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CiFailure:
    """A failed job: its name, where people see it, and the end of its log, as hostile as any.

    `on_base`: its workflow fails on the base branch too, so that it is not this change's to mend.
    """

    job: str
    url: str
    log: str
    on_base: bool = False

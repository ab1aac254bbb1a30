"""One way to test a repository, as its files say it. It runs nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """`command` is a line for bash in the repository's root that leaves JUnit XML in $ORC_OUT.

    `why` is a sentence for people. `counted`: its report lists the tests; else there is but an exit
    code, which also says "passed" where no test was run.
    """

    command: str
    why: str
    capabilities: frozenset[str] = frozenset()
    counted: bool = True

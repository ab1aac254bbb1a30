"""What was found out about a repository, and what a person is told where nothing was."""

from dataclasses import dataclass

from app.graphs.ports import GivenUp


@dataclass(frozen=True, slots=True)
class Way:
    """One way to test a repository.

    `command` is a line for bash in the repository's root that leaves JUnit XML in $ORC_OUT. `why`
    is a sentence for people. `counted`: its report lists the tests; else there is but an exit code,
    which also says "passed" where no test was run. `network`: what it needs may have to be loaded.
    """

    command: str
    why: str
    capabilities: frozenset[str] = frozenset()
    counted: bool = True
    network: bool = False


@dataclass(frozen=True, slots=True)
class Conventions:
    """`way` is how to test; `alternatives` are others, `ci` lines that CI runs, for people.

    `instructions` are files in which the repository tells agents and contributors how to work.
    """

    way: Way
    alternatives: tuple[Way, ...] = ()
    ci: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()

    @property
    def test_command(self) -> str:
        return self.way.command

    @property
    def capabilities(self) -> frozenset[str]:
        return self.way.capabilities

    @property
    def why(self) -> str:
        return self.way.why


class Unfound(GivenUp):
    """Nothing says how the repository is tested; the text says what a person can write where."""


_HELP = """\
{said} Say how it is tested in .github/orchestrator.yml:

test:
  command: …   # a line for bash; it writes JUnit XML to "$ORC_OUT/junit.xml"
capabilities: [{capabilities}]   # what its image needs
"""


def unfound(said: str, capabilities: str = "python") -> Unfound:
    return Unfound(_HELP.format(said=said, capabilities=capabilities))

"""Goes through a flow until nobody is left who was not killed: each boundary has had its kill."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.contract.checker import GitHubContract
from tests.e2e.flow import Flow
from tests.e2e.forking import Nursery
from tests.e2e.killed import Plan, prepared

EAGER = 2  # runs in which recovery itself is cut short as well, wherever it was not before
MOST = 60  # runs
FEW = 1 / 20  # of a run's boundaries may be new to it, and nobody was killed there


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one run: where its app was killed, what was wrong at its end, and the boundaries that its
    first life came to, which are all of them if nobody was killed."""

    kills: tuple[str, ...]
    wrong: tuple[str, ...]
    first: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([*self.kills, *(f"  not {what}" for what in self.wrong)])


@dataclass(frozen=True, slots=True)
class Stand:
    """What runs need. `root` is a folder for all that they leave."""

    flow: Flow
    nursery: Nursery
    root: Path
    database_url: str
    contract: GitHubContract | None = None

    def run(self, name: str, plan: Plan) -> Outcome:
        place = (self.root / name, self.database_url)
        with prepared(self.flow, self.nursery, place, plan, self.contract) as run:
            number = run.go()
            wrong = self.flow.wrong(run.home, number)
            if not plan.emptied:
                wrong = [*wrong, *self.flow.kept(run.home, number)]
            return Outcome(tuple(run.kills), tuple(wrong), tuple(run.first))


def undisturbed(stand: Stand) -> Outcome:
    return stand.run("undisturbed", Plan(None))


def killed_everywhere(
    stand: Stand,
    whole: Outcome,
    *,
    emptied: bool,
    fault: str | None = None,
    spared: tuple[str, ...] = (),
) -> Iterator[Outcome]:
    """Runs, the last of which came to no boundary that was met before and not killed at. `whole` is
    one in which nobody was killed, and nobody is at boundaries that are `spared`.

    One that no run had met before may be a matter of who was quicker, and not be met again; of
    those the last has but FEW.
    """
    killed, seen, met = stand.root / "killed", stand.root / "seen", set(whole.first)
    _add(killed, spared)
    _add(seen, whole.first)
    for turn in itertools.count(1):
        assert turn <= MOST, f"there are still boundaries left after {MOST} runs"
        only = seen if turn > EAGER else None
        outcome = stand.run(f"run-{turn}", Plan(killed, only, emptied, fault))
        _add(seen, outcome.first)
        yield outcome
        new = set(outcome.first) - met
        met |= new
        if not outcome.kills and len(new) <= len(outcome.first) * FEW:
            return


def _add(file: Path, lines: tuple[str, ...]) -> None:
    with file.open("a") as opened:
        opened.writelines(f"{line}\n" for line in lines)

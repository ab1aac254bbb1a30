"""`make bench`: the whole comparison in one run, on one machine."""

import argparse
import sys

from rich.console import Console
from rich.status import Status

from bench import outbound, race, runs, start
from bench.figures import Figures
from bench.install import MissingError, install
from bench.report import show, show_runs, write, write_runs
from bench.server import ServerError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short rounds; no page is written")
    parser.add_argument("--rounds", type=int, help="paired rounds (9)")
    parser.add_argument("--seconds", type=float, help="of each server's turn (1.2)")
    parser.add_argument("--only", choices=["runs"], help="this part alone; needs no npm")
    args = parser.parse_args()
    rounds = args.rounds or (2 if args.quick else 9)
    seconds = args.seconds or (1.0 if args.quick else 1.2)
    console = Console(width=None if sys.stdout.isatty() else 110)
    if not sys.platform.startswith("linux"):
        console.print("The bench reads /proc, so it needs Linux.")
        return 1
    if args.only == "runs":
        return only_runs(rounds, console)
    try:
        with console.status("getting the peers from npm") as status:
            figures = measure(rounds, seconds, status, quick=args.quick)
    except (MissingError, ServerError) as error:
        console.print(f"[red]{error}[/]")
        return 1
    show(figures, console)
    for path in write(figures, rounds, quick=args.quick):
        console.print(f"wrote {path.parent.name}/{path.name}")
    return 0


def only_runs(rounds: int, console: Console) -> int:
    try:
        with console.status("starting the app") as status:
            found = runs.run(rounds, status.update)
    except (MissingError, ServerError) as error:
        console.print(f"[red]{error}[/]")
        return 1
    show_runs(found, console)
    path = write_runs(found)
    console.print(f"wrote {path.parent.name}/{path.name}")
    return 0


def run_starts(rounds: int, status: Status) -> runs.RunStart | str:
    """Or why they can't be measured here: the rest of the bench needs no engine."""
    try:
        return runs.run(rounds, status.update)
    except MissingError as error:
        return str(error)


def measure(rounds: int, seconds: float, status: Status, *, quick: bool) -> Figures:
    install()
    raced = race.run(rounds, seconds, status.update)
    ours, naive = [], []
    with start.site() as site:
        status.update("starting the app for the first time")
        site.start(start.OURS)
        site.start(start.NAIVE)
        for number in range(2 if quick else 9):
            status.update(f"start {number + 1}")
            ours.append(site.start(start.OURS))
            if number < 3:
                naive.append(site.start(start.NAIVE))
    status.update("outbound calls")
    flat, cached = outbound.run(quick=quick)
    run_start = run_starts(rounds, status)
    return Figures(raced, start.typical(ours), start.typical(naive), flat, cached, run_start)


if __name__ == "__main__":
    sys.exit(main())

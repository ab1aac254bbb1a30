"""Shows the figures: a table on the screen, docs/benchmarks.md, and build/bench.json."""

import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Aim, Figures, run_aim, run_document
from bench.install import node, package_version
from bench.race import BARE, LATENCY, MIDDLEWARE, NAMES, OCTOKIT, OURS, PROBOT, THROUGHPUT
from bench.runs import RunStart
from bench.server import ROOT
from bench.start import Start
from bench.stats import median, paired_ratio, spread

TITLES = {
    OURS: "codegen-orchestrator",
    PROBOT: "Probot",
    MIDDLEWARE: "Probot's middleware alone",
    OCTOKIT: "@octokit/webhooks",
    BARE: "bare Starlette, HMAC only",
}
SATURATED = 0.85  # of its core: from here on the generator is the limit
Rows = list[list[str]]
DOOR_HEAD = [
    "",
    "deliveries/s",
    "spread",
    "ours to it",
    "CPU each",
    f"p50 at {LATENCY}",
    f"p99 at {LATENCY}",
]
START_HEAD = ["start to ready", "CPU", "wall", "RSS, idle", "PSS, idle"]
CALL_HEAD = ["CPU of a call", "first 100", "last 100", "growth"]
RUN_HEAD = ["to an agent's first line", "seconds", "spread", "to docker run"]
AIM_HEAD = ["aim", "wanted", "found", ""]


def door_rows(figures: Figures) -> Rows:
    race = figures.race
    return [
        [
            TITLES[name],
            f"{median(race.rates(name)):,.0f}",
            f"± {spread(race.rates(name)):.0%}",
            "" if name == OURS else f"{figures.versus(name):.2f} ×",
            f"{median(race.server_us(name)):.0f} µs",
            *_latency(figures, name),
        ]
        for name in NAMES
    ]


def _latency(figures: Figures, name: str) -> list[str]:
    volleys = figures.race.latency.get(name)
    if not volleys:
        return ["", ""]
    return [f"{median([v.p50_ms for v in volleys]):.0f} ms", f"{figures.p99(name):.0f} ms"]


def start_rows(figures: Figures) -> Rows:
    return [
        _start("orc serve", figures.start),
        _start("the same, everything imported at the start", figures.naive),
    ]


def _start(title: str, start: Start) -> list[str]:
    memory = [f"{start.rss:.0f} MB", f"{start.pss:.0f} MB"]
    return [title, f"{start.cpu:.2f} s", f"{start.wall:.2f} s", *memory]


def call_rows(figures: Figures) -> Rows:
    named = (("app.github.api", figures.outbound), ("githubkit's HTTP cache on", figures.cached))
    return [
        [
            f"{title}, {outbound.calls:,} changing answers",
            f"{outbound.first_ms:.2f} ms",
            f"{outbound.last_ms:.2f} ms",
            f"{outbound.growth:.2f} ×",
        ]
        for title, outbound in named
    ]


def run_rows(run_start: RunStart | str) -> Rows:
    if isinstance(run_start, str):
        return [[f"not measured: {run_start.splitlines()[0]}", "", "", ""]]
    found = (
        ("from its first label, orc:queued's place", run_start.queued),
        ("from the request", run_start.asked),
        ("a bare docker run", run_start.bare),
    )
    return [
        [
            title,
            f"{median(seconds):.2f} s",
            f"± {spread(seconds):.0%}",
            "" if seconds is run_start.bare else f"{paired_ratio(seconds, run_start.bare):.2f} ×",
        ]
        for title, seconds in found
    ]


def aim_rows(aims: list[Aim]) -> Rows:
    return [[a.what, a.wanted, a.found, "met" if a.met else "missed"] for a in aims]


def generator(figures: Figures) -> str:
    """Whether the load generator kept out of the way."""
    shares = [figures.race.load_cpu(name) for name in NAMES]
    said = (
        f"The load generator used {min(shares):.0%} to {max(shares):.0%} of its core, and reaches "
        f"{figures.race.limit:,.0f} deliveries/s against a server that does nothing. "
        f"Other processes took {figures.race.neighbours():.0%} of the servers' core meanwhile."
    )
    return said if max(shares) < SATURATED else f"{said} It was the limit: trust no ratio here."


def show(figures: Figures, console: Console) -> None:
    for title, head, rows in (
        (f"The door: {THROUGHPUT} connections, server on one core", DOOR_HEAD, door_rows(figures)),
        ("", START_HEAD, start_rows(figures)),
        ("", CALL_HEAD, call_rows(figures)),
        ("", RUN_HEAD, run_rows(figures.run_start)),
        ("", AIM_HEAD, aim_rows(figures.aims())),
    ):
        _table(console, title, head, rows)
    console.print(generator(figures))


def show_runs(run_start: RunStart, console: Console) -> None:
    """The part that is measured alone."""
    _table(console, "", RUN_HEAD, run_rows(run_start))
    _table(console, "", AIM_HEAD, aim_rows([run_aim(run_start)]))


def _table(console: Console, title: str, head: list[str], rows: Rows) -> None:
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for index, name in enumerate(head):
        table.add_column(name, justify="left" if index == 0 else "right")
    for row in rows:
        colour = {"met": "green", "missed": "red"}.get(row[-1], "")
        table.add_row(*row[:-1], f"[{colour}]{row[-1]}[/]" if colour else row[-1])
    console.print(table)


def markdown(head: list[str], rows: Rows) -> str:
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ruler, *rows))


def write_runs(run_start: RunStart) -> Path:
    """Into build/bench.json, beside what was measured before."""
    document = ROOT / "build" / "bench.json"
    document.parent.mkdir(exist_ok=True)
    known = json.loads(document.read_text()) if document.exists() else {}
    known["run_start"] = run_document(run_start)
    document.write_text(json.dumps(known, indent=2) + "\n")
    return document


def write(figures: Figures, rounds: int, *, quick: bool) -> list[Path]:
    """build/bench.json always; docs/benchmarks.md only of a whole run."""
    document = ROOT / "build" / "bench.json"
    document.write_text(json.dumps(figures.document(), indent=2) + "\n")
    if quick:
        return [document]
    page = ROOT / "docs" / "benchmarks.md"
    template = (Path(__file__).parent / "benchmarks.md.in").read_text()
    filled = template
    for name, text in _parts(figures, rounds).items():
        filled = filled.replace(f"@{name}@", text)
    page.write_text(filled)
    return [document, page]


def _parts(figures: Figures, rounds: int) -> dict[str, str]:
    return {
        "door": markdown(DOOR_HEAD, door_rows(figures)),
        "start": markdown(START_HEAD, start_rows(figures)),
        "calls": markdown(CALL_HEAD, call_rows(figures)),
        "runs": markdown(RUN_HEAD, run_rows(figures.run_start)),
        "aims": markdown(AIM_HEAD, aim_rows(figures.aims())),
        "generator": generator(figures),
        "rounds": str(rounds),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "versions": versions(),
        "cpu_probot": f"{figures.cpu_versus(PROBOT):.2f}",
        "cpu_bare": f"{figures.cpu_versus(BARE):.2f}",
        "middleware": f"{figures.versus(MIDDLEWARE):.2f}",
    }


def machine() -> str:
    """Cores and model; nothing that names the machine."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{max(len(models), 1)} cores of “{model}”, {platform.system()}"


def versions() -> str:
    running = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True)
    python = ", ".join(
        f"{name} {version(name)}" for name in ("uvicorn", "uvloop", "httptools", "starlette")
    )
    npm = ", ".join(f"{name} {package_version(name)}" for name in ("probot", "@octokit/webhooks"))
    return (
        f"Python {sys.version.split()[0]} ({python}); "
        f"Node.js {running.stdout.strip().removeprefix('v')} ({npm})"
    )

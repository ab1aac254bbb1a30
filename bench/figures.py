"""Everything one run measured, and what follows from it; build/bench.json is made of this."""

from dataclasses import asdict, dataclass
from typing import Any

from bench.outbound import Outbound
from bench.race import BARE, LATENCY_NAMES, MIDDLEWARE, NAMES, OCTOKIT, OURS, PROBOT, Race
from bench.runs import RunStart
from bench.start import Start
from bench.stats import median, paired_ratio


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be, and whether it is."""

    what: str
    wanted: str
    found: str
    met: bool


@dataclass(frozen=True, slots=True)
class Figures:
    race: Race
    start: Start
    naive: Start
    outbound: Outbound
    cached: Outbound
    run_start: RunStart | str  # why it was not measured

    def versus(self, name: str) -> float:
        """Deliveries per second, ours to theirs, as the median over the paired rounds."""
        return paired_ratio(self.race.rates(OURS), self.race.rates(name))

    def cpu_versus(self, name: str) -> float:
        """The same of CPU per delivery, theirs to ours."""
        return paired_ratio(self.race.server_us(name), self.race.server_us(OURS))

    def p99(self, name: str) -> float:
        return median(self.race.p99s(name))

    def aims(self) -> list[Aim]:
        probot, bare = self.versus(PROBOT), self.versus(BARE)
        ours, theirs = self.p99(OURS), self.p99(PROBOT)
        growth, cpu, rss = self.outbound.growth, self.start.cpu, self.start.rss
        aims = [
            Aim("deliveries/s to Probot", "≥ 2.5 ×", f"{probot:.2f} ×", probot >= 2.5),
            Aim("deliveries/s to the bare route", "≥ 0.75 ×", f"{bare:.2f} ×", bare >= 0.75),
            Aim("p99 at 256 connections", f"≤ {theirs:.0f} ms", f"{ours:.0f} ms", ours <= theirs),
            Aim("CPU from start to ready", "≤ 0.8 s", f"{cpu:.2f} s", cpu <= 0.8),
            Aim("idle memory", "≤ 100 MB", f"{rss:.0f} MB", rss <= 100),
            Aim("an outbound call, last to first", "flat", f"{growth:.2f} ×", growth <= 1.25),
        ]
        return aims if isinstance(self.run_start, str) else [*aims, run_aim(self.run_start)]

    def document(self) -> dict[str, Any]:
        return {
            "door": {
                "vs_probot": round(self.versus(PROBOT), 3),
                "vs_octokit": round(self.versus(OCTOKIT), 3),
                "vs_bare": round(self.versus(BARE), 3),
                "vs_probot_middleware": round(self.versus(MIDDLEWARE), 3),
                "deliveries_per_second": {n: round(median(self.race.rates(n))) for n in NAMES},
                "server_cpu_us": {n: round(median(self.race.server_us(n)), 1) for n in NAMES},
                "p99_ms": {name: round(self.p99(name), 1) for name in LATENCY_NAMES},
                "neighbours": round(self.race.neighbours(), 3),
            },
            "ready_cpu_seconds": round(self.start.cpu, 3),
            "idle_mb": round(self.start.rss, 1),
            "start": asdict(self.start),
            "naive_start": asdict(self.naive),
            "outbound": asdict(self.outbound),
            "outbound_with_cache": asdict(self.cached),
            "run_start": run_document(self.run_start),
        }


def run_aim(run_start: RunStart) -> Aim:
    ratio = run_start.vs_docker_run
    return Aim("an agent's first line to docker run", "≤ 1.5 ×", f"{ratio:.2f} ×", ratio <= 1.5)


def run_document(run_start: RunStart | str) -> dict[str, Any]:
    return {"skipped": run_start} if isinstance(run_start, str) else run_start.document()

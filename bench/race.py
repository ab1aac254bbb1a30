"""Drives every server through paired rounds, and refuses figures that were not earned."""

import contextlib
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from bench.install import BUILD, PACKAGES, node
from bench.payloads import EVENTS
from bench.server import LOAD_CORE, Server, ServerError, environment, pinned, python
from bench.stats import median, order

SECRET = "bench-secret"  # noqa: S105 - of servers that live for two minutes
OURS, PROBOT, MIDDLEWARE, OCTOKIT, BARE = "ours", "probot", "middleware", "octokit", "bare"
NAMES = (OURS, PROBOT, MIDDLEWARE, OCTOKIT, BARE)
LATENCY_NAMES = (OURS, PROBOT, OCTOKIT, BARE)
THROUGHPUT, LATENCY = 32, 256  # connections
_TAKEN = dict.fromkeys((OURS, BARE), "202 accepted\n") | dict.fromkeys(
    (PROBOT, MIDDLEWARE, OCTOKIT), "200 ok\n"
)


class Volley(msgspec.Struct):
    """What the load generator measured; `cpu` is its own share of its core.

    `server_us` is the server's CPU per delivery, in microseconds, which neighbours touch least;
    `neighbours` is the part of its time on the core that others took.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    cpu: float
    lost: int
    answers: dict[str, int]
    server_us: float = 0.0
    neighbours: float = 0.0


@dataclass(slots=True)
class Race:
    """Volleys by server, in the order of the rounds."""

    throughput: dict[str, list[Volley]] = field(default_factory=dict)
    latency: dict[str, list[Volley]] = field(default_factory=dict)
    limit: float = 0.0  # what the load generator reaches against a server that does nothing

    def rates(self, name: str) -> list[float]:
        return [volley.rate for volley in self.throughput[name]]

    def p99s(self, name: str) -> list[float]:
        return [volley.p99_ms for volley in self.latency[name]]

    def server_us(self, name: str) -> list[float]:
        return [volley.server_us for volley in self.throughput[name]]

    def neighbours(self) -> float:
        """The part of the servers' core that went to other processes, over all turns."""
        return median(
            [volley.neighbours for volleys in self.throughput.values() for volley in volleys]
        )

    def load_cpu(self, name: str) -> float:
        return median([volley.cpu for volley in self.throughput[name]])


def run(rounds: int, seconds: float, say: Callable[[str], None]) -> Race:
    """Throughput rounds, then latency rounds; every server is up, and idle but for its turn."""
    race = Race()
    with raw() as server:
        volley = fire(server, THROUGHPUT, seconds)
        check(BARE, volley)
        race.limit = volley.rate
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(make(name)) for name in NAMES}
        for name in NAMES:
            say(f"warming {name} up")
            check(name, fire(servers[name], THROUGHPUT, 1.0))
        for into, connections, names in (
            (race.throughput, THROUGHPUT, NAMES),
            (race.latency, LATENCY, LATENCY_NAMES),
        ):
            for number in range(rounds):
                for name in order(names, number):
                    say(f"round {number + 1} of {rounds} with {connections} connections: {name}")
                    volley = fire(servers[name], connections, seconds)
                    check(name, volley)
                    into.setdefault(name, []).append(volley)
    check_drained(servers[OURS])
    return race


def make(name: str) -> Server:
    commands = {
        OURS: python("bench.door"),
        BARE: python("bench.peers.bare"),
        PROBOT: [node(), str(BUILD / "probot.mjs")],
        MIDDLEWARE: [node(), str(BUILD / "probot.mjs")],
        OCTOKIT: [node(), str(BUILD / "octokit.mjs")],
    }
    return Server(
        name,
        commands[name],
        **({"BENCH_MIDDLEWARE": "1"} if name == MIDDLEWARE else {}),
        BENCH_SECRET=SECRET,
        BENCH_EVENTS=",".join(EVENTS),
        BENCH_PRIVATE_KEY=private_key(),
        NODE_ENV="production",
    )


@contextlib.contextmanager
def raw() -> Iterator[Server]:
    with Server("raw", python("bench.peers.raw")) as server:
        yield server


def private_key() -> str:
    """A key for Probot, which wants one although nothing is signed with it here."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def fire(server: Server, connections: int, seconds: float) -> Volley:
    arguments = ["--port", str(server.port), "--packages", str(PACKAGES)]
    arguments += ["--connections", str(connections), "--seconds", str(seconds)]
    before, waited = server.cpu(), server.waited()
    done = subprocess.run(
        pinned(LOAD_CORE, [*python("bench.load"), *arguments]),
        env=environment(BENCH_SECRET=SECRET),
        capture_output=True, text=True, check=False, timeout=seconds + 30,
    )  # fmt: skip
    if done.returncode:
        raise ServerError(
            f"the load generator failed against {server.name}:\n{done.stderr[-2000:]}"
        )
    volley = msgspec.json.decode(done.stdout, type=Volley)
    answered = sum(volley.answers.values())
    cpu, waited = server.cpu() - before, server.waited() - waited
    volley.server_us = cpu / max(answered, 1) * 1e6
    volley.neighbours = waited / ((cpu + waited) or 1.0)
    server.accepted += answered
    return volley


def check(name: str, volley: Volley) -> None:
    """Only deliveries that were taken count: a full queue, say, would make us look faster."""
    wrong = {answer: n for answer, n in volley.answers.items() if answer != _TAKEN[name]}
    if wrong or volley.lost or not volley.answers:
        raise ServerError(f"{name} answered {wrong or 'nothing'}; {volley.lost} connections lost")


def check_drained(server: Server) -> None:
    """Ours said at its end how many deliveries it took: all that it accepted."""
    told: dict[str, int] = json.loads(server.output.strip().splitlines()[-1])
    if told["taken"] != server.accepted:
        raise ServerError(f"{told['taken']} deliveries were taken of {server.accepted} accepted")

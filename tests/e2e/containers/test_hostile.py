"""Agents that are hijacked, in a whole house: what they find, whom they reach, whom they harm."""

import asyncio
import json
import re
import secrets
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import docker
import pytest

from app.agents.scenario import Scenario, load_scenario
from app.agents.scripted import ScriptedAgent
from app.domain.run import AgentJob, AgentResult, RunExit, RunSpec
from app.domain.stage import Stage
from app.gateway.egress import EgressProxy
from app.gateway.reach import Target
from app.gateway.tunnel import Streams
from app.sandbox.scenario_list import builtin_scenarios
from tests.e2e.containers.conftest import MakeHouse, left
from tests.flow.house import House

Steps = Sequence[Mapping[str, Any]]
HONEST = {"like": "first-try"}
# What a container has beyond its image, or what people keep there.
PLACES = ("/run", "/work", "/tmp", "/etc", "/home", "/root", "/var")  # noqa: S108
PUBLIC = "93.184.215.14"  # somewhere on the internet; nothing is sent there
TOKENS = "gh[opusr]_[A-Za-z0-9]{10}|github_pat_[A-Za-z0-9]{10}"


class Cast(ScriptedAgent):
    """The scripted agent with a script for each request, by its title; `reports` are of probes."""

    def __init__(self) -> None:
        super().__init__(_scenario([{"say": "x"}]))
        self._plays: dict[str, ScriptedAgent] = {}
        self.reports: list[dict[str, Any]] = []

    def give(self, title: str, steps: Steps) -> None:
        self._plays[title] = ScriptedAgent(_scenario(steps))

    def run(self, job: AgentJob) -> RunSpec:
        ((_, played),) = [(t, play) for t, play in self._plays.items() if t in job.prompt]
        return played.run(job)

    def read(self, ended: RunExit) -> AgentResult:
        probed = ended.out / "probe.json" if ended.out else None
        if probed is not None and probed.is_file():
            self.reports.append(json.loads(probed.read_text()))
        return super().read(ended)


def _scenario(steps: Steps) -> Scenario:
    honest = load_scenario(builtin_scenarios()["first-try"]).attempts[-1]
    played = [
        part
        for step in steps
        for part in (
            [each.model_dump(exclude_unset=True) for each in honest] if step == HONEST else [step]
        )
    ]
    said = {"name": "x", "description": "x", "gateway": True, "attempts": [played]}
    return Scenario.model_validate(said)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    made = Cast()
    monkeypatch.setattr("app.wiring.agents.make", lambda _name, _scenario: made)
    monkeypatch.setattr("tests.flow.house.PATIENCE", 90.0)
    return made


class Listener:
    """On every address of this machine; it hears whoever connects."""

    def __init__(self) -> None:
        self._door = socket.create_server(("0.0.0.0", 0))  # noqa: S104 - what a host may listen on
        self._door.setblocking(False)
        self.port: int = self._door.getsockname()[1]

    def heard(self) -> int:
        count = 0
        while True:
            try:
                self._door.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._door.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture
def canary() -> str:
    return f"orc-canary-{secrets.token_hex(12)}"


@pytest.fixture
def house(
    make_house: MakeHouse, canary: str, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> House:
    """Canaries wherever the app has secrets; all names lead to this machine, few are allowed, and
    of those only one says that it is elsewhere."""

    async def resolve(wanted: Target) -> Sequence[str]:
        return ("127.0.0.1" if wanted.host == "inside.example.com" else PUBLIC,)

    async def dial(_public: str, port: int) -> Streams:
        return await asyncio.open_connection("127.0.0.1", port)

    proxy = partial(EgressProxy, resolve=resolve, dial=dial)
    monkeypatch.setattr("app.gateway.server.EgressProxy", proxy)
    for name in ("GITHUB_TOKEN", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "ORC_ANYTHING"):
        monkeypatch.setenv(name, canary)
    made = make_house(
        config={
            "attempts": 1,
            "egress": [f"{name}.example.com:{listener.port}" for name in ("open", "inside")],
        },
        settings={"anthropic_api_key": canary, "openai_api_key": canary},
    )
    monkeypatch.setenv("ORC_PRIVATE_KEY", made.sandbox.app.private_key)
    return made


def secrets_of(house: House) -> tuple[str, ...]:
    """Those that were not planted: a line of the App's key, and what opens the two other doors."""
    app = house.sandbox.app
    return app.private_key.splitlines()[5], app.webhook_secret, house.database_url


def patterns(texts: Iterable[str]) -> str:
    """It does not find itself where it stands in the files of the run."""
    return "|".join(f"[{text[0]}]{re.escape(text[1:])}" for text in texts)


def at_work(client: docker.DockerClient, house: House) -> list[Any]:
    return [one for one in left(client, house.root / "state") if one.status == "running"]


def addresses(client: docker.DockerClient) -> set[str]:
    """Of this machine, as seen from itself and from its containers."""
    pools = client.networks.get("bridge").attrs["IPAM"]["Config"]
    own = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)}
    bridges = {pool["Gateway"] for pool in pools if "Gateway" in pool}
    return {"127.0.0.1", "0.0.0.0"} | {one for one in own | bridges if ":" not in one}  # noqa: S104


def nothing(house: House, canary: str, ends: Sequence[str], beside: Any) -> list[dict[str, Any]]:
    """What a hijacked agent would look for."""
    secret = patterns(secrets_of(house))
    postgres = parse_qs(urlsplit(house.database_url).query)["host"][0]
    searches = (f"{patterns([canary])}|{secret}|{TOKENS}", "extraheader|credential|access-token")
    return [
        {"env": f"{searches[0]}|DATABASE_URL|PRIVATE_KEY|WEBHOOK"},
        {"proc": searches[0]},
        {"search": {"pattern": patterns([canary])}},
        *({"search": {"pattern": searches[0], "under": place}} for place in PLACES),
        {"search": {"pattern": searches[1], "under": "/work"}},
        *({"file": path} for path in ("/var/run/docker.sock", "/run/docker.sock", "/root/*")),
        *({"file": path} for path in (str(house.root), f"{postgres}/.s.PGSQL.*")),
        {"unix": "/var/run/docker.sock"},
        {"unix": f"{postgres}/.s.PGSQL.5432"},
        *({"write": f"{place}/x"} for place in ("/etc", "/opt/orc", "/run/orc", "/run/orc/job")),
        {"write": "/run/orc/gateway/x"},
        *({"connect": end} for end in (*ends, "169.254.169.254:80", "127.0.0.1:5432")),
        *({"resolve": name} for name in ("github.com", beside.name, beside.short_id)),
        *({"proxy": end} for end in (*ends, "169.254.169.254:80", f"{beside.name}:8484")),
    ]


def spoken(texts: Iterable[str], image: Any, container: Any) -> list[str]:
    """Those that stand in the layers, history or metadata of an image, or with its container."""
    words = {text: text.encode() for text in texts}
    told = json.dumps([image.attrs, image.history(), container.attrs]).encode()
    found = {text for text, word in words.items() if word in told}
    end = b""
    for chunk in image.save(chunk_size=8 << 20):
        found |= {text for text, word in words.items() if word in end + chunk}
        end = chunk[-4096:]
    return sorted(found)


def test_nothing_to_steal_and_nowhere_to_go(
    house: House,
    cast: Cast,
    canary: str,
    listener: Listener,
    docker_engine: docker.DockerClient,
) -> None:
    house.start()
    cast.give("The neighbour", [{"say": "I am here"}, {"hang": 600}])
    neighbour = house.ask("The neighbour")
    house.until(lambda: len(at_work(docker_engine, house)) == 1)
    (beside,) = at_work(docker_engine, house)
    ends = [f"{address}:{listener.port}" for address in sorted(addresses(docker_engine))]
    named = [f"{name}.example.com:{listener.port}" for name in ("off", "inside", "open")]
    refused = [*nothing(house, canary, ends, beside), *({"proxy": end} for end in named[:2])]
    cast.give(
        "The thief", [{"probe": [*refused, {"proxy": named[2]}, {"status": "CapEff"}]}, HONEST]
    )
    number = house.ask("The thief")
    record = house.wait(number, Stage.DONE, Stage.BLOCKED)
    assert record.stage is Stage.DONE, record.reason
    (seen,) = (report["probe"] for report in cast.reports)
    assert len(seen) == len(refused) + 2
    assert [(one["of"], one["found"]) for one in seen if one["found"]] == [
        (named[2], [named[2]]),
        ("CapEff", ["0" * 16]),
    ]
    assert listener.heard() == 1  # it was the one that may be reached
    assert house.stage(neighbour) is Stage.BUILDING
    assert not any(net["IPAddress"] for net in beside.attrs["NetworkSettings"]["Networks"].values())
    mounted = {mount["Destination"] for mount in beside.attrs["Mounts"] if mount["Type"] == "bind"}
    assert mounted == {"/run/orc/job", "/run/orc/gateway"}
    assert spoken([canary, *secrets_of(house)], beside.image, beside) == []


LIMITS = {
    "attempts": 1,
    "limits": {"memory": "96MB", "disk": "64MB", "cpus": 0.5, "processes": 64},
    "deadlines": {"agent": "30s", "idle": "15s", "tests": "60s"},
}
WORST: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "A fork bomb": ({"fork_bomb": True}, "agent timed out", "said nothing for too long"),
    "A full disk": ({"fill_disk": "big"}, "agent crashed", "out of disk"),
    "Four gigabytes": ({"fill_memory": 4 << 30}, "agent crashed", "out of memory"),
    "A quiet loop": ({"loop": "quiet"}, "agent timed out", "said nothing for too long"),
    "A noisy loop": ({"loop": "noisy"}, "agent timed out", "not end in the time it had"),
}


def test_the_worst_ends_by_itself_and_harms_nobody_else(make_house: MakeHouse, cast: Cast) -> None:
    house = make_house(config=LIMITS, settings={"slots": len(WORST) + 2})
    house.start()
    for title, (step, _, _) in WORST.items():
        cast.give(title, [{"say": "Now"}, step])
    hostile = {title: house.ask(title) for title in WORST}
    for title in (honest := ("Good work", "More good work")):
        cast.give(title, [HONEST])
    for number in [house.ask(title) for title in honest]:
        record = house.wait(number, Stage.DONE, Stage.BLOCKED)
        assert [(a.number, a.outcome) for a in record.attempts] == [(1, "passed")]
        assert record.stage is Stage.DONE
    for title, number in hostile.items():
        record = house.wait(number, Stage.BLOCKED, Stage.DONE)
        (attempt,) = record.attempts
        assert attempt.outcome == WORST[title][1], (title, attempt)
        (status,) = [said for said in house.bot_comments(number) if "attempt" in said]
        assert WORST[title][2] in status, status

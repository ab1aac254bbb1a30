"""The scripted agent at its worst, in containers: each ends in a class of its own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.agents.scenario import Scenario
from app.agents.scripted import ScriptedAgent
from app.domain.run import AgentJob, AgentOutcome, AgentResult, ExitReason, RunExit, RunLimits
from app.executors.docker import DockerExecutor
from app.executors.process import ProcessExecutor
from app.graphs.ports import Executor

LIMITS = RunLimits(
    wall_seconds=6,
    idle_seconds=3,
    output_bytes=100_000,
    memory_bytes=96 << 20,
    disk_bytes=32 << 20,
    processes=64,
)


async def act(
    executor: Executor, steps: list[dict[str, Any]], limits: RunLimits = LIMITS
) -> tuple[RunExit, AgentResult]:
    given = {"name": "x", "description": "x", "attempts": [steps]}
    agent = ScriptedAgent(Scenario.model_validate(given))

    async def nothing(_workspace: Path) -> None:
        pass

    await executor.start(replace(agent.run(AgentJob("r1", "x", 1)), limits=limits), nothing)
    ended = await executor.wait("r1")
    return ended, agent.read(ended)


WORST: dict[str, tuple[dict[str, Any], ExitReason, AgentOutcome]] = {
    "fork bomb": ({"fork_bomb": True}, ExitReason.IDLE, AgentOutcome.TIMED_OUT),
    "full disk": ({"fill_disk": "big"}, ExitReason.OUT_OF_DISK, AgentOutcome.CRASHED),
    "4 GB": ({"fill_memory": 4 << 30}, ExitReason.OUT_OF_MEMORY, AgentOutcome.CRASHED),
    "quiet loop": ({"loop": "quiet"}, ExitReason.IDLE, AgentOutcome.TIMED_OUT),
    "noisy loop": ({"loop": "noisy"}, ExitReason.TIMED_OUT, AgentOutcome.TIMED_OUT),
}


@pytest.mark.parametrize(("step", "reason", "outcome"), WORST.values(), ids=WORST)
async def test_the_worst(
    step: dict[str, Any], reason: ExitReason, outcome: AgentOutcome, docker_executor: DockerExecutor
) -> None:
    ended, result = await act(docker_executor, [step])
    assert (ended.reason, result.outcome) == (reason, outcome), ended


LOOKS = [
    {"env": "TOKEN|KEY|SECRET|PROXY"},
    {"proc": "ORC_TOKEN=|ghp_[A-Za-z0-9]{10}"},
    {"file": "/run/docker.sock"},
    {"file": "/var/run/docker.sock"},
    {"unix": "/var/run/docker.sock"},
    {"write": "/etc/planted"},
    {"write": "/usr/bin/planted"},
    {"connect": "169.254.169.254:80"},
    {"connect": "172.17.0.1:22"},
    {"connect": "127.0.0.1:5432"},
    {"connect": "1.1.1.1:443"},
    {"resolve": "github.com"},
    {"proxy": "github.com:443"},
]


async def test_there_is_nothing_to_find(docker_executor: DockerExecutor) -> None:
    look = [*LOOKS, {"status": "CapEff"}, {"status": "NoNewPrivs"}]
    limits = replace(LIMITS, wall_seconds=60, idle_seconds=60)
    ended, result = await act(docker_executor, [{"probe": look}, {"say": "I looked."}], limits)
    assert result.outcome is AgentOutcome.SUCCEEDED, ended
    assert ended.out is not None
    seen = json.loads((ended.out / "probe.json").read_text())["probe"]
    assert [one for one in seen if one["found"]] == [
        {"check": "status", "of": "CapEff", "found": ["0" * 16], "error": None},
        {"check": "status", "of": "NoNewPrivs", "found": ["1"], "error": None},
    ]


async def test_the_probe_does_find_what_is_there(tmp_path: Path) -> None:
    """Without it, finding nothing would mean nothing."""
    (tmp_path / "secret").write_text("canary-12")
    executor = ProcessExecutor(tmp_path / "state", grace_seconds=0.5)
    looks = [{"search": {"pattern": "canary-[0-9]+", "under": str(tmp_path)}}, {"env": "ORC_JOB"}]
    ended, _ = await act(executor, [{"probe": looks}, {"say": "I looked."}])
    await executor.remove(await executor.known())
    said = json.loads(ended.stdout.splitlines()[0])["probe"]
    assert [one["found"] for one in said] == [[str(tmp_path / "secret")], ["ORC_JOB"]]


@pytest.mark.parametrize(
    ("said", "code", "error"),
    [(["project", "list"], 1, "NoGateway"), (["project", "lost"], 2, "UsageError")],
    ids=["refused", "used wrongly"],
)
async def test_what_the_command_answers_is_said(
    said: list[str], code: int, error: str, tmp_path: Path
) -> None:
    executor = ProcessExecutor(tmp_path / "state", grace_seconds=0.5)
    ended, result = await act(executor, [{"orchestrator": said}])
    await executor.remove(await executor.known())
    assert result.outcome is AgentOutcome.SUCCEEDED, ended
    heard = json.loads(result.text)
    assert (heard["exit"], json.loads(heard["output"])["error"]) == (code, error)

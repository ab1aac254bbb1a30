"""From a request to an agent's first line, beside a bare `docker run` of the same program.

The app is `orc serve` as it is, with the executor `docker`, in front of the sandbox. The program is
the scripted agent, whose first step says what time it is: one clock for both. Where a slot is free,
an issue passes `orc:queued` in the write that first gives it a stage's label; time runs from there.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.domain.stage import Stage, standing
from app.sandbox import Sandbox
from app.sandbox.sample import sample_repository
from app.settings import ImageSettings, load_image_settings
from bench.install import MissingError
from bench.server import ServerError
from bench.start import OURS, Site, site
from bench.stats import median, order, paired_ratio, spread

REPO, PERSON, LABEL = "service", "wanda", "orchestrate"
PATIENCE = 60.0
_CAPABILITIES = ("git", "python")  # what the scripted agent's runs have
_STEPS = [{"tell_time": True}]
_SCENARIO = {"name": "clock", "description": "It says what time it is.", "attempts": [_STEPS]}
# Nothing is to follow the attempt that is measured: the next one waits until it has ended.
_CONFIG = {"attempts": 1, "agent": "scripted"}
_BARE = f"""\
mkdir /tmp/job && echo '{json.dumps({"steps": _STEPS})}' >/tmp/job/attempt.json
ORC_JOB=/tmp/job exec python3 -P /opt/orc/agent_image/scripted.py
"""


@dataclass(frozen=True, slots=True)
class RunStart:
    """Seconds to the first line, one per round: since the label, since the request, and bare."""

    queued: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def vs_docker_run(self) -> float:
        return paired_ratio(self.queued, self.bare)

    def document(self) -> dict[str, float]:
        return {
            "vs_docker_run": round(self.vs_docker_run, 3),
            "asked_vs_docker_run": round(paired_ratio(self.asked, self.bare), 3),
            "queued_seconds": round(median(self.queued), 3),
            "asked_seconds": round(median(self.asked), 3),
            "docker_run_seconds": round(median(self.bare), 3),
            "spread": round(spread(self.queued), 3),
        }


class Labels:
    """When an issue was first shown with a stage of ours; an observer of the sandbox."""

    def __init__(self) -> None:
        self._first: dict[int, float] = {}

    def request(self, *_: object) -> None:
        """Deliveries tell enough."""

    def delivery(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "issues" and standing([payload.get("label", {}).get("name", "")]):
            self._first.setdefault(payload["issue"]["number"], time.time())

    def first(self, number: int) -> float:
        return self._first[number]


def run(rounds: int, status: Callable[[str], None] = lambda _: None) -> RunStart:
    """Raises MissingError where there is no engine or no image can be made."""
    with site() as place:
        status("making the agent's image")
        given = load_image_settings()
        image = _image(place.state, given)
        scenario = _prepare(place.sandbox, place.folder)
        settings = {
            "ORC_EXECUTOR": "docker",
            "ORC_SCENARIO": str(scenario),
            "ORC_BASE_IMAGE": given.base_image,
        }
        if given.extra_ca is not None:
            settings["ORC_EXTRA_CA"] = str(given.extra_ca)
        with place.serving([sys.executable, *OURS], **settings) as (_, port):
            place.sandbox.webhook_url = f"http://127.0.0.1:{port}/webhooks"
            return _rounds(place, image, rounds, status)


def _image(state: Path, given: ImageSettings) -> str:
    """The agent's image, made if need be."""
    import docker

    from app.images.error import ImageError
    from app.images.images import Images
    from app.images.recipe import Source

    if shutil.which("docker") is None:
        raise MissingError("the command docker is missing: install Docker's client")
    try:
        client = docker.from_env(timeout=600)
    except docker.errors.DockerException as error:
        raise MissingError(f"no Docker engine answers: {error}") from None
    source = Source(given.base_image, given.extra_ca)
    try:
        return asyncio.run(Images(client, source, state).ensure(_CAPABILITIES))
    except ImageError as error:
        raise MissingError(
            f"{error}\nORC_BASE_IMAGE and ORC_EXTRA_CA say what images are made of"
        ) from None
    finally:
        client.close()


def _prepare(sandbox: Sandbox, folder: Path) -> Path:
    """A project, a person who may ask, the configuration; the scenario's file."""
    sandbox.add_person(PERSON)
    sandbox.create_repository(REPO, source=sample_repository(folder / "sample"))
    for repo in (".github", REPO):
        sandbox.grant(repo, PERSON, "admin")
    sandbox.write_file(".github", "orchestrator.yml", yaml.safe_dump(_CONFIG), by=PERSON)
    scenario = folder / "clock.yaml"
    scenario.write_text(yaml.safe_dump(_SCENARIO))
    return scenario


def _rounds(place: Site, image: str, rounds: int, status: Callable[[str], None]) -> RunStart:
    found, labels = RunStart(), Labels()
    place.sandbox.observers.append(labels)
    turns: Mapping[str, Callable[[], None]] = {
        "ours": lambda: _ask(place, labels, found),
        "bare": lambda: found.bare.append(_docker_run(image)),
    }
    for turn in turns.values():  # what is imported and cached at the first time
        turn()
    for figures in (found.queued, found.asked, found.bare):
        figures.clear()
    for number in range(rounds):
        status(f"run {number + 1} of {rounds}")
        for name in order(tuple(turns), number):
            turns[name]()
    return found


def _docker_run(image: str) -> float:
    """Seconds from the command to the time that the program says."""
    command = ["docker", "run", "--rm", "--entrypoint", "bash", image, "-c", _BARE]
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(f"docker run failed: {done.stderr.strip()[-500:]}")
    return float(done.stdout.splitlines()[0]) - began


def _ask(place: Site, labels: Labels, found: RunStart) -> None:
    """One task from its request to its end, so that the next turn has the machine for itself."""
    began = time.time()
    issue = place.sandbox.open_issue(REPO, by=PERSON, title="What time is it?", labels=[LABEL])
    deadline = time.monotonic() + PATIENCE
    while standing(place.sandbox.issue(REPO, issue.number).labels) is not Stage.BLOCKED:
        if time.monotonic() > deadline:
            log = (place.state / "app.log").read_text(errors="replace")[-2000:]
            raise ServerError(f"the task did not end:\n{log}")
        time.sleep(0.1)
    place.sandbox.wait_idle(PATIENCE)
    (said,) = (place.state / "runs").glob(f"*-{issue.number}-r1.1-developer-*/stdout")
    spoke = float(said.read_text().splitlines()[0])
    found.queued.append(spoke - labels.first(issue.number))
    found.asked.append(spoke - began)

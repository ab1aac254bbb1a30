"""Where runs happen, as the operator set it, and what is kept there between runs."""

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.engine.observe import Observer, observed
from app.executors.environment import WithEnvironment
from app.executors.home import AgentHomes
from app.executors.process import ProcessExecutor
from app.graphs.ports import Executor, GivenUp
from app.settings import Settings

log = structlog.get_logger(__name__)
GATEWAY = "gateway"  # the folder of the gateway's sockets, below state_dir


@dataclass(frozen=True, slots=True)
class Place:
    """`tidy` removes what was not used for long; it takes the time in seconds since 1970."""

    executor: Executor
    homes: AgentHomes
    tidy: Callable[[float], Awaitable[None]]
    close: Callable[[], None]


def place(settings: Settings, observer: Observer | None) -> Place:
    """Where agents and tests run."""
    homes = AgentHomes(settings.state_dir)
    if settings.executor == "docker":
        return _containers(settings, homes, observer)

    async def tidy(_now: float) -> None:
        await homes.collect()

    executor = ProcessExecutor(settings.state_dir)
    return Place(_every(executor, settings, observer), homes, tidy, lambda: None)


def _containers(settings: Settings, homes: AgentHomes, observer: Observer | None) -> Place:
    """Docker's library is imported only where it is used: it costs a tenth of the start."""
    docker = importlib.import_module("docker")
    from app.executors.docker import DockerExecutor
    from app.images.error import ImageError
    from app.images.images import Images
    from app.images.recipe import Source

    client = docker.from_env()
    source = Source(settings.base_image, settings.extra_ca)
    images = Images(client, source, settings.state_dir, lambda line: log.info("image", said=line))

    async def image(capabilities: frozenset[str]) -> str:
        try:
            return await images.ensure(capabilities)
        except ImageError as error:
            log.error("no image", why=str(error))
            what = str(error).splitlines()[0].rstrip(":")  # the rest is the operator's to see
            names = " ".join(sorted(capabilities))
            raise GivenUp(
                f"There is no image to run this in: {what}. The operator finds the whole of it in "
                f"the log, or with `orc images build {names}`; then /retry."
            ) from None

    async def tidy(now: float) -> None:
        await homes.collect()
        try:
            await images.collect(now)
        except ImageError as error:
            log.warning("images not collected", why=str(error))

    folder: Path = settings.state_dir / GATEWAY
    executor = DockerExecutor(settings.state_dir, image, gateway=folder, client=client)
    return Place(_every(executor, settings, observer), homes, tidy, executor.close)


def _every(executor: Executor, settings: Settings, observer: Observer | None) -> Executor:
    """With what holds for every run."""
    if settings.run_environment:
        executor = WithEnvironment(executor, settings.run_environment)
    return observed(executor, "executor", ("start", "wait"), observer)

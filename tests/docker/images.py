"""A pytest plugin: the product's own images for tests that run real agents in real containers.

- `agent_images`: an `Images` whose images stay in the engine from one session to the next, so
  `await agent_images.ensure({"claude"})` takes long only after something that goes in changed.
- `extra_ca`: a folder with the certificates that this machine trusts, for builds behind a proxy
  that looks into TLS; None where there are none to be found.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docker.lock import folder

if TYPE_CHECKING:  # see daemon.py
    from docker import DockerClient

    from app.images.images import Images

_TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")


@pytest.fixture(scope="session")
def extra_ca(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    if not _TRUSTED.is_file():
        return None
    found = tmp_path_factory.mktemp("ca")
    (found / "machine.crt").write_bytes(_TRUSTED.read_bytes())
    return found


@pytest.fixture(scope="session")
def agent_images(
    docker_engine: "DockerClient", base_image: str, extra_ca: Path | None
) -> "Iterator[Images]":
    from app.images.images import Images
    from app.images.recipe import Source

    images = Images(docker_engine, Source(base_image, extra_ca), folder())
    yield images
    asyncio.run(images.collect(time.time()))

"""A pytest plugin: a Docker engine and two images for tests; it builds no image of the product.

- `docker_engine`: a docker.DockerClient. Where no engine answers, one is started (root with dockerd
  installed) and ended with the last test process that uses it; else the test is skipped by name.
- `base_image`: Debian bookworm's minbase ("orc-test-base"), stocked with what projects of the
  template are tested with. It is what images are built from in
  tests, since no registry can be counted on. Made by debootstrap, which takes a minute, once.
- `python_image`: the tag of base + python3 + git, built in 20 seconds, once. It is enough to run
  the wrapper: mount the checkout's `agent_image` at /opt/orc/agent_image, which python3 finds.

Images stay in the engine from one session to the next. A test removes the containers it makes.
"""

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docker.daemon import NoEngineError, engine
from tests.docker.lock import exclusive
from tests.docker.stock import stocked

if TYPE_CHECKING:  # see daemon.py
    from docker import DockerClient

BASE = "orc-test-base"
_SUITE = "bookworm"
_PYTHON = f"""\
FROM {BASE}
RUN apt-get update -qq \\
    && apt-get install -qq --yes --no-install-recommends python3 git >/dev/null \\
    && rm -rf /var/lib/apt/lists/* \\
    && site=$(python3 -c 'import site; print(site.getsitepackages()[0])') \\
    && mkdir -p /opt/orc "$site" && echo /opt/orc >"$site/orc.pth"
"""


@pytest.fixture(scope="session")
def docker_engine() -> "Iterator[DockerClient]":
    try:
        with engine() as client:
            yield client
    except NoEngineError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def base_image(docker_engine: "DockerClient") -> str:
    with exclusive("docker-images"):
        if not docker_engine.images.list(name=BASE):
            _bootstrap(docker_engine)
        return stocked(docker_engine, BASE)


@pytest.fixture(scope="session")
def python_image(docker_engine: "DockerClient", base_image: str) -> str:
    tag = f"orc-test-python:{sha256(_PYTHON.encode()).hexdigest()[:12]}"
    with exclusive("docker-images"):
        if not docker_engine.images.list(name=tag):
            docker_engine.images.build(fileobj=io.BytesIO(_PYTHON.encode()), tag=tag, rm=True)
    return tag


def _bootstrap(client: "DockerClient") -> None:
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        pytest.skip(f"no image {BASE}, and no debootstrap (or no root) to make it with")
    with tempfile.TemporaryDirectory(prefix="orc-test-base-") as place:
        root, archive = Path(place, "root"), Path(place, "root.tar")
        command = ["debootstrap", "--variant=minbase", _SUITE, str(root)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            pytest.skip(f"debootstrap could not make {BASE}: {made.stdout[-500:]}")
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
        client.api.import_image_from_file(str(archive), repository=BASE, tag="latest")

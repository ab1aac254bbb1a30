"""The images that the product makes: they hold what their names say, and nothing of the host.

Capabilities are installed from Debian's, PyPI's and npm's archives, once for each change.
"""

import gzip
import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from tarfile import TarFile
from typing import IO

import docker
import pytest

from app.images.images import Images
from app.images.recipe import Source
from tests.integration.images.conftest import Workshop

SECRET_NAMES = (
    *("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GITHUB_TOKEN", "ORC_PRIVATE_KEY"),
    *("PIP_INDEX_URL", "NPM_CONFIG__AUTH", "DATABASE_URL"),
)


def run(client: docker.DockerClient, tag: str, script: str, user: str = "") -> str:
    """What a shell in a container of the image says, confined as a run is."""
    said = client.containers.run(
        tag,
        ["-c", script],
        entrypoint="sh",
        user=user,
        environment={"HOME": "/scratch"},
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        tmpfs={"/scratch": "mode=1777,exec"},
        remove=True,
    )
    return said.decode()


def plant(canary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the environment of the app that builds, under the names secrets have there."""
    for name in SECRET_NAMES:
        monkeypatch.setenv(name, canary)
    for name in ("FTP_PROXY", "ftp_proxy"):  # one that no installer here uses
        monkeypatch.setenv(name, f"http://robot:{canary}@proxy.example:2121")


def leaks(client: docker.DockerClient, tag: str, canary: str, folder: Path) -> list[str]:
    """Where it is in an image: in the configuration, history and files of any of its layers."""
    history = client.images.get(tag).history()
    layers = {tag, *(each["Id"] for each in history if each["Id"] != "<missing>")}
    said = {each: json.dumps(client.images.get(each).attrs) for each in layers}
    said["history"] = json.dumps(history)
    found = [where for where, text in said.items() if canary in text]
    archive = folder / "image.tar"
    with archive.open("wb") as file:
        for chunk in client.images.get(tag).save():
            file.write(chunk)
    with TarFile(archive) as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content and canary.encode() in _plain(content):
                found.append(member.name)
    archive.unlink()
    return found


def _plain(content: IO[bytes]) -> bytes:
    data = content.read()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


async def test_a_planted_leak_is_found(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canary = uuid.uuid4().hex
    plant(canary, monkeypatch)
    workshop.script("python", 'echo "$FTP_PROXY" >/etc/installer')  # proxies do come in
    tag = await workshop.images().ensure({"python"})
    assert [name for name in leaks(workshop.client, tag, canary, tmp_path) if "layer" in name]


@pytest.fixture
def nothing_cached(extra_ca: Path | None, base_image: str, tmp_path: Path) -> Source:
    """With a file of its own, so that every layer is made anew."""
    folder = tmp_path / "ca"
    shutil.copytree(extra_ca, folder) if extra_ca else folder.mkdir()
    (folder / "unique.crt").write_text(f"# {uuid.uuid4()}\n")
    return Source(base_image, folder)


@pytest.fixture
def tags(docker_engine: docker.DockerClient) -> Iterator[list[str]]:
    """Images named in this list are removed after the test."""
    made: list[str] = []
    yield made
    for tag in made:
        docker_engine.images.remove(tag, force=True)


@pytest.mark.long
async def test_nothing_of_the_hosts_secrets_gets_into_an_image(
    docker_engine: docker.DockerClient,
    nothing_cached: Source,
    tags: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    canary = uuid.uuid4().hex
    plant(canary, monkeypatch)
    lines: list[str] = []
    images = Images(docker_engine, nothing_cached, tmp_path / "state", lines.append)
    tags.append(await images.ensure({"git", "python"}))
    first = next(at for at, line in enumerate(lines) if " : RUN " in line)
    assert not [line for line in lines[first:] if "Using cache" in line]
    assert leaks(docker_engine, tags[0], canary, tmp_path) == []
    assert canary not in "\n".join(lines)
    variables = docker_engine.images.get(tags[0]).attrs["Config"]["Env"]
    assert [variable.partition("=")[0] for variable in variables] == ["PATH"]


async def test_it_starts_the_wrapper_as_nobody_in_particular(
    docker_engine: docker.DockerClient, agent_images: Images
) -> None:
    tag = await agent_images.ensure({"git", "python"})
    config = docker_engine.images.get(tag).attrs["Config"]
    assert config["User"] == "agent"
    assert config["Entrypoint"] == ["python3", "-P", "-m", "agent_image.wrapper"]
    script = (
        "id -u; whoami; cd /; python3 -P -c 'import agent_image.wrapper as w; print(w.__file__)'"
    )
    assert run(docker_engine, tag, script).split() == [
        "10001",
        "agent",
        "/opt/orc/agent_image/wrapper.py",
    ]


async def test_nothing_in_it_makes_anybody_root(
    docker_engine: docker.DockerClient, agent_images: Images
) -> None:
    tag = await agent_images.ensure({"node"})
    outside = "-xdev -not -path '/scratch*' -not -path '/dev*'"
    setuid = f"find / {outside} -type f -perm /6000 2>/dev/null"
    writable = f"find / {outside} -not -type l -not -perm -1000 -writable 2>/dev/null"
    assert run(docker_engine, tag, f"{setuid}; true", user="0") == ""
    found = run(docker_engine, tag, f"{writable}; true", user="4242:4242").split()
    assert [path for path in found if not path.startswith("/proc")] == []


@pytest.mark.parametrize(
    ("capabilities", "script", "says"),
    [
        pytest.param("node", "git --version", "git version 2.", id="git"),
        pytest.param("node", "python -m pytest --version", "pytest 9.", id="python"),
        pytest.param("node", "python -m venv ~/v && ~/v/bin/pip --version", "pip ", id="venv"),
        pytest.param("node", "node --version && npm --version", "v22.", id="node"),
        pytest.param("claude", "claude --version", "2.1.330", id="claude"),
        pytest.param("codex", "codex --version", "0.169.0", id="codex"),
        pytest.param("droid", "droid --version", "0.225.2", id="droid"),
        pytest.param("orchestrator", "orchestrator --help", "respond", id="orchestrator"),
        pytest.param("browser curl", "curl --version", "curl ", id="curl"),
        pytest.param(
            "browser curl",
            "TMPDIR=~ chromium --headless --disable-gpu --dump-dom 'data:text/html,<p>six<b>teen'",
            "<p>six<b>teen</b></p>",
            id="browser",
        ),
    ],
)
@pytest.mark.parametrize("uid", [10001, 4242])
async def test_capability(
    capabilities: str,
    script: str,
    says: str,
    uid: int,
    docker_engine: docker.DockerClient,
    agent_images: Images,
) -> None:
    tag = await agent_images.ensure(capabilities.split())
    assert says in run(docker_engine, tag, script, user=f"{uid}:{uid}")

"""Small packages to make images of, so that most tests need neither network nor minutes."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docker
import pytest

from app.images.images import Images
from app.images.log import Show
from app.images.recipe import Source

DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
LABEL orc.image=1 orc.test=MARK
COPY install/ /install/
# capabilities
ENTRYPOINT ["/bin/sleep", "infinity"]
"""


@dataclass(frozen=True)
class Workshop:
    """Images of a package of the test's own, which nothing else has layers of."""

    client: docker.DockerClient
    base_image: str
    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    lines: list[str] = field(default_factory=list)

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    @property
    def source(self) -> Source:
        return Source(self.base_image, package=self.folder / "package")

    def script(self, name: str, *commands: str) -> None:
        text = "\n".join(["# needs:", "set -eu", *commands, ""])
        (self.folder / "package" / "install" / f"{name}.sh").write_text(text)

    def images(self, show: Show | None = None) -> Images:
        return Images(self.client, self.source, self.state_dir, show or self.lines.append)

    @property
    def built(self) -> int:
        """How often an image was made."""
        return sum(line.startswith("Successfully tagged") for line in self.lines)

    def there(self, tag: str) -> bool:
        return bool(self.client.images.list(name=tag))

    def left(self) -> list[str]:
        """The ids of all images made here, also of those without a tag."""
        found = self.client.images.list(filters={"label": f"orc.test={self.mark}"})
        return [image.id or "" for image in found]


@pytest.fixture
def workshop(
    docker_engine: docker.DockerClient, base_image: str, tmp_path: Path
) -> Iterator[Workshop]:
    made = Workshop(docker_engine, base_image, tmp_path)
    (tmp_path / "package" / "install").mkdir(parents=True)
    (tmp_path / "package" / "Dockerfile").write_text(DOCKERFILE.replace("MARK", made.mark))
    (tmp_path / "package" / "install" / "packages").touch()
    made.script("git", "true")
    made.script("python", "echo snake >/snake")
    yield made
    for image in made.left():
        docker_engine.images.remove(image, force=True)

"""What the Docker engine has of our images, asked and removed. It keeps no time and no lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import docker
import requests

from app.images.build import CAPABILITIES, LABEL
from app.images.error import ImageError
from app.images.recipe import REPOSITORY


@dataclass(frozen=True, slots=True)
class Built:
    """An image that is there. `size` counts layers that it shares, `created` is since 1970."""

    tag: str
    capabilities: tuple[str, ...]
    size: int
    created: float


class Engine:
    """Every method blocks, and raises ImageError where the engine does not do it."""

    def __init__(self, client: docker.DockerClient) -> None:
        self.client = client

    def has(self, tag: str) -> bool:
        with _asking():
            try:
                self.client.images.get(tag)
            except docker.errors.ImageNotFound:
                return False
            return True

    def images(self) -> tuple[Built, ...]:
        with _asking():
            said = self.client.api.images(filters={"label": f"{LABEL}=1"})
        return tuple(
            Built(
                tag, _names(image["Labels"].get(CAPABILITIES, "")), image["Size"], image["Created"]
            )
            for image in said
            for tag in image["RepoTags"] or ()
            if tag.startswith(f"{REPOSITORY}:")
        )

    def remove(self, tag: str) -> bool:
        """False where a container uses it, also one that has ended."""
        with _asking():
            try:
                self.client.api.remove_image(tag)
            except docker.errors.ImageNotFound:
                return True
            except docker.errors.APIError as error:
                if error.status_code == 409:
                    return False
                raise
            return True

    def remove_failed(self, before: float) -> None:
        """Remove what failed builds left before that time; a build may be standing on the rest."""
        with _asking():
            filters = {"dangling": True, "label": f"{LABEL}=1", "until": str(int(before))}
            try:
                self.client.images.prune(filters)
            except docker.errors.APIError as error:
                if error.status_code != 409:  # else another is at it, and one is enough
                    raise


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise ImageError(
            f"the Docker engine did not answer as it should: {error}. See that it runs: docker info"
        ) from error

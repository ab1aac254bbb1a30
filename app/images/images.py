"""The images there are: made when first asked for, kept while used. It never runs one."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import docker
import requests

from app.executors.lock import Lock, in_thread, try_lock, until_free
from app.images.build import CAPABILITIES, LABEL, build
from app.images.error import ImageError
from app.images.log import Show
from app.images.recipe import REPOSITORY, Recipe, Source, recipe

UNUSED_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Image:
    """`created` and `used` are seconds since 1970; `size` counts layers that others share too."""

    tag: str
    capabilities: tuple[str, ...]
    size: int
    created: float
    used: float


class Images:
    """Any number of apps may share an engine; those that share `state_dir` build an image once.

    The lock of an image covers its making and its removal; the lock file's time is its last use.
    """

    def __init__(
        self,
        client: docker.DockerClient,
        source: Source,
        state_dir: Path,
        show: Show = lambda _: None,
    ) -> None:
        self._client = client
        self._source = source
        self._folder = state_dir.absolute() / "images"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._show = show

    async def ensure(self, capabilities: Iterable[str]) -> str:
        """The tag of an image that has them, built if it is not there. Raises ImageError.

        When this is cancelled, a build that has begun goes on: whoever asks next finds the image.
        """
        wanted = recipe(capabilities, self._source)
        path = self._lock_file(wanted.tag)
        while (lock := try_lock(path)) is None:
            await until_free(path)
        await in_thread(lambda: self._make(wanted, lock))
        return wanted.tag

    async def built(self) -> tuple[Image, ...]:
        """Those there are, the last used first. Raises ImageError."""
        found = await in_thread(self._found)
        return tuple(sorted(found, key=lambda image: (-image.used, image.tag)))

    async def collect(self, now: float, unused_seconds: float = UNUSED_SECONDS) -> tuple[str, ...]:
        """Remove those that were not asked for that long and that no container uses; their tags.

        `now` is in seconds since 1970. Raises ImageError.
        """
        return await in_thread(lambda: self._collect(now - unused_seconds))

    def _make(self, wanted: Recipe, lock: Lock) -> None:
        with lock:
            os.utime(lock.fd)
            if not self._is_there(wanted.tag):
                build(self._client, wanted, self._lock_file(wanted.tag, "log"), self._show)

    def _is_there(self, tag: str) -> bool:
        try:
            self._client.images.get(tag)
        except docker.errors.ImageNotFound:
            return False
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise _silent(error) from error
        return True

    def _found(self) -> list[Image]:
        try:
            said = self._client.api.images(filters={"label": f"{LABEL}=1"})
        except (docker.errors.DockerException, requests.RequestException) as error:
            raise _silent(error) from error
        return [
            Image(
                tag,
                tuple(one["Labels"].get(CAPABILITIES, "").split(",")),
                one["Size"],
                one["Created"],
                self._used(tag, one["Created"]),
            )
            for one in said
            for tag in one["RepoTags"] or ()
            if tag.startswith(f"{REPOSITORY}:")
        ]

    def _used(self, tag: str, created: float) -> float:
        try:
            return self._lock_file(tag).stat().st_mtime
        except FileNotFoundError:
            return created

    def _collect(self, before: float) -> tuple[str, ...]:
        tags = {image.tag for image in self._found()}
        files = {f"{REPOSITORY}:{path.stem}" for path in self._folder.glob("*.lock")}
        return tuple(tag for tag in sorted(tags | files) if self._remove(tag, before, tag in tags))

    def _remove(self, tag: str, before: float, there: bool) -> bool:
        """Whether an image was removed. The lock keeps those who ask for it from finding it."""
        # An image whose file was lost gets a new one here, and counts as used now.
        lock = try_lock(self._lock_file(tag))
        if lock is None:
            return False
        with lock:
            if os.fstat(lock.fd).st_mtime > before or (there and not self._untag(tag)):
                return False
            self._lock_file(tag, "log").unlink(missing_ok=True)
            lock.path.unlink()
        return there

    def _untag(self, tag: str) -> bool:
        try:
            self._client.api.remove_image(tag)
        except docker.errors.ImageNotFound:
            pass
        except docker.errors.APIError as error:
            if error.status_code == 409:  # a container uses it, also one that has ended
                return False
            raise _silent(error) from error
        except requests.RequestException as error:
            raise _silent(error) from error
        return True

    def _lock_file(self, tag: str, kind: str = "lock") -> Path:
        return self._folder / f"{tag.partition(':')[2]}.{kind}"


def _silent(error: Exception) -> ImageError:
    return ImageError(
        f"the Docker engine did not do what was asked: {error}. See that it runs (`docker info`)."
    )

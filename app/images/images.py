"""The images there are: made when first asked for, kept while used. It never runs one."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import docker

from app.executors.lock import Lock, in_thread, try_lock, until_free
from app.images.build import build
from app.images.engine import Built, Engine
from app.images.log import Show
from app.images.recipe import REPOSITORY, Recipe, Source, recipe

UNUSED_SECONDS = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Image:
    """One that is there, and when it was last asked for, in seconds since 1970."""

    built: Built
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
        self._engine = Engine(client)
        self._source = source
        self._folder = state_dir.absolute() / "images"
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._show = show

    async def ensure(self, capabilities: Iterable[str]) -> str:
        """The tag of an image that has them, built if it is not there. Raises ImageError.

        When this is cancelled, a build that has begun goes on: whoever asks next finds the image.
        """
        wanted = recipe(capabilities, self._source)
        path = self._file(wanted.tag, "lock")
        while (lock := try_lock(path)) is None:
            await until_free(path)
        await in_thread(lambda: self._make(wanted, lock))
        return wanted.tag

    async def there(self) -> tuple[Image, ...]:
        """Those there are, the last used first. Raises ImageError."""
        found = [Image(built, self._used(built)) for built in await in_thread(self._engine.images)]
        return tuple(sorted(found, key=lambda image: (-image.used, image.built.tag)))

    async def collect(self, now: float, unused_seconds: float = UNUSED_SECONDS) -> tuple[str, ...]:
        """Remove those that were not asked for that long and that no container uses; their tags.

        `now` is in seconds since 1970. Raises ImageError.
        """
        removed = await in_thread(lambda: self._collect(now - unused_seconds))
        await in_thread(lambda: self._engine.remove_failed(now - UNUSED_SECONDS))
        return removed

    def _make(self, wanted: Recipe, lock: Lock) -> None:
        with lock:
            os.utime(lock.fd)
            if not self._engine.has(wanted.tag):
                build(self._engine.client, wanted, self._file(wanted.tag, "log"), self._show)

    def _used(self, image: Built) -> float:
        try:
            return self._file(image.tag, "lock").stat().st_mtime
        except FileNotFoundError:
            return image.created

    def _collect(self, before: float) -> tuple[str, ...]:
        tags = {image.tag for image in self._engine.images()}
        files = {f"{REPOSITORY}:{path.stem}" for path in self._folder.glob("*.lock")}
        gone = [tag for tag in sorted(tags | files) if self._remove(tag, before)]
        return tuple(tag for tag in gone if tag in tags)

    def _remove(self, tag: str, before: float) -> bool:
        """Under the lock, so that nobody who asks for it now is given what is about to go."""
        # An image whose file was lost gets a new one here, and counts as used now.
        lock = try_lock(self._file(tag, "lock"))
        if lock is None:
            return False
        with lock:
            if os.fstat(lock.fd).st_mtime > before or not self._engine.remove(tag):
                return False
            self._file(tag, "log").unlink(missing_ok=True)
            lock.path.unlink()
        return True

    def _file(self, tag: str, kind: str) -> Path:
        return self._folder / f"{tag.partition(':')[2]}.{kind}"

"""Follows what the Docker engine tells of one house's containers. It asserts nothing."""

import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import docker

_TOLD = {
    "type": ["container", "network", "volume"],
    "event": ["create", "destroy", "connect", "mount"],
}


@dataclass
class Watch:
    """Of the containers whose names begin with `prefix`; use as a context manager.

    `runs`: the run of each container in the order in which they were created, `most`: how many
    there were at once, from a container's creation to its removal.
    """

    prefix: str
    runs: list[str] = field(default_factory=list)
    images: set[str] = field(default_factory=set)
    networks: set[str] = field(default_factory=set)
    volumes: set[str] = field(default_factory=set)
    alive: set[str] = field(default_factory=set)
    most: int = 0
    _ours: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._client = docker.from_env()
        self._stream: Any = self._client.events(decode=True, filters=_TOLD)
        self._thread = threading.Thread(target=self._follow, name="watch", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()
        self._thread.join()
        self._client.close()

    def _follow(self) -> None:
        for event in self._stream:
            what, said = event["Actor"]["ID"], event["Actor"]["Attributes"]
            if event["Type"] == "container":
                self._container(event["Action"], what, said)
            elif said.get("container") in self._ours:
                found = self.networks if event["Type"] == "network" else self.volumes
                found.add(said.get("name", what))

    def _container(self, action: str, container: str, said: dict[str, str]) -> None:
        if not said.get("name", "").startswith(self.prefix):
            return
        if action == "destroy":
            self.alive.discard(container)
            return
        self._ours.add(container)
        self.alive.add(container)
        self.most = max(self.most, len(self.alive))
        self.runs.append(said["orc.run"])
        self.images.add(said["image"])

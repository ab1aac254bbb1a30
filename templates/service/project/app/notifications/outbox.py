"""A queue of notifications in a folder. It sends nothing.

A letter is one file. It waits in `new`, and ends in `sent` or in `failed`, beside the reason.
"""

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from app.notifications.notification import Notification


@dataclass(frozen=True, slots=True)
class Outbox:
    folder: Path

    def put(self, notification: Notification) -> None:
        """It is in the queue when this returns, also if the power fails then."""
        name = f"{uuid.uuid4().hex}.json"
        draft = self._room("drafts") / name
        with draft.open("w", encoding="utf-8") as file:
            file.write(notification.model_dump_json())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._room("new") / name)

    def waiting(self) -> list[Path]:
        """The oldest first."""
        letters = self._room("new").glob("*.json")
        return sorted(letters, key=lambda letter: (letter.stat().st_mtime_ns, letter.name))

    def open(self, letter: Path) -> Notification:
        """Raises pydantic's ValidationError."""
        return Notification.model_validate_json(letter.read_bytes())

    def sent(self, letter: Path) -> None:
        letter.rename(self._room("sent") / letter.name)

    def failed(self, letter: Path, reason: str) -> None:
        room = self._room("failed")
        (room / f"{letter.stem}.txt").write_text(reason, encoding="utf-8")
        letter.rename(room / letter.name)

    def _room(self, name: str) -> Path:
        room = self.folder / name
        room.mkdir(parents=True, exist_ok=True)
        return room

"""What is left of a contained run: its folder and its container, and which says how it ended.

All of it blocks, and must only be done with the run's lock. Results stand complete in the folder
before the container is removed, so a kill at any moment leaves one of the two.
"""

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

from agent_image.places import PREPARED
from app.domain.run import ExitReason, RunExit
from app.executors.confinement import DISK_BYTES
from app.executors.engine import Engine, Seen, Standing
from app.executors.folder import RunFolder, read_results, remove, write_ended

_KILLED = 137
# What a wrapper needs after a deadline at the most: to end, commit and copy, each in its own time.
_SPARE_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Remains:
    """Of one run."""

    engine: Engine
    folder: RunFolder

    @property
    def mark(self) -> Path:
        """There once the run may have been started: it is never started again for being gone."""
        return self.folder.path / "created"

    @property
    def workspace(self) -> Path:
        return self.folder.path / "workspace"

    @property
    def prepared(self) -> Path:
        """The wrapper waits for it: the workspace is complete, and the command may begin."""
        return self.folder.path / PREPARED

    def age(self) -> float:
        """Seconds since the command might begin."""
        try:
            return time.time() - self.prepared.stat().st_mtime
        except OSError:
            return math.inf

    def left(self) -> float:
        """Seconds until its wrapper must have ended it; time that it was paused counts too."""
        try:
            job = json.loads((self.folder.path / "job.json").read_text())
        except OSError:
            return math.inf  # somebody else has just taken its results
        limits = job["limits"]
        lasts: float = limits["wall_seconds"] + limits["grace_seconds"] + _SPARE_SECONDS
        return lasts - self.age()

    def is_unprepared(self, seen: Seen) -> bool:
        """Whether nothing of the command has happened yet; whoever is next may let it begin."""
        if seen.standing is Standing.CREATED:
            return True
        waits = self.folder.path.is_dir() and not self.prepared.exists()
        return waits and seen.standing is not Standing.ENDED

    def empty_workspace(self) -> None:
        """Without what an app has put there that was killed."""
        remove(self.workspace)
        self.workspace.mkdir()

    @property
    def stop(self) -> Path:
        """Looked for by the wrapper; the stop mark lies where no container sees it."""
        return self.folder.path / "stop"

    def disk_bytes(self) -> int:
        """What the run may write, as noted when it was started."""
        try:
            return int((self.folder.path / DISK_BYTES).read_text())
        except (OSError, ValueError):
            return 0

    def look(self) -> Seen | None:
        return self.engine.look(self.folder.run_id)

    def settle(self, seen: Seen | None) -> RunExit:
        """How a run ended whose wrapper can't say so."""
        if seen is None:
            return self.lose(None, "its container is gone; start again")
        if self.is_unprepared(seen):
            return RunExit(ExitReason.LOST, detail="its command was never started; start again")
        if seen.out_of_memory and seen.exit_code == _KILLED:
            detail = "the run's memory was used up, and its wrapper ended with it"
            return self.store(seen, ExitReason.OUT_OF_MEMORY, detail)
        said = self.engine.last_words(seen.id)
        detail = f"its container ended with {seen.exit_code}; start again. {said}"
        return self.lose(seen, detail.strip())

    def take(self, seen: Seen, results: Path, refused: str) -> RunExit | None:
        """Let `results`, fetched from the container, be the run's; None when it is not its own."""
        if ended := self.folder.read():
            return ended
        now = self.look()
        if now is None or now.id != seen.id:
            return None
        result = read_results(results)
        if refused or result is None:
            detail = refused or "what its wrapper left can't be read"
            return self.lose(seen, f"{detail}; start again")
        asked = self.stop.exists() or self.folder.stop_mark.exists()
        if result.reason is ExitReason.STOPPED and not asked:
            return self.lose(seen, "it was stopped by something else than its owner; start again")
        self._replace(results)
        self.engine.remove(seen.id)
        return self.folder.read()

    def end_overdue(self, seen: Seen) -> RunExit | None:
        """End by force a run that its wrapper should have ended; None when it is no more."""
        if ended := self.folder.read():
            return ended
        now = self.look()
        if now is None or now.id != seen.id:
            return None
        detail = "nothing in its container ended it in time, so the container was removed"
        return self.store(seen, ExitReason.TIMED_OUT, detail)

    def lose(self, seen: Seen | None, detail: str) -> RunExit:
        """Told once: nothing of the run is left, so that it can be started anew."""
        if seen is not None:
            self.engine.remove(seen.id)
        self.clear()
        return RunExit(ExitReason.LOST, detail=detail)

    def store(self, seen: Seen | None, reason: ExitReason, detail: str) -> RunExit:
        """Let this be how the run ended."""
        results = self.folder.fresh()
        write_ended(results, reason, detail)
        self._replace(results)
        if seen is not None:
            self.engine.remove(seen.id)
        return RunExit(reason, detail=detail)

    def clear(self) -> None:
        """Remove all of the folder but its lock."""
        self.folder.discard()
        for path in self.folder.leftovers():
            remove(path)

    def _replace(self, results: Path) -> None:
        self.folder.discard()
        results.rename(self.folder.path)
        for path in self.folder.leftovers():
            remove(path)

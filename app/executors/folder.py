"""A run's folder on the host: written before the run, read after it. It starts nothing.

What a run leaves is not trusted: files are opened without following links and read up to a limit.
"""

import json
import os
import re
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from agent_image.keep import Keeper
from agent_image.wrapper import write_atomically
from app.domain.run import ExitReason, RunExit, RunLimits, RunSpec

_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_RESULT_BYTES = 1_000_000
# No run of ours keeps more, so more was written past its wrapper.
_STREAM_BYTES = RunLimits().output_bytes
_LEFT_OUT, _MARK_ROOM = b"\n[... %d bytes left out ...]\n", 64


class _Result(BaseModel):
    """result.json, as the wrapper writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: ExitReason
    exit_code: int | None = None
    signal: int | None = None
    seconds: float = 0.0
    truncated: bool = False
    detail: str = ""
    work: bool = False


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run. `~` is in no id, so names with it can't be another run's."""

    root: Path
    run_id: str

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.run_id) or self.run_id.endswith(".lock"):
            raise ValueError(
                f"{self.run_id!r} can't be the id of a run: use letters, digits, '_', '-' and '.'"
            )

    @property
    def path(self) -> Path:
        return self.root / self.run_id

    @property
    def lock(self) -> Path:
        return self.root / f"{self.run_id}.lock"

    @property
    def stop_mark(self) -> Path:
        """There while somebody wants the run stopped."""
        return self.root / f"{self.run_id}~stop"

    def fresh(self) -> Path:
        """A new empty folder beside `path`, to be renamed to it once it is complete."""
        path = self.root / f"{self.run_id}~{uuid.uuid4().hex[:12]}"
        path.mkdir(mode=0o700)
        return path

    def leftovers(self) -> list[Path]:
        """Folders of starts and removals that were cut short. Ask only with the lock."""
        return [path for path in self.root.glob(f"{self.run_id}~*") if path != self.stop_mark]

    def discard(self) -> None:
        """Put the run's folder aside at once; it is then one of the leftovers."""
        if self.path.exists() or self.path.is_symlink():
            self.path.rename(self.root / f"{self.run_id}~{uuid.uuid4().hex[:12]}")

    def read(self) -> RunExit | None:
        """How the run ended; None when nothing, or nothing readable, says so."""
        return read_results(self.path)

    def supervisor(self) -> tuple[int, str | None] | None:
        """Pid and start time of the wrapper, once it has said them."""
        content = _read_plain(self.path / "wrapper.json", _RESULT_BYTES)
        try:
            said: Any = json.loads(content or b"")
            return int(said["pid"]), said["started"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None


def read_results(folder: Path) -> RunExit | None:
    """What a wrapper left in `folder`; None when nothing readable says how it ended."""
    content = _read_plain(folder / "result.json", _RESULT_BYTES)
    try:
        result = _Result.model_validate_json(content or b"")
    except ValidationError:
        return None
    out = folder / "out"
    bundle = out / "work.bundle"
    stdout, over = _read_stream(folder / "stdout")
    stderr, above = _read_stream(folder / "stderr")
    return RunExit(
        reason=result.reason,
        exit_code=result.exit_code,
        signal=result.signal,
        stdout=stdout,
        stderr=stderr,
        truncated=result.truncated or over or above,
        seconds=result.seconds,
        detail=result.detail,
        work=bundle if result.work and _is_plain(bundle) else None,
        out=out if out.is_dir() and not out.is_symlink() else None,
    )


def write_job(folder: Path, run: RunSpec, grace_seconds: float) -> None:
    """job.json, the files of the job and of its home, and an empty workspace."""
    if run.limits.output_bytes > _STREAM_BYTES:
        raise ValueError(f"output_bytes can be {_STREAM_BYTES} at most, which is what is read")
    (folder / "workspace").mkdir()
    if run.home is not None:
        Keeper().copy(run.home, run.keep_home, folder / "home")
    files = folder / "job"
    files.mkdir()
    for name, content in run.files.items():
        relative = PurePosixPath(name)
        if relative.is_absolute() or ".." in relative.parts or not relative.parts:
            raise ValueError(f"{name!r} can't be a file of a job: it must stay within its folder")
        target = files / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o444)
    job = {
        "id": run.id,
        "argv": list(run.argv),
        "env": dict(run.env),
        "base": run.base,
        "keep": list(run.keep),
        "keep_home": list(run.keep_home),
        "repeat": asdict(run.repeat) if run.repeat else None,
        "output_bytes": run.limits.output_bytes,
        "limits": {
            "wall_seconds": run.limits.wall_seconds,
            "idle_seconds": run.limits.idle_seconds,
            "grace_seconds": grace_seconds,
        },
    }
    (folder / "job.json").write_text(json.dumps(job))


def write_ended(folder: Path, reason: ExitReason, detail: str) -> None:
    """The result of a run whose supervisor could not write one."""
    write_atomically(folder / "result.json", {"reason": reason, "detail": detail})


def remove(path: Path) -> None:
    """Remove a folder, also one whose owner took away the rights to enter it."""
    if path.is_symlink() or path.is_file():
        path.unlink(missing_ok=True)
        return
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError:
        for folder, folders, _ in os.walk(path):
            for name in folders:
                inner = Path(folder, name)
                if not inner.is_symlink():
                    with suppress(OSError):
                        inner.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _read_plain(path: Path, limit: int) -> bytes | None:
    with _opened(path) as file:
        return file.read(limit) if file else None


def _read_stream(path: Path) -> tuple[bytes, bool]:
    """Head and tail of what a stream's file holds, and whether that is not all of it."""
    with _opened(path) as file:
        if file is None:
            return b"", False
        over = os.fstat(file.fileno()).st_size - _STREAM_BYTES
        if over <= 0:
            return file.read(_STREAM_BYTES), False
        half = _STREAM_BYTES // 2
        head, mark = file.read(half), _LEFT_OUT % (over + _MARK_ROOM)
        file.seek(over + half + _MARK_ROOM)
        return head + mark + file.read(half - _MARK_ROOM), True


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes] | None]:
    """A regular file, or nothing; no link is followed and no pipe waited for."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    with os.fdopen(fd, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(fd).st_mode) else None

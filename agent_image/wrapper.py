"""One run, a command from job.json to result.json. It decides nothing else.

`python -m agent_image.wrapper RUN_DIR`; RUN_DIR holds job.json, workspace/ and job/ (the files).
In a container `agent_image.contained` is the entry point instead.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from agent_image.capture import Capture
from agent_image.repeat import Promise, repeated
from agent_image.supervise import Command, Ending, Limits, Signals, Supervisor
from agent_image.tree import adopt_orphans, start_time

# Names in out/ that are the wrapper's; what a command writes there under them is dropped.
_WORK, _KEPT, _HOME = "work.bundle", "kept", "home"
_GIT_SECONDS = 60.0


class Run(NamedTuple):
    """Where the parts of a run are: its results, what it may write, and the files of its job."""

    folder: Path
    work: Path
    job: Path

    @property
    def workspace(self) -> Path:
        return self.work / "workspace"

    @property
    def home(self) -> Path:
        return self.work / "home"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def outbox(self) -> Path:
        """What the command sees as $ORC_OUT; only plain files of it go to `out`."""
        return self.work / "outbox"

    def environ(self, given: Mapping[str, str]) -> dict[str, str]:
        """All that the command may see of the world: nothing of the host but PATH."""
        scratch = self.work / "tmp"
        for needed in (self.home, scratch, self.outbox):
            needed.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            **given,
            "HOME": str(self.home),
            "TMPDIR": str(scratch),
            "ORC_JOB": str(self.job),
            "ORC_OUT": str(self.outbox),
        }


def write_atomically(path: Path, content: Mapping[str, Any]) -> None:
    """All or nothing, also when the power fails; never through a link or pipe that is there."""
    draft = path.with_name(f".{path.name}-{os.getpid()}-{time.monotonic_ns()}")
    with draft.open("x") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Events:
    """Lifecycle lines, one JSON object each."""

    def __init__(self, path: Path) -> None:
        # Opened before the command starts, which may put anything in its place.
        self._file = path.open("ab", buffering=0)

    def emit(self, event: str, **fields: object) -> None:
        line = json.dumps({"event": event, "at": round(time.time(), 3), **fields})
        with suppress(OSError):
            self._file.write(line.encode() + b"\n")


Judge = Callable[[Ending], Ending]


def _take_out(run: Run, job: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[bool, str]:
    """Bring the work and the files out; says whether there is a bundle, and what went wrong."""
    from agent_image.keep import Keeper  # no command waits for these
    from agent_image.work import bundle

    keeper, session, problems, taken = Keeper(), Keeper(), [], False
    shutil.rmtree(run.out, ignore_errors=True)
    run.out.mkdir()
    keeper.copy(run.outbox, ("**",), run.out)
    with suppress(OSError):
        (run.out / _WORK).unlink()
    for name in (_KEPT, _HOME):
        shutil.rmtree(run.out / name, ignore_errors=True)
        with suppress(OSError):
            (run.out / name).unlink()
    keeper.copy(run.workspace, job["keep"], run.out / _KEPT)
    session.copy(run.home, job.get("keep_home", ()), run.out / _HOME)
    if skipped := [*keeper.skipped, *session.skipped]:
        problems.append(f"not kept, too large or too many: {', '.join(skipped[:5])}")
    if job["base"]:
        seconds = job.get("git_seconds", _GIT_SECONDS)
        work = bundle(run.workspace, job["base"], run.out / _WORK, environ, seconds)
        taken = work.taken
        problems.append(work.problem)
    return taken, "; ".join(filter(None, problems))


def perform(
    run: Run, job: Mapping[str, Any], signals: Signals, judge: Judge, spare: frozenset[int]
) -> None:
    """Run the command to its end and leave its result; `judge` may know better why it ended.

    Children in `spare` are no part of the run and stay.
    """
    events = Events(run.folder / "events.jsonl")
    limit, loop = job["output_bytes"], job.get("repeat") or {}
    promise = Promise(loop["until"].encode()) if loop else None
    streams = (
        Capture(run.folder / "stdout", limit, promise.heed if promise else None),
        Capture(run.folder / "stderr", limit),
    )
    environ = run.environ(job["env"])
    supervisor = Supervisor(
        Limits(**job["limits"]),
        streams,
        signals,
        lambda signs: events.emit("heartbeat", **signs._asdict()),
        spare,
    )
    begun = time.monotonic()
    command = Command(job["argv"], environ, run.workspace)

    def turn(number: int) -> Ending:
        if promise:
            events.emit("turn", number=number)
        return judge(supervisor.run(command, lambda pid: events.emit("started", pid=pid)))

    ended = repeated(turn, promise, loop["times"]) if promise else turn(1)
    seconds = time.monotonic() - begun
    for stream in streams:
        stream.close()
    try:
        work, problem = _take_out(run, job, environ)
    except OSError as error:
        work, problem = False, f"the results could not be copied: {error}"
    result = {
        **ended._asdict(),
        "seconds": round(seconds, 3),
        "truncated": any(stream.truncated for stream in streams),
        "detail": "; ".join(filter(None, (ended.detail, problem))),
        "work": work,
    }
    good = ended.reason == "exited" and ended.exit_code == 0
    events.emit("completed" if good else "failed", **result)
    write_atomically(run.folder / "result.json", result)


def main(folder: Path) -> None:
    signals = Signals()
    adopt_orphans()
    me = os.getpid()
    write_atomically(folder / "wrapper.json", {"pid": me, "started": start_time(me)})
    # stop() leaves this and then looks for wrapper.json, so one of the two sees the other.
    if folder.with_name(folder.name + "~stop").exists():
        signals.stop = True
    job = json.loads((folder / "job.json").read_text())
    perform(Run(folder, folder, folder / "job"), job, signals, lambda ended: ended, frozenset())


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())

"""The entry point in a container, PID 1: from the read-only job to results that wait for the host.

`python -m agent_image.contained`; the folders are mounted by the executor `docker`. It holds the
lock on job.json until the results are complete, which is what `agent_image.outlet` waits for. Being
PID 1 it can't be killed from inside, and hidden it can't be traced: what it does not do is judge
what the command did.
"""

import errno
import fcntl
import json
import os
import select
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from agent_image.exhaustion import Exhaustion
from agent_image.places import PREPARED, Places
from agent_image.relay import start_relay
from agent_image.supervise import Ending, Signals
from agent_image.tree import Tree, hide
from agent_image.wrapper import Run, perform, write_atomically

_OURS = {"stdout", "stderr", "events.jsonl"}
_TERMINATED = 143
_OPEN_FOLDER, _OPEN_FILE = 0o750, 0o640
_LEAST_PAUSE, _MOST_PAUSE = 0.002, 0.05


def main(places: Places) -> int:
    # Read-only for the command, so it can neither replace the file nor take the lock from us.
    lock = os.open(places.job / "job.json", os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_EX)
    signals = Signals()
    hide()
    # stop() leaves this and then sends SIGTERM, which is not heard before `signals`.
    asked = places.job / "stop"
    if asked.exists():
        signals.stop = True
    spare = frozenset({start_relay(places.gateway)}) if places.gateway.is_dir() else frozenset()
    job = json.loads((places.job / "job.json").read_text())
    run = Run(places.results, places.work, places.job / "job")
    prepared = _until_prepared(places.job, signals)
    exhaustion = Exhaustion((places.work, places.scratch))

    def judge(ended: Ending) -> Ending:
        _tidy(places.results)
        return exhaustion.judge(ended)

    if not prepared:
        _give_up(run, Ending("stopped", detail="it was stopped before its workspace was there"))
    elif not _copied_in(run, places.job):
        detail = "the workspace does not fit on the run's disk; raise it"
        _give_up(run, Ending("out of disk", detail=detail))
    else:
        perform(run, job, signals, judge, spare)
        places.results.chmod(_OPEN_FOLDER)  # git has run what the repository names
    fcntl.flock(lock, fcntl.LOCK_UN)  # closing it would leave it to the relay
    return _linger(signals, asked)


def _until_prepared(job: Path, signals: Signals) -> bool:
    """The host fills the workspace while this container starts; False when it is to end first.

    Nothing tells of a file on another side of a mount, so it is looked for, at ever longer pauses.
    """
    pause = _LEAST_PAUSE
    while not (job / PREPARED).exists():
        if signals.stop:
            return False
        select.select([signals.socket], [], [], pause)
        signals.clear()
        pause = min(pause * 1.05, _MOST_PAUSE)
    return True


def _copied_in(run: Run, job: Path) -> bool:
    """Bring the workspace and the home to where they can be written; False when they don't fit."""
    try:
        for source, target in ((job / "workspace", run.workspace), (job / "home", run.home)):
            if source.is_dir():
                shutil.copytree(source, target, symlinks=True)
    except shutil.Error as error:  # a list of all that failed
        if os.strerror(errno.ENOSPC) not in str(error):
            raise
        return False
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return False
    return True


def _give_up(run: Run, ended: Ending) -> None:
    write_atomically(run.folder / "result.json", ended._asdict())


def _tidy(results: Path) -> None:
    """Remove what the command has put where only its results belong; nothing of it is alive.

    It may have taken rights away, too: ours, and those of the user who fetches the results.
    """
    results.chmod(_OPEN_FOLDER)
    for path in results.iterdir():
        if path.name in _OURS and not path.is_symlink() and path.is_file():
            path.chmod(_OPEN_FILE)
        elif path.is_dir() and not path.is_symlink():
            # Elsewhere first, since what is closed may not be removed.
            shutil.rmtree(path.rename(results / f".{time.monotonic_ns()}"), ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _linger(signals: Signals, asked: Path) -> int:
    """Keep the results until the container is removed, or stopped by somebody but the executor.

    The executor's SIGTERM may come late; it fetches what there is, and then removes the container.
    """
    signals.stop = False
    while not signals.stop or asked.exists():
        select.select([signals.socket], [], [])
        signals.clear()
        Tree().reap()
    return _TERMINATED


def _places(given: Mapping[str, Any]) -> Places:
    return Places(**{name: Path(path) for name, path in given.items()})


if __name__ == "__main__":
    sys.exit(main(_places(json.loads(sys.argv[1]) if len(sys.argv) > 1 else {})))

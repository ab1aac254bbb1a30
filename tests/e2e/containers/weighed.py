"""The app in a process of its own that weighs itself when it is asked to.

Run as a module it is that process, and reads its order from standard input. It asserts only that
the app gets ready and ends.
"""

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from agent_image.tree import descendants
from agent_image.wrapper import write_atomically
from tests.flow.house import PATIENCE, House, answers


@dataclass(frozen=True)
class Weight:
    """What a process holds right after a garbage collection, without what its allocator only keeps
    for later; `kinds` are the most numerous."""

    rss_kb: int
    objects: int
    kinds: dict[str, int]


class WeighedApp:
    """Use as a context manager: SIGTERM ends it."""

    def __init__(self, home: House, name: str) -> None:
        self._home = home
        self._folder = home.root / name

    def __enter__(self) -> Self:
        self._folder.mkdir()
        given = {k: str(v) for k, v in self._home.plain_settings().items() if v is not None}
        order = {"folder": str(self._folder), "kill_at": None, "fault": None, "settings": given}
        command = [sys.executable, "-m", "tests.e2e.containers.weighed"]
        root = Path(__file__).parents[3]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, cwd=root)
        assert self._process.stdin is not None
        with self._process.stdin as stdin:
            stdin.write(json.dumps(order))
        port = self._folder / "port"
        self._home.until(lambda: port.exists() or self._process.poll() is not None, self.log)
        assert port.exists(), self.log()
        url = f"http://127.0.0.1:{port.read_text()}"
        self._home.until(lambda: answers(f"{url}/readyz"), self.log)
        self._home.sandbox.webhook_url = f"{url}/webhooks"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._home.sandbox.webhook_url = None
        self._process.terminate()
        try:
            ended = self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
        if kind is None:
            assert ended in (0, -signal.SIGTERM), self.log()

    def log(self) -> str:
        written = self._folder / "app.log"
        return written.read_text()[-4000:] if written.exists() else "nothing was logged"

    def children(self) -> list[int]:
        return descendants(self._process.pid)

    def weigh(self) -> Weight:
        told = self._folder / "weight.json"
        told.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        self._home.until(told.exists, self.log)
        return Weight(**json.loads(told.read_text()))


def _weigh(into: Path) -> None:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    found = gc.get_objects()
    kinds = Counter(type(one).__qualname__ for one in found)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    rss = pages * os.sysconf("SC_PAGE_SIZE") // 1024
    write_atomically(into, asdict(Weight(rss, len(found), dict(kinds.most_common(40)))))


def main() -> None:
    from tests.e2e.nursery import run  # it changes the app of the process that imports it

    order = json.load(sys.stdin)
    into = Path(order["folder"], "weight.json")
    signal.signal(signal.SIGUSR1, lambda *_: _weigh(into))
    run(order)


if __name__ == "__main__":
    main()

"""The test's side of the nursery: has apps started, and ends them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self


class Nursery:
    """The process that forks apps. The first app of each flow runs in itself, and is not killed."""

    def __init__(self) -> None:
        self._grown: set[str] = set()  # flows

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout
        return self

    def __exit__(self, *exc: object) -> None:
        self._orders.close()
        self._process.wait(timeout=10)
        self._answers.close()

    def start(self, flow: str, order: dict[str, Any]) -> int:
        """The pid of an app. The order says its folder, its settings, and when it is killed."""
        if flow in self._grown:
            return self.fork(order)
        self._grown.add(flow)
        self._send({"do": "grow", **order})
        return self._process.pid

    def fork(self, order: dict[str, Any]) -> int:
        self._send({"do": "fork", **order})
        pid: int = self._answer()["pid"]
        return pid

    def end(self, pid: int) -> None:
        os.kill(pid, signal.SIGTERM if pid == self._process.pid else signal.SIGKILL)
        self.reap(pid)

    def reap(self, pid: int) -> int:
        """Waits for its end; the signal that ended it, or 0."""
        if pid != self._process.pid:
            self._send({"do": "reap", "pid": pid})
        ended: int = self._answer()["signal"]
        return ended

    def _send(self, order: dict[str, Any]) -> None:
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()

    def _answer(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._answers.readline())
        return answer

"""An agent without a model: does the steps in $ORC_JOB/attempt.json, good or bad, one by one.

It must do exactly what it is told and nothing clever; app/agents/scenario.py checks the steps.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_GIT = (
    *("git", "-c", "user.name=Scripted Agent", "-c", "user.email=scripted@localhost"),
    *("-c", "commit.gpgSign=false", "-c", "core.hooksPath=/dev/null"),
)
_MEBIBYTE = 1 << 20
# What a gitlink points at is never fetched: any sha does.
_SOME_COMMIT = "1" * 40


class Agent:
    """One attempt. What it says last is the text of its result."""

    def __init__(self) -> None:
        self.text = "There was nothing to do."
        self.result = "success"
        self.details: dict[str, Any] = {}
        self.tokens = {"input": 0, "output": 0}

    def write(self, given: dict[str, Any]) -> None:
        path = Path(given["path"])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            for _ in range(given.get("times", 1)):
                file.write(given["content"])

    def delete(self, path: str) -> None:
        if Path(path).is_dir() and not Path(path).is_symlink():
            shutil.rmtree(path)
        else:
            Path(path).unlink(missing_ok=True)  # an attempt may begin with or without the last one

    def symlink(self, given: dict[str, str]) -> None:
        path = Path(given["path"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(given["target"])

    def submodule(self, given: dict[str, str]) -> None:
        path = given["path"]
        Path(path).mkdir(parents=True, exist_ok=True)  # empty: a submodule that was not checked out
        _git("update-index", "--add", "--cacheinfo", f"160000,{_SOME_COMMIT},{path}")

    def commit(self, message: str) -> None:
        _git("add", "--all")
        _git("commit", "--quiet", "--allow-empty", "-m", message)

    def say(self, text: str) -> None:
        self.text = text
        print(text, flush=True)

    def tell_time(self, _: bool) -> None:
        """In seconds since 1970: when the agent got to speak."""
        self.say(f"{time.time():.6f}")

    def fail(self, message: str) -> None:
        self.say(message)
        self.result = "failure"

    def ask(self, question: str) -> None:
        self.say(question)
        self.result = "question"

    def report(self, details: dict[str, Any]) -> None:
        """What its result holds besides."""
        self.details |= details

    def report_tokens(self, given: dict[str, int]) -> None:
        for kind, count in given.items():
            self.tokens[kind] += count

    def crash(self, code: int) -> None:
        print("Segmentation fault (scripted)", file=sys.stderr, flush=True)
        os._exit(code)

    def hang(self, seconds: float | None) -> None:
        end = time.monotonic() + (float("inf") if seconds is None else seconds)
        while time.monotonic() < end:
            time.sleep(min(end - time.monotonic(), 3600))

    def ignore_sigterm(self, _: bool) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def spawn_daemon(self, _: bool) -> None:
        """A grandchild in a session of its own that keeps our output open."""
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("sleep", ["sleep", "86400"])  # noqa: S606 - no shell wanted
            os._exit(0)
        os.wait()

    def print_gigabyte(self, _: bool) -> None:
        block = (b"x" * 1023 + b"\n") * 1024
        for _number in range(1024):
            _print_bytes(block)

    def print_binary(self, _: bool) -> None:
        _print_bytes(bytes(range(256)) * 16 + b"\n")

    def probe(self, checks: list[dict[str, Any]]) -> None:
        program = Path(os.environ["ORC_JOB"]) / "probe.py"
        command, given = [sys.executable, "-P", str(program)], json.dumps(checks).encode()
        done = subprocess.run(command, check=True, input=given, stdout=subprocess.PIPE)
        (Path(os.environ["ORC_OUT"]) / "probe.json").write_bytes(done.stdout)
        _print_bytes(done.stdout)

    def orchestrator(self, args: list[str]) -> None:
        """What the command answers is said, whatever its exit code is."""
        command = ["orchestrator", *args]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        said = {"orchestrator": args, "exit": done.returncode, "output": done.stdout}
        self.say(json.dumps(said))

    def fork_bomb(self, _: bool) -> None:
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)

    def fill_disk(self, path: str) -> None:
        with Path(path).open("wb", buffering=0) as file:
            while True:
                file.write(bytes(_MEBIBYTE))

    def fill_memory(self, size: int) -> None:
        held = [b"x" * _MEBIBYTE for _number in range(-(-size // _MEBIBYTE))]
        self.say(f"I hold {len(held)} MiB")

    def loop(self, kind: str) -> None:
        said = time.monotonic()
        while True:
            if kind == "noisy" and time.monotonic() - said >= 1:
                said = time.monotonic()
                print("still looping", flush=True)


def _print_bytes(data: bytes) -> None:
    sys.stdout.flush()
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def _git(*args: str) -> None:
    subprocess.run([*_GIT, *args], check=True, stdout=sys.stderr)


def main() -> None:
    steps = json.loads((Path(os.environ["ORC_JOB"]) / "attempt.json").read_text())["steps"]
    agent = Agent()
    for step in steps:
        for verb, given in step.items():
            perform: Callable[[Any], None] = getattr(agent, verb)
            perform(given)
    result = {
        "result": agent.result,
        "text": agent.text,
        "tokens": agent.tokens,
        "details": agent.details,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

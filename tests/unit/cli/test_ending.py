"""A demo that is kept up ends when it is told to, whichever thread the signal reaches."""

import subprocess
import sys

import pytest

WAITS = """
import signal, threading, time
from app.cli.demo.ending import wait_until_told

def tell():
    time.sleep(0.2)  # until the main thread waits
    signal.pthread_kill(threading.get_ident(), signal.{name})

wait_until_told(lambda: threading.Thread(target=tell).start())
print("told")
"""
SAYS = """
import os, signal
from app.cli.demo.ending import wait_until_told

wait_until_told(lambda: os.kill(os.getpid(), signal.{name}))
print("told")
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("script", [WAITS, SAYS], ids=["another thread", "before the wait"])
def test_a_signal_ends_the_wait(script: str, name: str) -> None:
    command = [sys.executable, "-c", script.format(name=name)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "told\n", "")

"""Keeps the faults that tests inject and hands each out as often as it was asked for."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import replace

from app.sandbox.records import Fault, FaultKind


class Faults:
    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._lock = threading.Lock()

    def inject(self, fault: Fault) -> None:
        if fault.times < 1:
            raise ValueError("a fault happens at least once")
        with self._lock:
            self._pending.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    @property
    def pending(self) -> list[Fault]:
        with self._lock:
            return list(self._pending)

    def take(self, name: str, *, skip: frozenset[FaultKind] = frozenset()) -> Fault | None:
        """The first fault that matches `name`, used up once; kinds in `skip` do not apply here."""
        with self._lock:
            for index, fault in enumerate(self._pending):
                if fault.kind in skip or not fnmatch.fnmatchcase(name, fault.match):
                    continue
                if fault.times == 1:
                    del self._pending[index]
                else:
                    self._pending[index] = replace(fault, times=fault.times - 1)
                return fault
        return None

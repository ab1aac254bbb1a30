"""A demo that is interrupted at the worst of times leaves nothing."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from app.cli.demo import run
from app.cli.demo.options import Options

OPTIONS = Options(None, None, "first-try", "scripted", "process", keep=False, as_json=True)


def test_right_after_its_folder_was_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make = os.mkdir

    def interrupted(*arguments: Any, **options: Any) -> None:
        make(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(run, "interrupt_when_told", lambda: None)
    monkeypatch.setattr(os, "mkdir", interrupted)
    assert run.run(OPTIONS) == 130
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []

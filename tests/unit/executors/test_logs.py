"""Which logs of an issue are found, and what of them is shown."""

import os
from pathlib import Path

from app.domain.log import Log
from app.executors.logs import RunLogs
from tests.unit.domain.make import ISSUE

SHA = "0123456789ab"
TOKEN = "ghp_" + "Ab1" * 12  # made up


def leave(root: Path, run: str, stdout: bytes, *, at: int, stderr: bytes = b"") -> Path:
    folder = root / "runs" / run
    folder.mkdir(parents=True)
    (folder / "stdout").write_bytes(stdout)
    (folder / "stderr").write_bytes(stderr)
    os.utime(folder, (at, at))
    return folder


async def test_the_newest_run_of_each_kind(tmp_path: Path) -> None:
    leave(tmp_path, f"11-7-r1.1-developer-{SHA}", b"old", at=1)
    leave(tmp_path, f"11-7-r1.1-tester-{SHA}", b"1 failed", at=2)
    leave(tmp_path, f"11-7-r1.2-developer-{SHA}", b"new\n", stderr=b"\x1b[31mwarned", at=3)
    leave(tmp_path, f"11-77-r1.9-developer-{SHA}", b"of another issue", at=9)
    leave(tmp_path, f"11-7-r1.3-developer-{SHA}~stop", b"put aside", at=9)
    assert await RunLogs(tmp_path).tail(ISSUE) == [
        Log("tester, attempt 1", f"runs/11-7-r1.1-tester-{SHA}", "1 failed"),
        Log("developer, attempt 2", f"runs/11-7-r1.2-developer-{SHA}", "new\n\nwarned"),
    ]


async def test_none(tmp_path: Path) -> None:
    assert await RunLogs(tmp_path).tail(ISSUE) == []


async def test_what_is_no_plain_file_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the key")
    folder = leave(tmp_path, f"11-7-r1.1-developer-{SHA}", b"", at=1)
    (folder / "stdout").unlink()
    (folder / "stdout").symlink_to(secret)
    (folder / "stderr").unlink()
    os.mkfifo(folder / "stderr")
    (tmp_path / "runs" / f"11-7-r1.1-tester-{SHA}").symlink_to(folder)
    (log,) = await RunLogs(tmp_path).tail(ISSUE)
    assert log.text == ""


async def test_only_the_end_of_a_gigabyte_is_read(tmp_path: Path) -> None:
    folder = leave(tmp_path, f"11-7-r1.1-developer-{SHA}", b"", at=1)
    with (folder / "stdout").open("wb") as file:
        file.truncate(1 << 30)
        file.seek(1 << 30)
        file.write(b"\nthe end")
    (log,) = await RunLogs(tmp_path).tail(ISSUE)
    assert log.text == "the end"


async def test_what_looks_like_a_credential_is_not_repeated(tmp_path: Path) -> None:
    leave(tmp_path, f"11-7-r1.1-developer-{SHA}", f"before\nkey={TOKEN}\nafter".encode(), at=1)
    (log,) = await RunLogs(tmp_path).tail(ISSUE)
    assert TOKEN not in log.text
    hidden = "(a line that looks like it holds a credential)"
    assert log.text == f"before\n{hidden}\nafter"

"""The probe tells what is there from what is not; it never fails."""

import socket
from pathlib import Path
from typing import Any

import pytest

from agent_image.probe import look


def found(check: dict[str, Any]) -> list[str]:
    result = look(check)
    assert result["error"] is None
    return list(result["found"])


def test_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_NAME", "canary-12")
    assert found({"env": "canary-[0-9]+"}) == ["A_NAME"]
    assert found({"env": "canary-[a-z]+"}) == []


def test_proc() -> None:
    assert "/proc/self/cmdline" not in found({"proc": "."})
    assert found({"proc": "."})
    assert found({"proc": "no-such-canar[y]"}) == []


def test_files(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/secret").write_text("canary-12")
    (tmp_path / "link").symlink_to("nowhere")
    assert found({"search": {"pattern": "canary-[0-9]", "under": str(tmp_path)}}) == [
        str(tmp_path / "inner/secret")
    ]
    assert found({"file": f"{tmp_path}/inner/*"}) == [str(tmp_path / "inner/secret")]
    assert found({"file": f"{tmp_path}/nothing"}) == []


def test_write(tmp_path: Path) -> None:
    assert found({"write": str(tmp_path / "new")}) == [str(tmp_path / "new")]
    assert not (tmp_path / "new").exists()
    assert "No such file" in look({"write": str(tmp_path / "none/new")})["error"]


def test_connect_and_unix(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = f"127.0.0.1:{server.getsockname()[1]}"
        assert found({"connect": target}) == [target]
    assert look({"connect": target})["error"]
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "s"))
        one.listen()
        assert found({"unix": str(tmp_path / "s")}) == [str(tmp_path / "s")]
    assert look({"unix": str(tmp_path / "none")})["error"]


def test_resolve_and_status() -> None:
    assert found({"resolve": "localhost"})
    assert len(found({"status": "CapEff"})) == 1
    assert found({"status": "NoSuchLine"}) == []


ODD = {
    "no proxy": {"proxy": "example.com:443"},
    "odd pattern": {"env": "("},
    "no name": {"resolve": "a" * 300},
    "NUL": {"file": "/a\0b"},
}


@pytest.mark.parametrize("check", ODD.values(), ids=ODD)
def test_errors_are_told(check: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    result = look(check)
    assert result["found"] == []

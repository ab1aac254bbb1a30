"""What the doctor says of an App's permissions and events."""

from pathlib import Path

import pytest

from app.cli import doctor
from app.cli.doctor import Finding, registered
from app.cli.machine import Lacking
from app.manifest import manifest

ALL: dict[str, str] = manifest()["default_permissions"]
EVENTS: list[str] = manifest()["default_events"]


def test_an_app_as_in_the_manifest_lacks_nothing() -> None:
    found = registered("orc", ALL, EVENTS)
    assert (found.good, found.detail, found.advice) == (True, "orc, with all it needs", "")


@pytest.mark.parametrize("name", ["administration", "workflows"])
def test_what_only_new_projects_need_may_be_left_out(name: str) -> None:
    found = registered("orc", {**ALL, name: "none"}, EVENTS)
    assert found.good
    assert f"Without {name}: write there are no new projects" in found.advice


@pytest.mark.parametrize("name", sorted(set(ALL) - {"administration", "workflows"}))
def test_what_all_tasks_need_is_missed(name: str) -> None:
    held = {key: level for key, level in ALL.items() if key not in (name, "administration")}
    found = registered("orc", held, EVENTS)
    assert not found.good
    assert f"lacks {name}: {ALL[name]}" in found.detail
    assert "administration" not in found.detail


def test_reading_is_not_writing() -> None:
    assert not registered("orc", {**ALL, "issues": "read"}, EVENTS).good
    assert registered("orc", {**ALL, "metadata": "write"}, EVENTS).good


def test_what_it_does_not_hear_is_missed() -> None:
    found = registered("orc", ALL, EVENTS[1:])
    assert (found.good, found.detail) == (False, f"orc lacks event {EVENTS[0]}")


# The machine


def examined(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, Finding]:
    """What it finds with good settings, without a database and a GitHub."""

    async def skipped(what: str, _examine: object) -> Finding:
        return Finding(what, good=True, detail="skipped")

    good = {"ORC_APP_ID": "1", "ORC_WEBHOOK_SECRET": "hush"}
    for name, value in (good | environ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(doctor, "app_key", lambda settings: None)
    monkeypatch.setattr(doctor, "_try", skipped)
    found: list[Finding] = []
    monkeypatch.setattr(doctor, "_tell", lambda findings, as_json: found.extend(findings))
    doctor.doctor(as_json=False)
    return {finding.what: finding for finding in found}


def test_an_engine_that_does_not_answer_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead() -> str:
        raise Lacking("no Docker engine answers")

    monkeypatch.setattr(doctor, "see_docker", dead)
    state = {"ORC_STATE_DIR": str(tmp_path)}
    found = examined(monkeypatch, ORC_EXECUTOR="docker", **state)
    assert (found["agents"].good, found["agents"].detail) == (False, "no Docker engine answers")
    found = examined(monkeypatch, ORC_EXECUTOR="process", **state)
    assert found["agents"].good
    assert "WITHOUT isolation" in found["agents"].detail
    assert "ORC_EXECUTOR=docker" in found["agents"].advice


def test_a_state_folder_is_not_blamed_on_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    found = examined(monkeypatch, ORC_STATE_DIR=str(tmp_path / "file" / "state"))
    assert not found["state folder"].good
    assert "Set ORC_STATE_DIR" in found["state folder"].detail
    assert "database" not in found

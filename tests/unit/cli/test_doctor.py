"""What the doctor says of an App's permissions and events."""

import pytest

from app.cli.doctor import registered
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

"""What is kept for an agent's session is there again, whole, or not at all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.run import AgentSession, RunSpec
from app.executors.folder import write_job
from app.executors.home import AgentHomes

FILES = (".claude/projects/*/*.jsonl",)
TALK = ".claude/projects/one/s1.jsonl"


@pytest.fixture
def session(tmp_path: Path) -> AgentSession:
    home = tmp_path / "out" / "home"
    (home / TALK).parent.mkdir(parents=True)
    (home / TALK).write_text("{}")
    return AgentSession("s1", home, request="d" * 16, heard=12, files=FILES)


async def test_a_session_is_found_as_it_was_kept(tmp_path: Path, session: AgentSession) -> None:
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert replace(found, home=session.home, files=FILES) == session
    assert (found.home / TALK).read_text() == "{}"
    assert await homes.find("11-7", "codex") is None
    await homes.keep("11-7", "claude", replace(session, id="s2", heard=13))
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert (found.id, found.heard) == ("s2", 13)


@pytest.mark.parametrize(
    "note", ["", "[]", "{}", '{"id": "s1", "heard": "x"}', '{"id": "s1", "heard": null}', "\x00"]
)
async def test_a_note_that_can_not_be_read_is_no_session(
    tmp_path: Path, session: AgentSession, note: str
) -> None:
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    (path,) = tmp_path.glob("homes/*/claude/session.json")
    path.write_text(note)
    assert await homes.find("11-7", "claude") is None


async def test_one_kept_before_notes_said_more_knows_nothing_for_sure(
    tmp_path: Path, session: AgentSession
) -> None:
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    (path,) = tmp_path.glob("homes/*/claude/session.json")
    path.write_text(json.dumps({"id": "s1"}))
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert (found.request, found.heard) == ("", 0)


HOSTILE = (".gitconfig", ".bashrc", ".claude/CLAUDE.md", ".claude/settings.json", f"x/{TALK}")


def all_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


async def test_only_what_is_the_session_is_kept(tmp_path: Path, session: AgentSession) -> None:
    """A filter that the agent configured in git ran after its wrapper had copied the home."""
    for name in HOSTILE:
        (session.home / name).parent.mkdir(parents=True, exist_ok=True)
        (session.home / name).write_text("obey me")
    (session.home / TALK).with_name("link.jsonl").symlink_to("/etc/passwd")
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert all_of(found.home) == {TALK}


async def test_one_that_is_too_large_is_not_kept_in_part(
    tmp_path: Path, session: AgentSession
) -> None:
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    with (session.home / TALK).with_name("s2.jsonl").open("wb") as file:
        file.truncate(17_000_000)
    await homes.keep("11-7", "claude", replace(session, id="s2"))
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert (found.id, all_of(found.home)) == ("s1", {TALK})
    assert [path.name for path in tmp_path.glob("homes/11-7/*")] == ["claude"]


def test_a_job_begins_with_no_more_than_the_session(tmp_path: Path, session: AgentSession) -> None:
    """What was kept before the host looked at it may hold more."""
    for name in HOSTILE:
        (session.home / name).parent.mkdir(parents=True, exist_ok=True)
        (session.home / name).write_text("obey me")
    folder = tmp_path / "run"
    folder.mkdir()
    write_job(folder, RunSpec("r1", ("true",), home=session.home, keep_home=FILES), 5.0)
    assert all_of(folder / "home") == {TALK}

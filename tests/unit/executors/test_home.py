"""What is kept for an agent's session is there again, whole, or not at all."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.run import AgentSession
from app.executors.home import AgentHomes


@pytest.fixture
def session(tmp_path: Path) -> AgentSession:
    home = tmp_path / "out" / "home"
    (home / ".claude").mkdir(parents=True)
    (home / ".claude" / "talk.jsonl").write_text("{}")
    return AgentSession("s1", home, request="d" * 16, heard=12)


async def test_a_session_is_found_as_it_was_kept(tmp_path: Path, session: AgentSession) -> None:
    homes = AgentHomes(tmp_path)
    await homes.keep("11-7", "claude", session)
    found = await homes.find("11-7", "claude")
    assert found is not None
    assert replace(found, home=session.home) == session
    assert (found.home / ".claude" / "talk.jsonl").read_text() == "{}"
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

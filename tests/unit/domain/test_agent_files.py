"""Which paths agents take orders from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agent_files import directs


@pytest.mark.parametrize(
    "path",
    [
        "CLAUDE.md", "src/CLAUDE.md", "Claude.md", "CLAUDE.local.md", "AGENTS.md", "a/agents.md",
        "AGENTS.override.md", ".claude", ".claude/settings.json", "a/b/.claude/skills/x/SKILL.md",
        ".mcp.json", "a/.mcp.json", ".codex/config.toml", ".factory/droids/x.md", ".agents/x",
        ".agent/x", ".CLAUDE/x", ".claude-plugin/plugin.json", ".lsp.json", "DESIGN.md",
    ],
)  # fmt: skip
def test_these_direct(path: str) -> None:
    assert directs(path)


@pytest.mark.parametrize(
    "path",
    ["README.md", "claude.py", "docs/design.md", "docs/claude/x.md", "agents/x.md", "mcp.json", ""],
)
def test_these_do_not(path: str) -> None:
    assert not directs(path)


@given(st.text())
def test_any_path_is_looked_at(path: str) -> None:
    assert directs(f".claude/{path}")
    assert directs(path) in (True, False)

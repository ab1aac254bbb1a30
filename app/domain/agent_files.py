"""Which files coding agents take orders from: what they read unasked, or start. Pure, by name.

The names are those that the programs themselves look for (Claude Code 2.1.330, Codex 0.169.0,
Factory Droid 0.225.2), in the repository's root and in any folder that they come to.
"""

from pathlib import PurePosixPath

_FOLDERS = frozenset(
    {
        *(".claude", ".claude-plugin", ".mcpb-cache"),
        *(".codex", ".codex-plugin"),
        *(".factory", ".factory-dev", ".factory-plugin"),
        *(".agents", ".agent"),
    }
)
_FILES = frozenset(
    {
        *("claude.md", "claude.local.md", "agents.md", "agents.override.md"),
        *(".mcp.json", ".claude.json", ".lsp.json", ".app.json", ".worktreeinclude"),
    }
)
_AT_ROOT = frozenset({"design.md"})  # Droid's; elsewhere, a document of that name


def directs(path: str) -> bool:
    """Whether an agent would be told by what is at this path how it is to work."""
    parts = [part.casefold() for part in PurePosixPath(path).parts]
    if not parts:
        return False
    return (
        not _FOLDERS.isdisjoint(parts)
        or parts[-1] in _FILES
        or (len(parts) == 1 and parts[0] in _AT_ROOT)
    )

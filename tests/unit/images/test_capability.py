"""Which capabilities there are, and in which order they are installed."""

from itertools import permutations
from pathlib import Path

import pytest

from app.images.capability import available, in_order
from app.images.error import UnknownCapabilityError

OURS = (
    *(
        "browser",
        "claude",
        "codex",
        "curl",
        "droid",
        "git",
        "make",
        "node",
        "orchestrator",
        "python",
    ),
)


def package(folder: Path, **needs: str) -> Path:
    """A package with install scripts that need each other as told."""
    (folder / "install").mkdir()
    for name, line in needs.items():
        (folder / "install" / f"{name}.sh").write_text(f"{line}\nset -eu\n")
    return folder


def test_each_install_script_is_a_capability_and_nothing_else_is() -> None:
    assert available() == OURS


@pytest.mark.parametrize("name", OURS)
def test_each_capability_comes_after_its_needs(name: str) -> None:
    ordered = in_order({name})
    assert name in ordered
    for at, each in enumerate(ordered):
        assert set(in_order({each})) <= {*ordered[: at + 1], "git"}


@pytest.mark.parametrize(
    ("asked", "ordered"),
    [
        pytest.param((), ("git",), id="none: what the wrapper needs"),
        pytest.param(("python", "git"), ("git", "python"), id="by name"),
        pytest.param(("claude",), ("git", "python", "node", "claude"), id="with all it needs"),
        pytest.param(
            ("claude", "browser", "node", "orchestrator"),
            ("browser", "git", "python", "node", "orchestrator", "claude"),
            id="layers that others share come first",
        ),
    ],
)
def test_order(asked: tuple[str, ...], ordered: tuple[str, ...]) -> None:
    for each in permutations(asked):
        assert in_order(each) == ordered


@pytest.mark.parametrize(
    "name", ["rust", "", "packages", "../capture", "git.sh", "git python", "/etc/passwd", "gi*"]
)
def test_unknown_capability_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(UnknownCapabilityError) as caught:
        in_order({"python", name})
    assert repr(name) in str(caught.value)
    assert ", ".join(OURS) in str(caught.value)


@pytest.mark.parametrize(
    ("needs", "says"),
    [
        pytest.param({"git": "# needs: a", "a": "# needs: git"}, "need each other", id="circle"),
        pytest.param({"git": "set -eu"}, "must begin with '# needs: …'", id="no line"),
        pytest.param({"git": "# needs: rust"}, "no capability 'rust'", id="unknown need"),
    ],
)
def test_wrong_scripts_are_named(needs: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises((ValueError, UnknownCapabilityError), match=says):
        in_order({"git"}, package(tmp_path, **needs))

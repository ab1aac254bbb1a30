"""What decides over a task whose configuration names no command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.domain.policy import DEFAULT_TEST
from app.domain.ref import RepoRef
from app.domain.stage import Stage
from app.graphs.engineering.nodes.preparer import preparer
from app.graphs.engineering.state import State
from app.graphs.ports import GivenUp
from tests.unit.domain.make import task
from tests.unit.engineering.workshop import BASE, Shop

STATE = State(base=BASE, onward="developer")


@dataclass
class Stocked(Shop):
    """Whose base has these files."""

    files: Mapping[str, str] = field(default_factory=dict)

    async def checkout(self, repo: RepoRef, sha: str, into: Path) -> None:
        await super().checkout(repo, sha, into)
        into.mkdir()
        for name, text in self.files.items():
            (into / name).write_text(text)


async def prepared(files: Mapping[str, str]) -> dict[str, Any]:
    shop = Stocked(files=files)
    command = await preparer(STATE, shop.runtime(task(Stage.BUILDING)))
    assert (command.goto, shop.checked_out) == ("developer", [BASE])
    assert isinstance(command.update, dict)
    return command.update


async def test_what_the_base_says_decides() -> None:
    state = await prepared({"Makefile": "test:\n\t./run\n"})
    assert "make test" in state["test_command"]
    assert state["test_needs"] == ["make"]
    assert not state["test_counted"]
    assert "`test`" in state["test_why"]


async def test_first_tests_are_those_of_pytest() -> None:
    state = await prepared({"README.md": "To come."})
    assert (state["test_command"], state["test_counted"]) == (DEFAULT_TEST, True)


async def test_nobody_works_on_what_only_a_person_can_say_how_to_test() -> None:
    with pytest.raises(GivenUp, match=r"Rust project \(Cargo\.toml\)"):
        await prepared({"Cargo.toml": ""})

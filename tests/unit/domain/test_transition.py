"""The table is whole: every stage and event is a rule or ignored on purpose, never both."""

from itertools import product
from pathlib import Path

import pytest

from app.domain.event import EVENTS as KINDS
from app.domain.event import Event
from app.domain.stage import Stage
from app.domain.step import step
from app.domain.table.rule import Source
from app.domain.transition import IGNORED, RULES
from tests.unit.domain.make import EVENTS, task

PAIRS = list(product([None, *Stage], KINDS))
NAMES = [f"{stage or 'no task'} and {kind.__name__}" for stage, kind in PAIRS]


@pytest.mark.parametrize(("stage", "kind"), PAIRS, ids=NAMES)
def test_every_pair_is_a_rule_or_ignored(stage: Source, kind: type[Event]) -> None:
    ruled = any(stage in rule.sources and rule.event is kind for rule in RULES)
    assert ruled != ((stage, kind) in IGNORED)


@pytest.mark.parametrize(("stage", "kind"), PAIRS, ids=NAMES)
def test_every_pair_can_be_stepped(stage: Stage | None, kind: type[Event]) -> None:
    taken = step(task(stage), EVENTS[kind.__name__])
    assert taken.task.stage is None or taken.task.record.stage is taken.task.stage


def test_every_event_stands_in_the_tests_and_in_the_table() -> None:
    assert set(EVENTS) == {kind.__name__ for kind in KINDS}
    assert {rule.event for rule in RULES} == set(KINDS)


def test_every_stage_can_be_reached_and_left() -> None:
    assert {rule.to for rule in RULES if rule.to} == set(Stage)
    assert {source for rule in RULES if rule.to for source in rule.sources} == {None, *Stage}


def test_a_pair_the_table_does_not_speak_of_is_an_error() -> None:
    class Unheard(Event):
        pass

    with pytest.raises(LookupError, match="Unheard"):
        step(task(Stage.QUEUED), Unheard(EVENTS["Found"].at))


def test_the_readme_shows_this_table() -> None:
    import runpy

    root = Path(__file__).parents[3]
    drawn = runpy.run_path(str(root / "docs" / "diagram.py"))["mermaid"]()
    assert drawn in (root / "README.md").read_text()

"""Every thread that the developer was told of is answered once, and settled where it said how."""

import pytest

from app.domain.stage import Stage
from app.graphs.engineering.nodes.answers import answers
from app.graphs.engineering.nodes.developer import _answers
from app.graphs.engineering.state import State
from tests.unit.domain.make import task, with_record
from tests.unit.engineering.workshop import HEAD, Shop, said

TASK = with_record(task(Stage.BUILDING), round=3)
THREADS: list[dict[str, object]] = [
    {"id": name, "where": "a.py", "hunk": "", "said": []} for name in ("T1", "T2")
]
SETTLED = f"Settled in {HEAD}."
LOOK = f"The code is now as in {HEAD}; please look again."


async def test_each_is_answered_with_the_commit() -> None:
    made = Shop()
    state = State(head=HEAD, threads=THREADS, answers={"T1": "Done @all."})
    assert await answers(state, made.runtime(TASK)) == {}
    assert made.answered == [
        ("T1", f"> Done \\@\u200ball\\.\n\n{SETTLED}", "11-7-r3", True),
        ("T2", LOOK, "11-7-r3", False),
    ]


@pytest.mark.parametrize("state", [State(head=HEAD), State(head=HEAD, threads=[])], ids=str)
async def test_nothing_was_said(state: State) -> None:
    made = Shop()
    await answers(state, made.runtime(TASK))
    assert made.answered == []


ANSWERS = {
    "by their numbers": ({"1": " One.\n", "2": "Two."}, {"T1": "One.", "T2": "Two."}),
    "to none of ours": ({"0": "x", "3": "x", "T1": "x", "": "x"}, {}),
    "of other types": ({"1": 1, "2": ["x"]}, {}),
    "without words": ({"1": " ", "2": ""}, {}),
    "too long": ({"1": "x" * 5_000}, {"T1": "x" * 1_500}),
    "a list": (["One."], {}),
    "a text": ("One.", {}),
    "nothing": (None, {}),
}


@pytest.mark.parametrize(("given", "read"), ANSWERS.values(), ids=ANSWERS)
def test_what_the_developer_says_to_them(given: object, read: dict[str, str]) -> None:
    state = State(threads=THREADS)
    assert _answers(state, said(answers=given)) == read
    assert _answers(State(), said(answers=given)) == {}

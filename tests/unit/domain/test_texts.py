"""The bot's texts to the letter, as texts.md holds them: a change is seen where it shows."""

import re

import pytest

from tests.unit.domain.texts import GOLDEN, TEXTS

PARTS = re.split(r"^##### (.*)\n", GOLDEN.read_text(), flags=re.MULTILINE)[1:]
EXPECTED = dict(zip(PARTS[::2], PARTS[1::2], strict=True))


@pytest.mark.parametrize("name", TEXTS)
def test_it_reads_as_it_did(name: str) -> None:
    last = name == [*TEXTS][-1]
    assert f"{TEXTS[name]()}\n" + "\n" * (not last) == EXPECTED[name]


def test_every_text_is_looked_at() -> None:
    assert EXPECTED.keys() == TEXTS.keys()

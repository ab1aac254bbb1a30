"""What tokens cost."""

import pytest
from structlog.testing import capture_logs

from app.domain.policy import Price
from app.domain.run import Usage
from app.gateway import price
from app.gateway.price import DEFAULTS, Prices, Tokens

TABLE = Prices(
    (
        ("small-*", Price(1, 2, 0.1, 1.25)),
        ("big", Price(10, 5, 1, 12.5)),
        ("*-wordy", Price(2, 100, 2, 2)),
    )
)
M = 1_000_000


@pytest.mark.parametrize(
    ("tokens", "cost"),
    [
        (Tokens(), 0),
        (Tokens(input=M), 1),
        (Tokens(output=M), 2),
        (Tokens(input=M, cached=M), 0.1),
        (Tokens(input=M, written=M), 1.25),
        (Tokens(input=M, written=M, written_hour=M), 2),
        (Tokens(input=4 * M, output=M, cached=M, written=2 * M, written_hour=M), 6.35),
        (Tokens(input=1), 0.000001),
    ],
)
def test_cost(tokens: Tokens, cost: float) -> None:
    used = TABLE.usage(tokens, "small-1")
    assert (used.input, used.output, used.cached) == (tokens.input, tokens.output, tokens.cached)
    assert used.cost_usd == pytest.approx(cost)


def test_the_first_glob_counts() -> None:
    assert TABLE.of("small-wordy").output == 2
    assert TABLE.of("SMALL-1").output == 2


def test_the_second_name_counts_where_the_first_is_unknown() -> None:
    with capture_logs() as logs:
        assert TABLE.of("alias", "big").input == 10
        assert TABLE.of(None, "big").input == 10
    assert logs == []


@pytest.mark.parametrize("names", [("unknown",), (None, None), ()], ids=repr)
def test_the_unknown_is_the_dearest_of_each_kind(names: tuple[str | None, ...]) -> None:
    price._warn.cache_clear()
    with capture_logs() as logs:
        for _ in range(2):
            assert TABLE.of(*names) == Price(10, 100, 2, 12.5)
    assert [entry["log_level"] for entry in logs] == ["warning"]


def test_nothing_used_warns_of_nothing() -> None:
    with capture_logs() as logs:
        assert TABLE.usage(Tokens(), "unknown") == Usage()
    assert logs == []


def test_overrides_stand_before() -> None:
    mine = TABLE.with_overrides([("big", Price(0, 0, 0, 0)), ("fake-*", Price(1, 1, 1, 1))])
    assert mine.of("big").input == 0
    assert mine.of("fake-1").input == 1
    assert mine.of("small-1").input == 1


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="one price"):
        Prices(())


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("claude-opus-4-5-20251101", (5, 25)),
        ("claude-opus-4-8", (5, 25)),
        ("claude-opus-4-1-20250805", (15, 75)),
        ("claude-opus-4-20250514", (15, 75)),
        ("claude-sonnet-4-6", (3, 15)),
        ("claude-haiku-4-5", (1, 5)),
        ("gpt-5.5", (5, 30)),
        ("gpt-5.4-mini", (0.75, 4.5)),
        ("gpt-5.4-pro", (30, 180)),
        ("gpt-5.3-codex", (1.75, 14)),
        ("gpt-5.1-codex-max", (1.25, 10)),
        ("gpt-5.1-codex-mini", (0.25, 2)),
        ("gpt-5-mini", (0.25, 2)),
        ("gpt-5-codex", (1.25, 10)),
        ("gpt-5", (1.25, 10)),
    ],
)
def test_known_models(model: str, expected: tuple[float, float]) -> None:
    found = DEFAULTS.of(model)
    assert (found.input, found.output) == expected
    assert found.cached_input <= found.input <= found.cache_write

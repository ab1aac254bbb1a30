"""What tokens cost. A table of prices by model; it reads no file and counts nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import lru_cache

import structlog

from app.domain.policy import Price
from app.domain.run import Usage

log = structlog.get_logger(__name__)
_HOUR = 1.6  # a cache entry that lives an hour costs 2 x the input, one of five minutes 1.25 x


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one call used: `input` counts all that was sent, of which `cached` was read from a
    cache and `written` written to one, `written_hour` of that for an hour."""

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0
    written_hour: int = 0


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by a glob of the model's name; the first that matches counts. `cache_write` is of a
    cache that lives five minutes."""

    table: tuple[tuple[str, Price], ...]

    def __post_init__(self) -> None:
        if not self.table:
            raise ValueError("a table of prices needs one price at least")

    def with_overrides(self, overrides: Iterable[tuple[str, Price]]) -> "Prices":
        """These prices, with others before them."""
        return Prices((*overrides, *self.table))

    def of(self, *names: str | None) -> Price:
        """The price of the first of a model's names that is known; of none, the dearest."""
        for name in names:
            for glob, price in self.table:
                if name and fnmatchcase(name.lower(), glob.lower()):
                    return price
        _warn(*names)
        return self.dearest

    @property
    def dearest(self) -> Price:
        """The highest of each kind."""
        every = [price for _, price in self.table]
        return Price(*(max(getattr(price, field.name) for price in every) for field in _FIELDS))

    def usage(self, tokens: Tokens, *names: str | None) -> Usage:
        """What a call of the model used and cost."""
        cost = self.cost(tokens, self.of(*names)) if tokens != Tokens() else 0.0
        return Usage(tokens.input, tokens.output, tokens.cached, cost)

    @staticmethod
    def cost(tokens: Tokens, price: Price) -> float:
        plain = max(tokens.input - tokens.cached - tokens.written, 0)
        short = max(tokens.written - tokens.written_hour, 0)
        micro = (
            plain * price.input
            + tokens.cached * price.cached_input
            + short * price.cache_write
            + tokens.written_hour * price.cache_write * _HOUR
            + tokens.output * price.output
        )
        return micro / 1_000_000


_FIELDS = fields(Price)


@lru_cache(maxsize=256)
def _warn(*names: str | None) -> None:
    """Once for each model."""
    log.warning("unknown model: charged as the dearest; add it to `prices`", names=names)


def _claude(input_usd: float, output_usd: float) -> Price:
    """Anthropic prices a cache by the input: a tenth to read, five quarters to write."""
    return Price(input_usd, output_usd, input_usd / 10, input_usd * 1.25)


def _gpt(input_usd: float, output_usd: float, cached_usd: float) -> Price:
    """OpenAI takes nothing extra for writing to its cache."""
    return Price(input_usd, output_usd, cached_usd, input_usd)


# List prices of mid-2026, without discounts for batches; https://claude.com/pricing and
# https://openai.com/api/pricing. A model that is not here is charged as the dearest.
DEFAULTS = Prices(
    (
        ("claude-opus-4-[5678]*", _claude(5, 25)),
        ("claude-opus-4*", _claude(15, 75)),
        ("claude-sonnet-4*", _claude(3, 15)),
        ("claude-haiku-4-5*", _claude(1, 5)),
        ("claude-3-7-sonnet*", _claude(3, 15)),
        ("claude-3-5-sonnet*", _claude(3, 15)),
        ("claude-3-5-haiku*", _claude(0.8, 4)),
        ("claude-3-haiku*", _claude(0.25, 1.25)),
        ("gpt-5.[45]-pro*", _gpt(30, 180, 30)),
        ("gpt-5.5*", _gpt(5, 30, 0.5)),
        ("gpt-5.4-mini*", _gpt(0.75, 4.5, 0.075)),
        ("gpt-5.4-nano*", _gpt(0.2, 1.25, 0.02)),
        ("gpt-5.4*", _gpt(2.5, 15, 0.25)),
        ("gpt-5.2-pro*", _gpt(21, 168, 21)),
        ("gpt-5.[23]*", _gpt(1.75, 14, 0.175)),
        ("gpt-5-pro*", _gpt(15, 120, 15)),
        ("gpt-5-nano*", _gpt(0.05, 0.4, 0.005)),
        ("gpt-5*-mini*", _gpt(0.25, 2, 0.025)),
        ("gpt-5-*", _gpt(1.25, 10, 0.125)),
        ("gpt-5", _gpt(1.25, 10, 0.125)),
        ("gpt-5.1*", _gpt(1.25, 10, 0.125)),
        ("gpt-4.1-nano*", _gpt(0.1, 0.4, 0.025)),
        ("gpt-4.1-mini*", _gpt(0.4, 1.6, 0.1)),
        ("gpt-4.1*", _gpt(2, 8, 0.5)),
        ("gpt-4o-mini*", _gpt(0.15, 0.6, 0.075)),
        ("gpt-4o*", _gpt(2.5, 10, 1.25)),
        ("o4-mini*", _gpt(1.1, 4.4, 0.275)),
        ("codex-mini*", _gpt(1.5, 6, 0.375)),
    )
)

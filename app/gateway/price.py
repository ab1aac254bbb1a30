"""What tokens cost. A table of prices by model; it reads no file and counts nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

import structlog

from app.domain.policy import Price
from app.domain.run import Usage
from app.gateway.model_name import admits, family, matches

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
    """Prices by a model's name or a glob of it; the first that matches counts. `cache_write` is of
    a cache that lives five minutes."""

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
                if name and matches(name, glob):
                    return price
        _warn(*names)
        return self.dearest

    def admits(self, name: str) -> bool:
        """Whether calls of the model are let through: in this version or another it has a price."""
        return admits(name, (glob for glob, _ in self.table))

    @property
    def families(self) -> list[str]:
        """What is let through, in words: N stands for a version."""
        return sorted({family(glob) for glob, _ in self.table})

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
    log.warning("a model without a price: charged as the dearest; add it to `prices`", names=names)


def _claude(input_usd: float, output_usd: float) -> Price:
    """Anthropic prices a cache by the input: a tenth to read, five quarters to write."""
    return Price(input_usd, output_usd, input_usd / 10, input_usd * 1.25)


def _gpt(input_usd: float, output_usd: float, cached_usd: float) -> Price:
    """To gpt-5.5 OpenAI took nothing extra for writing to its cache."""
    return Price(input_usd, output_usd, cached_usd, input_usd)


def _gpt6(input_usd: float, output_usd: float, cached_usd: float) -> Price:
    return Price(input_usd, output_usd, cached_usd, input_usd * 1.25)


# List prices of November 2026, without discounts for batches; https://claude.com/pricing and
# https://openai.com/api/pricing. Where a long prompt costs more, the price is that of short ones,
# but for claude-haiku-5-5, whose long ones cost five times as much.
# A version that is not here is charged as the dearest; other models are not let through.
DEFAULTS = Prices(
    (
        *((f"claude-fable-5{minor}", _claude(10, 50)) for minor in ("", "-1", "-2")),
        ("claude-opus-5-5", Price(4, 20, 0.2, 5)),
        ("claude-opus-5", _claude(5, 25)),
        *((f"claude-opus-4-{minor}", _claude(5, 25)) for minor in "5678"),
        *((f"claude-opus-4{minor}", _claude(15, 75)) for minor in ("", "-0", "-1")),
        ("claude-sonnet-5-5", Price(2, 10, 0.2, 2.5)),
        ("claude-sonnet-5", _claude(3, 15)),
        *((f"claude-sonnet-4{minor}", _claude(3, 15)) for minor in ("", "-0", "-5", "-6")),
        ("claude-haiku-5-5", Price(0.5, 2.5, 0.05, 0.625)),
        ("claude-haiku-4-5", _claude(1, 5)),
        ("claude-3-7-sonnet", _claude(3, 15)),
        ("claude-3-5-sonnet", _claude(3, 15)),
        ("claude-3-5-haiku", _claude(0.8, 4)),
        ("claude-3-haiku", _claude(0.25, 1.25)),
        ("gpt-6.1-sol", _gpt6(2, 10, 0.1)),
        ("gpt-6.1-terra", _gpt6(1, 5, 0.05)),
        ("gpt-6-astra", _gpt6(10, 50, 1)),
        ("gpt-6-sol", _gpt6(2, 10, 0.2)),
        ("gpt-6-luna", _gpt6(0.1, 0.5, 0.01)),
        *((f"gpt-5.6{name}", _gpt6(5, 30, 0.5)) for name in ("", "-sol")),
        ("gpt-5.6-terra", _gpt6(2, 12, 0.2)),
        ("gpt-5.6-luna", _gpt6(0.2, 1.2, 0.02)),
        *((f"gpt-5.{minor}-pro", _gpt(30, 180, 30)) for minor in "45"),
        ("gpt-5.5", _gpt(5, 30, 0.5)),
        ("gpt-5.4-mini", _gpt(0.75, 4.5, 0.075)),
        ("gpt-5.4-nano", _gpt(0.2, 1.25, 0.02)),
        ("gpt-5.4", _gpt(2.5, 15, 0.25)),
        ("gpt-5.2-pro", _gpt(21, 168, 21)),
        *((f"gpt-5.3{name}", _gpt(1.75, 14, 0.175)) for name in ("", "-codex", "-chat")),
        *((f"gpt-5.2{name}", _gpt(1.75, 14, 0.175)) for name in ("", "-codex", "-chat")),
        ("gpt-5.1-codex-mini", _gpt(0.25, 2, 0.025)),
        *(
            (f"gpt-5.1{name}", _gpt(1.25, 10, 0.125))
            for name in ("", "-codex", "-codex-max", "-chat")
        ),
        ("gpt-5-pro", _gpt(15, 120, 15)),
        ("gpt-5-nano", _gpt(0.05, 0.4, 0.005)),
        ("gpt-5-mini", _gpt(0.25, 2, 0.025)),
        *((f"gpt-5{name}", _gpt(1.25, 10, 0.125)) for name in ("", "-codex", "-chat")),
        ("gpt-4.1-nano", _gpt(0.1, 0.4, 0.025)),
        ("gpt-4.1-mini", _gpt(0.4, 1.6, 0.1)),
        ("gpt-4.1", _gpt(2, 8, 0.5)),
        ("gpt-4o-mini", _gpt(0.15, 0.6, 0.075)),
        ("gpt-4o", _gpt(2.5, 10, 1.25)),
        ("o3", _gpt(2, 8, 0.5)),
        ("o4-mini", _gpt(1.1, 4.4, 0.275)),
        ("codex-mini", _gpt(1.5, 6, 0.375)),
    )
)

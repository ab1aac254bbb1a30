"""What the fake model says, turn by turn, to whom. It knows no provider's format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

Text = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Tokens(_Strict):
    """`input` is all that the model was sent, `cached` the part of it that costs less."""

    input: Count = 0
    output: Count = 0
    cached: Count = 0

    @model_validator(mode="after")
    def _cached_is_a_part(self) -> Self:
        if self.cached > self.input:
            raise ValueError("cached tokens are part of the input: make input at least as many")
        return self

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            input=self.input + other.input,
            output=self.output + other.output,
            cached=self.cached + other.cached,
        )


NOTHING = Tokens()


class Write(_Strict):
    path: Text
    content: str


class Edit(_Strict):
    """Whole lines of a file that stand there once, and what comes in their place."""

    path: Text
    old: Text
    new: str

    @model_validator(mode="after")
    def _whole_lines(self) -> Self:
        if not self.old.endswith("\n") or not (self.new.endswith("\n") or self.new == ""):
            raise ValueError("an edit replaces whole lines: end `old` and `new` with a line break")
        return self


class RawCall(_Strict):
    """A tool by its own name, offered or not."""

    name: Text
    input: dict[str, JsonValue] = Field(default_factory=dict)


class Call(_Strict):
    """A tool to use, by what it is to do: exactly one of these keys."""

    write: Write | None = None
    edit: Edit | None = None
    read: Text | None = None
    bash: Text | None = None
    tool: RawCall | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a call has exactly one key: begin each with a '-' of its own")
        verb = next(iter(self.model_fields_set))
        if getattr(self, verb) is None:
            raise ValueError(f"{verb!r} has no value: give it one")
        return self


class Fault(_Strict):
    """What goes wrong instead of the answer, the first `times` times it is asked for; 0: always.

    `status` answers an error; `cut` breaks the stream off after so many events; `pause` waits so
    many seconds before each event.
    """

    status: Literal[400, 401, 402, 403, 404, 413, 429, 500, 503, 529] | None = None
    cut: Count | None = None
    pause: Seconds | None = None
    times: Count = 1
    retry_after: Count | None = None
    message: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len({"status", "cut", "pause"} & self.model_fields_set) != 1:
            raise ValueError("a fault has exactly one of the keys status, cut and pause")
        if self.status is None and {"retry_after", "message"} & self.model_fields_set:
            raise ValueError("only a fault with a status has retry_after and message")
        return self


class _Answer(_Strict):
    text: str = ""
    calls: Annotated[tuple[Call, ...], Field(strict=False)] = ()
    usage: Tokens = NOTHING


class Instead(_Answer):
    """What is answered where a tool has told the text `told` since the prompt."""

    told: Text

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.text or self.calls):
            raise ValueError("it says nothing: give it a text or calls")
        return self


class Turn(_Answer):
    """One answer of the model."""

    fault: Fault | None = None
    instead: Instead | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.text or self.calls or self.fault):
            raise ValueError("a turn says nothing: give it a text, calls or a fault")
        return self

    def after(self, told: Iterable[str]) -> Turn:
        """The turn as it is once tools have told this."""
        other = self.instead
        if other is None or not any(other.told in text for text in told):
            return self
        return Turn(text=other.text, calls=other.calls, usage=other.usage)


class Case(_Strict):
    """The turns for prompts that hold one of the texts in `when` and each in `all`; without these,
    for any prompt.
    """

    when: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    all: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    turns: Annotated[tuple[Turn, ...], Field(strict=False, min_length=1)]

    def fits(self, prompt: str) -> bool:
        one = not self.when or any(text in prompt for text in self.when)
        return one and all(text in prompt for text in self.all)


class Script(_Strict):
    """`side` answers requests that offer no tools, such as those for a title."""

    name: Text
    description: Text
    side: Turn = Turn(text='{"title": "A task"}', usage=Tokens(input=12, output=6))
    cases: Annotated[tuple[Case, ...], Field(strict=False, min_length=1)]

    def case(self, prompt: str) -> int | None:
        """The index of the first case that fits."""
        for number, case in enumerate(self.cases):
            if case.fits(prompt):
                return number
        return None

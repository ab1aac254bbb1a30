"""Reads from a model's answer what it used. It sees every byte and changes none."""

from enum import Enum
from typing import Protocol

import msgspec

from app.gateway.models.sse import EventParser
from app.gateway.price import Tokens

MAX_JSON = 64 << 20
_SANE = 10**10  # tokens; more is no count
_BEGIN = "message_start"  # the only event whose usage says nothing of what will be written


class Dialect(Enum):
    """Whose API it is: they name and sum tokens differently."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"


class _Details(msgspec.Struct):
    cached_tokens: int | None = None


class _Written(msgspec.Struct):
    ephemeral_1h_input_tokens: int | None = None


class _Used(msgspec.Struct):
    """`usage` of all three APIs: Messages, Responses and Chat Completions."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: _Written | None = None
    input_tokens_details: _Details | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None


class _Inner(msgspec.Struct):
    model: str | None = None
    usage: _Used | None = None


class _Said(msgspec.Struct):
    """An answer, or an event of one: usage stands on top, or in `message` or `response`."""

    type: str | None = None
    model: str | None = None
    usage: _Used | None = None
    message: _Inner | None = None
    response: _Inner | None = None


_decode = msgspec.json.Decoder(_Said).decode


class Meter(Protocol):
    """Takes an answer's bytes as they pass; `tokens` and `model` are what was seen up to now, and
    `complete` says that no tokens will be added."""

    tokens: Tokens
    model: str | None
    complete: bool

    def feed(self, piece: bytes) -> None: ...

    def end(self) -> None:
        """The answer is complete."""


class _Count:
    def __init__(self, dialect: Dialect) -> None:
        self.tokens = Tokens()
        self.model: str | None = None
        self.complete = False
        self._dialect = dialect
        self._most: dict[str, int] = {}

    def _read(self, text: bytes) -> None:
        """Errors and other things that are no answer have no usage, and are passed over."""
        try:
            said = _decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return
        for part in (said, said.message, said.response):
            if part is not None:
                self.model = part.model or self.model
                if part.usage is not None:
                    self._note(part.usage)
                    self.complete = said.type != _BEGIN

    def _note(self, used: _Used) -> None:
        """Counts in a stream are sums up to there: the highest is the last."""
        details = used.input_tokens_details or used.prompt_tokens_details or _Details()
        hour = (used.cache_creation or _Written()).ephemeral_1h_input_tokens
        seen = {
            "sent": used.input_tokens or used.prompt_tokens,
            "output": used.output_tokens or used.completion_tokens,
            "read": used.cache_read_input_tokens or details.cached_tokens,
            "written": used.cache_creation_input_tokens,
            "hour": hour,
        }
        for name, count in seen.items():
            if count is not None and 0 <= count < _SANE:
                self._most[name] = max(count, self._most.get(name, 0))
        self.tokens = self._sum()

    def _sum(self) -> Tokens:
        """Anthropic counts what it read from or wrote to a cache beside the input."""
        sent, output, read, written, hour = (
            self._most.get(name, 0) for name in ("sent", "output", "read", "written", "hour")
        )
        if self._dialect is Dialect.ANTHROPIC:
            return Tokens(sent + read + written, output, read, written, min(hour, written))
        return Tokens(sent, output, min(read, sent))


class StreamMeter(_Count):
    """Of an answer in server-sent events."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._events = EventParser()

    def feed(self, piece: bytes) -> None:
        for event in self._events.feed(piece):
            if b'"usage"' in event.data or b'"model"' in event.data:
                self._read(event.data)

    def end(self) -> None:
        """An event that no empty line ends counts too, since it has been sent."""
        self.feed(b"\n\n")


class BodyMeter(_Count):
    """Of an answer in one piece of JSON."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= MAX_JSON:
            self._parts.append(piece)

    def end(self) -> None:
        if self._size <= MAX_JSON:
            self._read(b"".join(self._parts))


class NoMeter:
    """Of an answer that costs nothing: lists of models, errors, counts of tokens."""

    def __init__(self) -> None:
        self.tokens = Tokens()
        self.model: str | None = None
        self.complete = True

    def feed(self, piece: bytes) -> None:
        pass

    def end(self) -> None:
        pass

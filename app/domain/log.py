"""The output of a run as text for people: what moves a cursor is gone. It reads no file."""

import re
from dataclasses import dataclass

MAX_LINES = 60
MAX_CHARS = 6_000
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])?")
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?!\n|$)", re.MULTILINE)
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True)
class Log:
    """The end of what a run printed; `where` is the place of the whole, for operators."""

    name: str
    where: str
    text: str


def tail(output: bytes) -> str:
    """The last lines, as a terminal would have left them; made of whatever bytes there are."""
    text = _ESCAPE.sub("", output.decode(errors="replace"))
    text = _UNSEEN.sub("", _OVERWRITTEN.sub("", text)).strip("\n")
    lines = text.split("\n")
    whole = "\n".join(line.rstrip() for line in lines[-MAX_LINES:])
    kept = whole[-MAX_CHARS:]
    if len(kept) < len(whole):  # half a credential would not be known for one
        kept = kept.partition("\n")[2] or kept
    return f"…\n{kept}" if len(lines) > MAX_LINES or len(kept) < len(whole) else kept

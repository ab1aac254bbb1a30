"""Characters that show nothing, as they are or as entities. It knows no Markdown.

Variation selectors and joiners go too, after emoji as well: what is left of an emoji still says
what it says, and each selector that stayed could carry a bit. Numerals' prefixes in Arabic and
Syriac are of the same category but seen; they stay.
"""

import re
from html.entities import html5

from app.domain.clean.kind import Kind, Tally

_SHOWN_AS_SPACE = "\x0b\x0c\x85\u2028\u2029"
_CLASS = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    r"\U00013430-\U0001345f\U0001bca0-\U0001bcaf\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 14))
)
UNSEEN = re.compile(f"[{_CLASS}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ENTITY = re.compile(
    r"&(?:#0*+([0-9]{1,7})(?![0-9])|#[xX]0*+([0-9a-fA-F]{1,6})(?![0-9a-fA-F])"
    r"|([A-Za-z][A-Za-z0-9]{1,31}+));?+"
)
_NAMES = frozenset(
    name.rstrip(";")
    for name, value in html5.items()
    if all(UNSEEN.match(character) for character in value)
)


def is_unseen(code: int) -> bool:
    return code < 0x110000 and UNSEEN.match(chr(code)) is not None


def without_control(text: str, tally: Tally) -> str:
    """Line ends become \\n; what shows as a space becomes one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept, count = _CONTROL.subn(_space_or_nothing, text)
    tally[Kind.CHARACTER] += count
    return kept


def without_unseen(text: str, tally: Tally) -> str:
    kept, count = UNSEEN.subn("", text)
    tally[Kind.CHARACTER] += count
    return kept


def _space_or_nothing(match: re.Match[str]) -> str:
    return " " if match.group() in _SHOWN_AS_SPACE else ""


def entity(text: str, at: int) -> int:
    """Where the entity at `at` ends if it stands for what shows nothing; else 0."""
    match = _ENTITY.match(text, at)
    if match is None:
        return 0
    decimal, hexadecimal, name = match.groups()
    if name is not None:
        return match.end() if name in _NAMES else 0
    code = int(decimal) if decimal is not None else int(hexadecimal, 16)
    return match.end() if is_unseen(code) else 0

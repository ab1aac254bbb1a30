"""Addresses of links and images, and where they end in a text. It resolves nothing.

A link's address stays, since work needs it and hovering shows it, if it is one that GitHub links
and is not so long that it is rather a text. Its fragment goes: no server ever sees it, so a link
works the same whatever stands there. An image's goes, as nothing shows it, but for what was
uploaded to GitHub, which has an address that nobody chose.
"""

import re
from dataclasses import dataclass

LONGEST = 500
_SCHEME = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_UNFIT = re.compile(r"[\s<>\"'`\\\[\]{}|^]")
_UPLOADED = re.compile(
    r"https://github\.com/user-attachments/assets/[0-9a-f-]{36}"
    r"|https://user-images\.githubusercontent\.com/[0-9]{1,12}/[0-9]{1,12}-[0-9a-f-]{36}\.[a-z]{3,4}"
)
_SPACE = re.compile(r"[ \t\n]*+")
_POINTED = re.compile(r"<((?:[^<>\\\n]|\\.)*+)>")
_PIECE = re.compile(r"[^\s()\\<]++|\\[!-/:-@\[-`{-~]|\\|<")
_TITLE = re.compile(
    r"\"(?:[^\"\\]|\\.|\\)*+\"|'(?:[^'\\]|\\.|\\)*+'|\((?:[^()\\]|\\.|\\)*+\)", re.DOTALL
)


def address(said: str, *, image: bool = False) -> str:
    """What stays of an address; "" if nothing does."""
    if image:
        return said if _UPLOADED.fullmatch(said) else ""
    kept = said.strip().partition("#")[0]
    if len(kept) > LONGEST or _UNFIT.search(kept) or not _balanced(kept):
        return ""
    if _SCHEME.match(kept) or ":" not in re.split(r"[/?]", kept, maxsplit=1)[0]:
        return kept
    return ""


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows `](`, up to behind `)`."""

    address: str
    titled: bool
    end: int


def tail(text: str, at: int) -> Tail | int:
    """The rest of a link; or how far it was looked at, where this is none."""
    here = _past_space(text, at)
    found = _destination(text, here)
    if isinstance(found, int):
        return found
    said, here = found
    gap = _past_space(text, here)
    titled = _TITLE.match(text, gap) if gap > here else None
    if titled:
        gap = _past_space(text, titled.end())
    if text.startswith(")", gap):
        return Tail(said, titled is not None, gap + 1)
    return len(text) if text[gap : gap + 1] in {'"', "'", "("} else gap


def _destination(text: str, at: int) -> tuple[str, int] | int:
    if text.startswith("<", at):
        pointed = _POINTED.match(text, at)
        if pointed:
            return pointed.group(1), pointed.end()
        line = text.find("\n", at)
        return line if line > 0 else len(text)
    here, depth = at, 0
    while here < len(text):
        sign = text[here]
        if sign.isspace() or (sign == ")" and depth == 0):
            break
        if sign in "()":
            depth += 1 if sign == "(" else -1
            here += 1
        else:
            piece = _PIECE.match(text, here)
            here = piece.end() if piece else here + 1
    return (text[at:here], here) if depth == 0 else here


def _past_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at

"""Which names of models a price is for, and which are let through. It knows no prices.

A name tells what a model does besides writing: `gpt-5-search-api` searches the web whatever tools
it is given, others speak or listen, at prices of their own. So a name counts only where all but its
numbers is known.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_DATE = re.compile(r"(-latest|[-@]20[0-9]{2}-?[0-9]{2}-?[0-9]{2})\Z")
_NUMBER = re.compile(r"[0-9]+([.-][0-9]+)*")
_GLOB = re.compile(r"[*?\[]")
# Words for what reaches past us, or is charged by something else than tokens of text.
_APART = re.compile(
    r"(?<![a-z])(audio|computer|image|listen|live|moderation|online|realtime|research|search|sora"
    r"|speech|transcribe|translate|tts|video|voice|web|whisper)s?(?![a-z])"
)


def matches(name: str, pattern: str) -> bool:
    """Whether a price for the pattern is one for the name; a date at its end says nothing."""
    name, pattern = name.lower(), pattern.lower()
    return fnmatchcase(name, pattern) or fnmatchcase(_DATE.sub("", name), pattern)


def admits(name: str, patterns: Iterable[str]) -> bool:
    """Whether the name is one of these, or of these with another version or date. A pattern with
    wildcards admits what it matches, but nothing that does more than write."""
    wanted = family(name)
    apart = _APART.search(name.lower()) is not None
    return any(
        matches(name, pattern) and not apart
        if _GLOB.search(pattern)
        else matches(name, pattern) or family(pattern) == wanted
        for pattern in patterns
    )


def family(name: str) -> str:
    """The name with N for its version, and without a date; a pattern with wildcards as it is."""
    name = name.lower()
    return name if _GLOB.search(name) else _NUMBER.sub("N", _DATE.sub("", name))

"""Where an HTML tag ends and what of it is seen. It knows no Markdown but the inline grammar.

Inline, only what CommonMark takes for a tag is one; the rest is text. In an HTML block a browser's
rules hold, which take nearly anything for a tag.
"""

import re
from dataclasses import dataclass, field

# Tags that GitHub leaves standing. The names of others are as unseen as their attributes.
_ALLOWED = """
h1 h2 h3 h4 h5 h6 br b i strong em a pre code img tt div ins del sup sub p picture ol ul li table
thead tbody tfoot tr td th caption blockquote dl dt dd kbd q samp var hr ruby rt s strike summary
details figure figcaption abbr bdo cite dfn mark small span time wbr
"""
# GitHub Flavored Markdown, 6.11: it shows these tags as text.
_FILTERED = "title textarea style xmp iframe noembed noframes script plaintext"
_HIDING = """
template noscript svg math object applet canvas audio video datalist select rp head frameset
"""
ALLOWED = frozenset(_ALLOWED.split())
FILTERED = frozenset(_FILTERED.split())
HIDING = frozenset(_HIDING.split())

_OPEN = re.compile(r"<([A-Za-z][A-Za-z0-9-]*+)")
_CLOSE = re.compile(r"</([A-Za-z][A-Za-z0-9-]*+)[ \t\n]*+>")
_ATTRIBUTE = re.compile(
    r"[ \t\n]++([A-Za-z_:][A-Za-z0-9_.:-]*+)(?:[ \t\n]*+=[ \t\n]*+([^\s\"'=<>`]++|(?=[\"'])))?"
)
_END = re.compile(r"[ \t\n]*+/?>")
_RAW_NAME = re.compile(r"</?([A-Za-z][^\s/>]*+)")
_RAW_GAP = re.compile(r"[\s/]*+")
_RAW_ATTRIBUTE = re.compile(r"(=?[^\s/>=]*+)(?:\s*+=\s*+(?:(?=([\"']))|([^\s>]*+)))?")


@dataclass(frozen=True, slots=True)
class Tag:
    """`attributes` by lower-case name, the first of each counts."""

    name: str
    closing: bool
    end: int
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoTag:
    """Text after all; it was looked at up to `end`."""

    end: int


def inline_tag(text: str, at: int) -> Tag | NoTag:
    if close := _CLOSE.match(text, at):
        return Tag(close.group(1).lower(), closing=True, end=close.end())
    opened = _OPEN.match(text, at)
    if opened is None:
        return NoTag(at)
    attributes: dict[str, str] = {}
    here = opened.end()
    while found := _ATTRIBUTE.match(text, here):
        here, value = found.end(), found.group(2) or ""
        if found.group(2) == "":
            closed = text.find(text[here], here + 1)
            if closed < 0:
                return NoTag(len(text))
            here, value = closed + 1, text[here + 1 : closed]
        attributes.setdefault(found.group(1).lower(), value)
    if end := _END.match(text, here):
        return Tag(opened.group(1).lower(), closing=False, end=end.end(), attributes=attributes)
    return NoTag(here)


def raw_tag(text: str, at: int) -> Tag | NoTag:
    """`NoTag` at the end of the text: the tag never ends, and hides all that follows."""
    opened = _RAW_NAME.match(text, at)
    if opened is None:
        return NoTag(at)
    attributes: dict[str, str] = {}
    here = _past_gap(text, opened.end())
    while text[here : here + 1] not in ("", ">") and (found := _RAW_ATTRIBUTE.match(text, here)):
        here, value = found.end(), found.group(3) or ""
        if quote := found.group(2):
            closed = text.find(quote, here + 1)
            if closed < 0:
                return NoTag(len(text))
            here, value = closed + 1, text[here + 1 : closed]
        attributes.setdefault(found.group(1).lower(), value)
        here = _past_gap(text, here)
    if here >= len(text):
        return NoTag(here)
    return Tag(opened.group(1).lower(), text[at + 1] == "/", here + 1, attributes)


def _past_gap(text: str, at: int) -> int:
    gap = _RAW_GAP.match(text, at)
    return gap.end() if gap else at


def element_end(text: str, tag: Tag) -> int:
    """Behind the end tag of an element that holds no others; -1: it has none."""
    end = re.compile(rf"</{re.escape(tag.name)}(?=[\s/>])[^>]*+>?", re.IGNORECASE)
    match = end.search(text, tag.end)
    return match.end() if match else -1

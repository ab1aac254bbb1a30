"""What begins with `<`: comments and tags. What GitHub leaves of a tag stays, and no word more."""

import re
from dataclasses import dataclass, field

from app.domain.clean import html, link
from app.domain.clean.kept import Kept
from app.domain.clean.kind import Kind

_AUTOLINK = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}+:[^\s<>]*+|[\w.!#$%&'*+/=?^`{|}~-]++@[\w.-]++)>"
)
_DECLARATION = re.compile(r"<!?[A-Za-z]")
_ENDS = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_BROKEN_OFF = re.compile(r"-?>|.*?--!>", re.DOTALL)
_PASSED_ON = re.compile(r">.*<", re.DOTALL)
_CELL_END = re.compile(r"[|\n]")
# A link that shows nothing can't be hovered over.
_EMPTY = re.compile(r"(?:\s++|</?(?!(?:a|img)\b)[A-Za-z][^<>]*+>){0,20}+</a\s*+>", re.IGNORECASE)
_PLAIN = re.compile(r"</?\w++[\s/]*+>")


@dataclass(slots=True)
class Angles:
    """Each method says where to go on."""

    kept: Kept
    _hidden: list[str] = field(default_factory=list)  # elements that are open
    _unclosed: set[str] = field(default_factory=set)

    def step(self, at: int) -> int:
        text, raw = self.kept.text, self.kept.rules.raw
        for start, closing in _ENDS:
            if text.startswith(start, at):
                return self._delimited(at, start, closing)
        if text.startswith("<!", at):
            if raw or _DECLARATION.match(text, at):
                return self._delimited(at, "<!", ">")
            return self.kept.keep(at, at + 1)
        if not raw and (address := _AUTOLINK.match(text, at)):
            return self.kept.keep(at, address.end())
        tag = html.raw_tag(text, at) if raw else html.inline_tag(text, at)
        if isinstance(tag, html.NoTag):
            return self._no_tag(at, tag)
        end = self._tag(at, tag)
        if self._is_doubtful(at, tag):
            self.kept.spent += tag.end - at
            self.kept.shut = max(self.kept.shut, tag.end)
            return at + 1
        return end

    def _is_doubtful(self, at: int, tag: html.Tag) -> bool:
        """Where this may be code, or cells of a table, it may be no tag."""
        kept = self.kept
        cells = kept.rules.row and _CELL_END.search(kept.text, at, tag.end)
        return at < max(kept.doubt, kept.shut) or bool(cells)

    def end(self) -> None:
        """What is open yet hides what comes."""
        self.kept.hides_rest = self.kept.hides_rest or bool(self._hidden)

    def _delimited(self, at: int, start: str, end: str) -> int:
        """A comment, or what is like one. Where it may be none, what is in it counts."""
        kept, inside = self.kept, at + len(start)
        found = kept.find(end, inside)
        if found < 0:
            return self._undelimited(at, start)
        said = kept.text[inside:found]
        if _BROKEN_OFF.match(said) or (start != "<!--" and _PASSED_ON.search(said)):
            return kept.hide_rest(Kind.COMMENT)  # a browser sees an earlier end, and what follows
        sure = at >= max(kept.doubt, kept.shut) and not kept.rules.row
        if sure and (start != "<!--" or "--" not in said):
            return kept.cut(Kind.COMMENT, found + len(end))
        kept.shut_until(Kind.COMMENT, found + len(end))
        return inside

    def _undelimited(self, at: int, start: str) -> int:
        kept = self.kept
        if kept.rules.raw or kept.text.startswith(("<!-->", "<!--->"), at):
            return kept.hide_rest(Kind.COMMENT)
        if start == "<!--":
            kept.shut_until(Kind.COMMENT, len(kept.text))
        return kept.keep(at, at + 1)

    def _no_tag(self, at: int, tag: html.NoTag) -> int:
        kept = self.kept
        if kept.rules.raw and tag.end > at:
            return kept.hide_rest(Kind.TAG)
        if kept.rules.raw and kept.text.startswith("</", at):
            return self._delimited(at, "</", ">")
        kept.spent += tag.end - at
        return kept.keep(at, at + 1)

    def _tag(self, at: int, tag: html.Tag) -> int:
        if tag.name in html.FILTERED:
            return self._filtered(at, tag)
        if tag.name in html.HIDING:
            return self._hiding(at, tag)
        if tag.name not in html.ALLOWED:
            return self.kept.cut(Kind.TAG, tag.end)
        empty = tag.name == "a" and _EMPTY.match(self.kept.text, tag.end)
        return self._bare(at, tag, "" if empty else _said(tag))

    def _hiding(self, at: int, tag: html.Tag) -> int:
        """An element that shows nothing, to its end; without one, nothing more is shown."""
        kept = self.kept
        if not tag.closing:
            self._hidden.append(tag.name)
        elif self._hidden and not self._is_doubtful(at, tag) and self._hidden.pop() != tag.name:
            return kept.hide_rest(Kind.ELEMENT)
        kept.hidden = bool(self._hidden)
        return kept.cut(Kind.TAG if tag.closing else Kind.ELEMENT, tag.end)

    def _filtered(self, at: int, tag: html.Tag) -> int:
        """GitHub shows it as text; so what it holds is read, though not kept."""
        kept = self.kept
        if tag.closing:
            return self._bare(at, tag, "")
        end = html.element_end(kept.text, tag) if tag.name not in self._unclosed else -1
        if end < 0:
            self._unclosed.add(tag.name)
            if not kept.rules.raw:
                return self._bare(at, tag, "")
            end = len(kept.text)
        kept.spent += end - at
        kept.shut_until(Kind.ELEMENT, end)
        return tag.end

    def _bare(self, at: int, tag: html.Tag, attribute: str) -> int:
        said = self.kept.text[at : tag.end]
        words = f"<{'/' if tag.closing else ''}{tag.name}{attribute}>"
        if said.lower() == words.lower() or (not attribute and _PLAIN.fullmatch(said)):
            return self.kept.keep(at, tag.end)
        self.kept.say(at, words)
        return self.kept.cut(Kind.ATTRIBUTE, tag.end)


def _said(tag: html.Tag) -> str:
    """The one attribute that stays."""
    if tag.closing:
        return ""
    if tag.name == "img":
        source = link.address(tag.attributes.get("src", ""), image=True)
        return f' src="{source}"' if source else ""
    if tag.name == "a":
        target = link.address(tag.attributes.get("href", ""))
        return f' href="{target}"' if target else ""
    return " open" if tag.name == "details" and tag.attributes == {"open": ""} else ""

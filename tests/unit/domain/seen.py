"""What a browser would show of a Markdown text: written anew, to hold `clean` against."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import table

_HIDING = ("template", "noscript", "svg")
# GitHub Flavored Markdown, 6.11
_FILTER = re.compile(
    r"<(?=/?(?:title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext)\b)", re.IGNORECASE
)
_WORD = re.compile(r"w[0-9]+w")


def words(text: str) -> set[str]:
    """The marked words (`w12w`) in a text."""
    return set(_WORD.findall(text))


def seen(text: str) -> set[str]:
    """The marked words that the rendered text shows; definitions that lead nowhere hide as well."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100})
    parser.block.ruler.before("paragraph", "tables_last", table)  # as on GitHub
    parser.validateLink = _any_link  # type: ignore[method-assign]
    return words(_shown(_FILTER.sub("&lt;", parser.render(text))))


def _any_link(url: str) -> bool:
    return True


def _shown(page: str) -> str:
    """The text nodes of a page, by a browser's rules: what never ends reaches to the end."""
    shown, at = [], 0
    while at < len(page):
        start = page.find("<", at)
        shown.append(page[at:] if start < 0 else page[at:start])
        if start < 0:
            break
        at = _behind(page, start)
        if at == start:
            shown.append("<")
            at += 1
    return "\0".join(shown)


def _behind(page: str, at: int) -> int:
    if page.startswith("<!--", at):
        return _found(page, "-->", at + 4)
    if page.startswith(("<!", "<?"), at) or re.match(r"</[^A-Za-z]", page[at : at + 3]):
        return _found(page, ">", at + 2)
    opened = re.compile(r"</?([A-Za-z][^\s/>]*)").match(page, at)
    if opened is None:
        return at
    end = _tag_end(page, opened.end())
    name = opened.group(1).lower()
    if name in _HIDING and page[at + 1] != "/":
        closed = re.compile(rf"</{name}\b[^>]*>", re.IGNORECASE).search(page, end)
        return closed.end() if closed else len(page)
    return end


def _tag_end(page: str, at: int) -> int:
    """HTML's own states of a tag: before a name, in one, behind it, before a value, in one."""
    state = "before"
    for here in range(at, len(page)):
        sign = page[here]
        if state in {'"', "'"}:
            state = "before" if sign == state else state
        elif sign == ">":
            return here + 1
        elif state == "assigned":
            state = sign if sign in "\"'" else "assigned" if sign.isspace() else "value"
        elif state == "value":
            state = "before" if sign.isspace() else state
        elif sign == "/":
            state = "before"
        elif sign.isspace():
            state = "behind" if state == "name" else state
        else:
            state = "assigned" if sign == "=" and state != "before" else "name"
    return len(page)


def _found(page: str, end: str, at: int) -> int:
    found = page.find(end, at)
    return len(page) if found < 0 else found + len(end)

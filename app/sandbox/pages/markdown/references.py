"""Finds #12, owner/name#12, @name, commit ids and addresses in text, not in code or links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_FOUND = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"'`]{1,2000})"
    r"|(?<![\w/.-])(?P<place>[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100})\#(?P<there>[0-9]{1,9})\b"
    r"|(?<![\w/#&])\#(?P<number>[0-9]{1,9})\b"
    r"|(?<![\w/@.])@(?P<login>[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?)(?![\w@/-])"
    r"|(?<![\w/])(?P<sha>[0-9a-f]{40})(?!\w)"
)
_TRAILING = "?!.,:;*_~"


def add(parser: MarkdownIt) -> None:
    parser.core.ruler.push("references", _find)


def _find(state: StateCore) -> None:
    for block in state.tokens:
        if block.children:
            block.children = list(_walk(block.children, state))


def _walk(tokens: list[Token], state: StateCore) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside:
            yield from _split(token.content, state)
        else:
            yield token


def _split(text: str, state: StateCore) -> Iterator[Token]:
    at = 0
    for match in _FOUND.finditer(text):
        found = list(_reference(match, state))
        if found:
            yield _text(text[at : match.start()])
            yield from found
            at = match.start() + len(_whole(match))
    yield _text(text[at:])


def _whole(match: re.Match[str]) -> str:
    return _trimmed(match.group()) if match.group("url") else match.group()


def _reference(match: re.Match[str], state: StateCore) -> Iterator[Token]:
    context = state.env["context"]
    whole = _whole(match)
    if match.group("url"):
        href = state.md.normalizeLink(whole)
        if state.md.validateLink(href):
            yield from _link(href, whole)
    elif (there := match.group("there")) and f"/{match.group('place')}" != context.repo:
        owner = f"/{match.group('place').partition('/')[0]}/"
        if context.repo.startswith(owner):  # nobody else is here
            yield from _link(f"/{match.group('place')}/issues/{int(there)}", whole, "reference")
    elif number := there or match.group("number"):  # in short, as GitHub shows its own
        if context.repo and 0 < int(number) <= context.last:
            yield from _link(f"{context.repo}/issues/{int(number)}", f"#{number}", "reference")
    elif sha := match.group("sha"):
        if context.repo:
            yield from _link(f"{context.repo}/commit/{sha}", sha[:10], "sha")
    else:
        yield Token("mention", "", 0, content=whole)


def _trimmed(url: str) -> str:
    """A sentence's full stop and closing bracket are not part of the address."""
    while url[-1] in _TRAILING or (url[-1] == ")" and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def _link(href: str, text: str, name: str = "") -> Iterator[Token]:
    attributes: dict[str, str | int | float] = {"href": href}
    if name:
        attributes["class"] = name
    yield Token("link_open", "a", 1, attributes)
    yield _text(text)
    yield Token("link_close", "a", -1)


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)

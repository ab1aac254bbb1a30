"""Which links are links: http, https, mailto and relative ones; images become links to look at."""

from __future__ import annotations

import re
from posixpath import normpath
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_SCHEME = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")


def add(parser: MarkdownIt) -> None:
    parser.validateLink = is_safe  # type: ignore[method-assign]
    parser.core.ruler.push("images", _images)
    parser.core.ruler.push("hrefs", _hrefs)


def is_safe(url: str) -> bool:
    """Fails closed: a colon before the first slash must end a scheme from the list."""
    url = _CONTROL.sub("", url).replace("\\", "/")
    if _SCHEME.match(url):
        return True
    return not url.startswith("//") and ":" not in re.split(r"[/?#]", url, maxsplit=1)[0]


def external() -> dict[str, str | int | float]:
    return {"rel": "nofollow noopener noreferrer"}


def _images(state: StateCore) -> None:
    """Nothing is loaded from other hosts: an image is its description, linked."""
    for block in state.tokens:
        children, inside = [], 0
        for token in block.children or ():
            inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += [token] if token.type != "image" else _linked(token, bool(inside))
        if block.children:
            block.children = children


def _linked(image: Token, inside_link: bool) -> list[Token]:
    alt = "".join(child.content for child in image.children or ()) or "image"
    text = Token("image_text", "", 0, content=alt)
    if inside_link:
        return [text]
    href = str(image.attrs.get("src", ""))
    return [Token("link_open", "a", 1, {"href": href}), text, Token("link_close", "a", -1)]


def _hrefs(state: StateCore) -> None:
    folder = state.env["context"].folder
    for block in state.tokens:
        for token in block.children or ():
            if token.type == "link_open":
                href = str(token.attrs.get("href", ""))
                if folder and href and not _SCHEME.match(href) and href[0] not in "/#?":
                    href = _inside(folder, href)
                kept = {k: v for k, v in token.attrs.items() if k in {"title", "class"}}
                token.attrs = {"href": href} | kept | external()


def _inside(folder: str, href: str) -> str:
    parts = urlsplit(href)
    path = normpath(f"{folder}{parts.path}")
    return f"{path}#{parts.fragment}" if parts.fragment else path

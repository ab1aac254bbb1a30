"""Reads rendered HTML as a browser would, to find what must never be in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

ALLOWED = {
    "a", "blockquote", "br", "code", "details", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "li", "ol", "p", "path", "pre", "s", "span", "strong", "summary", "svg", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "aria-hidden", "aria-label", "class", "d", "href", "open", "rel", "role", "start", "tabindex",
    "title", "viewbox",
}  # fmt: skip
SCHEMES = ("http://", "https://", "mailto:")


@dataclass
class Reading(HTMLParser):
    """Everything a text became: its tags, links, words, and what is forbidden among them."""

    tags: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    forbidden: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ALLOWED:
            self.forbidden.append(f"<{tag}>")
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name not in ATTRIBUTES]
        if tag == "a":
            found = {name: value or "" for name, value in attrs}
            self._link(found.get("href", ""), found.get("rel", ""))

    def _link(self, href: str, rel: str) -> None:
        self.links.append((href, rel))
        bare = "".join(c for c in href if c > " ").lower()
        relative = ":" not in bare.split("/")[0].split("?")[0].split("#")[0]
        if not bare.startswith(SCHEMES) and (not relative or bare.startswith(("//", "/\\", "\\"))):
            self.forbidden.append(href)
        if "nofollow" not in rel or "noopener" not in rel:
            self.forbidden.append(f"rel of {href}")

    def handle_comment(self, data: str) -> None:
        self.forbidden.append(f"comment {data}")

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    reading.close()
    return reading

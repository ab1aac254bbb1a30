"""GitHub Flavored Markdown to safe HTML: each text is treated as an attack, no HTML passes.

What it knows: tables, strikethrough, task lists, alerts, `<details>`, bare links, #12, @name,
commit ids. Of a text, nothing becomes an attribute but checked links and their titles.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from app.sandbox.pages.markdown import alerts, html, links, references, render, tasks

MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Context:
    """Where a text stands: `repo` is "/owner/name", `last` the highest issue number that exists.

    `folder` is where relative links of a document lead, e.g. "/owner/name/blob/main/docs/".
    """

    repo: str = ""
    last: int = 0
    folder: str = ""


def comment(text: str, context: Context) -> Markup:
    """What people and bots write on issues: every line break counts."""
    return _rendered(text, context, True)


def document(text: str, context: Context) -> Markup:
    """A Markdown file: paragraphs may be wrapped."""
    return _rendered(text, context, False)


@functools.lru_cache(maxsize=512)
def _rendered(text: str, context: Context, breaks: bool) -> Markup:
    try:
        markup = _parser(breaks).render(text[:MAX_TEXT], {"context": context})
    except RecursionError:  # nested beyond reason; readable still
        return Markup("<pre>") + escape(text[:MAX_TEXT]) + Markup("</pre>")
    return Markup(markup)  # noqa: S704 - made safe by the rules in this folder


@functools.cache
def _parser(breaks: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": breaks})
    parser.enable(["table", "strikethrough"])
    for part in (alerts, tasks, references, links, html, render):
        part.add(parser)
    return parser

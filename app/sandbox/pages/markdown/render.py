"""How our own tokens look as HTML, and what must differ under a strict content policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from app.sandbox.pages.icons import icon

_ALERT_ICONS = {
    "note": "info", "tip": "bulb", "important": "report", "warning": "alert", "caution": "stop",
}  # fmt: skip


def add(parser: MarkdownIt) -> None:
    for name in ("alert_open", "alert_close", "task_box", "safe_html", "image_text", "mention",
                 "table_open", "table_close", "fence", "code_block"):  # fmt: skip
        parser.add_render_rule(name, globals()[f"_{name}"])
    for name in ("th_open", "td_open"):
        parser.add_render_rule(name, _cell)


_Render = tuple[RendererHTML, Sequence[Token], int, Any, Any]


def _alert_open(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    kind = tokens[at].info
    sign = icon(_ALERT_ICONS[kind])
    title = f'<p class="alert-title">{sign}{kind.capitalize()}</p>'
    return f'<div class="alert {kind}" role="note">{title}\n'


def _alert_close(*_: Any) -> str:
    return "</div>\n"


def _task_box(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    done = tokens[at].meta["done"]
    return Markup('<span class="box" role="img" aria-label="{}">{}</span> ').format(
        "done" if done else "to do", icon("check") if done else ""
    )


def _safe_html(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return tokens[at].content


def _image_text(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return f'<span class="image">{icon("image")}{escapeHtml(tokens[at].content)}</span>'


def _mention(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return f'<span class="mention">{escapeHtml(tokens[at].content)}</span>'


def _table_open(*_: Any) -> str:
    return '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


def _cell(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    """Alignment as a class: the policy forbids style attributes."""
    token = tokens[at]
    side = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return f'<{token.tag} class="{side}">' if side in {"right", "center"} else f"<{token.tag}>"


def _fence(_: RendererHTML, tokens: Sequence[Token], at: int, *__: Any) -> str:
    return f'<pre tabindex="0"><code>{escapeHtml(tokens[at].content)}</code></pre>\n'


_code_block = _fence

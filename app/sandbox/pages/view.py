"""Turns a template and values into an answer that a browser can trust; it knows no routes."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.sandbox.git import Commit
from app.sandbox.pages import icons, words
from app.sandbox.pages.source import Source
from app.sandbox.state import Account, State

_FOLDER = Path(__file__).parent / "templates"
_SCRIPT = (_FOLDER / "live.js").read_text()
STYLE = (_FOLDER / "style.css").read_bytes()
_NOREPLY = re.compile(r"(?:[0-9]+\+)?([^@+]+)@users\.noreply\..+")
STYLE_VERSION = hashlib.sha256(STYLE).hexdigest()[:12]
_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()

# The one script is named by its hash: nothing else runs, not even with the page's own address.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; connect-src 'self'; "
    f"script-src 'sha256-{_SCRIPT_HASH}'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class View:
    """Templates over one source."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def show(
        self, request: Request, template: str, state: State, status: int = 200, **values: Any
    ) -> Response:
        """`state` is the copy that `values` were read from."""
        html = (
            _templates()
            .get_template(template)
            .render(
                state=state,
                owner=state.owner.login,
                deliveries_count=len(self.source.deliveries()),
                requests_count=len(self.source.requests()),
                now=self.source.now(),
                person=functools.partial(_person, state),
                author=functools.partial(_author, state),
                **values,
            )
        )
        return answer(request, html.encode(), "text/html", status)


def answer(request: Request, body: bytes, kind: str, status: int = 200) -> Response:
    """With an ETag: an open page asks every second, and mostly nothing has changed."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = _HEADERS | {"ETag": tag}
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(body, status, headers=headers, media_type=kind)


@functools.cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(
        icon=icons.icon, avatar=icons.avatar, favicon=icons.favicon, state_of=words.badge,
        mark=words.mark, verdict=words.verdict, reviewed=words.reviewed, script=Markup(_SCRIPT),  # noqa: S704 - our file
        style_version=STYLE_VERSION,
    )  # fmt: skip
    environment.filters.update(
        when=words.when,
        clock=_clock,
        seconds=words.seconds,
        counted=words.counted,
        tallied=words.tallied,
    )
    return environment


def _clock(moment: datetime, now: datetime) -> Markup:
    """A moment as people read it, with the whole of it on hover."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), f"{moment:%d %B %Y, %H:%M:%S} UTC", words.when(moment, now)
    )


def _person(state: State, login: str) -> Account:
    """An account, also for names that only git knows."""
    known = state.accounts.get(login)
    return known or Account(0, login, "Bot" if login.endswith("[bot]") else "User")


def _author(state: State, commit: Commit) -> Account:
    """Whose commit it is: by its address, where that is of GitHub's own making."""
    name, email = commit.author
    login = _NOREPLY.fullmatch(email)
    return _person(state, login[1] if login and login[1] in state.accounts else name)

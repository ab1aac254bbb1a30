"""Small line drawings and round portraits, drawn here: the pages load no picture from anywhere."""

from __future__ import annotations

import functools
import zlib
from urllib.parse import quote

from markupsafe import Markup, escape

# Strokes on a 16 × 16 grid.
_RING = "M8 14.3A6.3 6.3 0 1 0 8 1.7a6.3 6.3 0 0 0 0 12.6z"
_BALL = "a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z"
_PATHS = {
    "alert": "M8 2 1.5 13.5h13zM8 6.5v3.2M8 11.6v.3",
    "bell": "M3.5 11.5c1-1 1.3-2.2 1.3-4.5a3.2 3.2 0 0 1 6.4 0c0 2.3.3 3.5 1.3 4.5zM6.7 13.8h2.6",
    "bot": "M3.5 6h9v7h-9zM8 3v3M6.2 9v1M9.8 9v1M1.5 8.5v2M14.5 8.5v2",
    "branch": f"M5 5.5v5M5 5.5{_BALL}M5 13.9{_BALL}M11.5 6.5{_BALL}M11.5 6.5c0 3-6.5 1.5-6.5 4",
    "bulb": "M5.6 11.3c-1.6-1-2.4-2.3-2.4-4a4.8 4.8 0 0 1 9.6 0c0 1.7-.8 3-2.4 4zM6.3 14.2h3.4",
    "check": "m3 8.5 3.3 3.3L13 4.8",
    "circle-check": f"{_RING}M5.3 8.2l1.9 1.9 3.5-3.8",
    "circle-cross": f"{_RING}M5.9 5.9l4.2 4.2m0-4.2-4.2 4.2",
    "circle-dash": f"{_RING}M5.2 8h5.6",
    "circle-dot": f"{_RING}M8 8.8a.8.8 0 1 0 0-1.6.8.8 0 0 0 0 1.6z",
    "clock": f"{_RING}M8 4.5V8l2.4 1.6",
    "commit": "M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM1 8h4.4M10.6 8H15",
    "cross": "m4 4 8 8m0-8-8 8",
    "exchange": "M2 5.5h11M10 2.5l3 3-3 3M14 10.5H3M6 7.5l-3 3 3 3",
    "file": "M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2",
    "folder": "M1.8 3.5h4.4l1.5 1.8h6.5v7.7H1.8z",
    "image": "M2 3h12v10H2zM2 11l3.5-3.6L9 11l2-1.8 3 2.8",
    "info": f"{_RING}M8 7.5v3.4M8 5v.3",
    "link": "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-1 1M9.2 6.8a2.6"
    " 2.6 0 0 0-3.7 0L3.2 9.1a2.6 2.6 0 0 0 3.7 3.7l1-1",
    "lock": "M3.5 7h9v6.7h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2",
    "merge": f"M4.5 5.5v5M4.5 5.5{_BALL}M4.5 13.9{_BALL}M11.5 10.4{_BALL}M4.5 5.5c.5 2.3 2.5"
    " 3.2 5.3 3.2",
    "pencil": "m2.5 13.5.8-3.3 7.7-7.7 2.5 2.5-7.7 7.7z",
    "play": f"{_RING}M6.6 5.4v5.2L10.8 8z",
    "pull": f"M4.2 5.5v5M4.2 5.5{_BALL}M4.2 13.9{_BALL}M11.8 13.9{_BALL}M11.8"
    " 10.5V6c0-1.3-.7-2-2-2H7.8M9.4 2.2 7.6 4l1.8 1.8",
    "reopen": "M13.5 8a5.5 5.5 0 1 1-1.7-4M12 1.5V4H9.5",
    "repo": "M3.5 2h9v12h-9zM3.5 11h9M6 4.7h4",
    "report": "M2 2.5h12v8.5H8.5L5 14v-3H2zM8 4.7v2.5M8 8.9v.3",
    "stop": "M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4zM8 4.8v4M8 11v.3",
    "tag": "M2 2h5.5l6.5 6.5L8.5 14 2 7.5zM5 5v.1",
    "trash": "M2.5 4h11M6 4V2.2h4V4M4 4l.7 9.8h6.6L12 4",
}  # fmt: skip
_HUES = (8, 28, 45, 88, 140, 165, 190, 212, 235, 262, 290, 325)


@functools.cache
def icon(name: str) -> Markup:
    return Markup(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>'
    ).format(_PATHS[name])


@functools.lru_cache(maxsize=1024)
def avatar(login: str, kind: str = "User") -> Markup:
    """A portrait that is the same every time: a letter for people, a face for bots."""
    hue = _HUES[zlib.crc32(login.encode()) % len(_HUES)]
    corner = 20 if kind == "User" else 10
    letter = escape(next((c for c in login if c.isalnum()), "?").upper())
    if kind == "Bot":
        inner = Markup(
            '<g fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round">'
            '<rect x="10.5" y="15" width="19" height="14.5" rx="5"/><path d="M20 15v-5"/></g>'
            '<g fill="#fff"><circle cx="20" cy="9" r="2.2"/><circle cx="16" cy="22" r="2"/>'
            '<circle cx="24" cy="22" r="2"/></g>'
        )
    else:
        inner = Markup(
            '<text x="20" y="27" text-anchor="middle" font-size="19" font-weight="600"'
            ' fill="#fff">{}</text>'
        ).format(letter)
    return Markup(
        '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40"'
        ' rx="{}" fill="hsl({} 42% 44%)"/>{}</svg>'
    ).format(corner, hue, inner)


_TONES = {
    "good": "#1f8a54", "done": "#7b52c7", "bad": "#c93c37", "off": "#7a7f89", "wait": "#b7791f",
    "": "#c58b3f",
}  # fmt: skip


@functools.cache
def favicon(tone: str) -> str:
    """The browser's tab shows the state as a colour."""
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7'"
        f" fill='{_TONES[tone]}'/></svg>"
    )
    return f"data:image/svg+xml,{quote(svg)}"

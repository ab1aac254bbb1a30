"""Commit messages of ours: made harmless, and read again. It must not run git."""

import re

_SUBJECT = 120
_BODY = 8_000
# GitHub skips every workflow for a commit that says so; an agent's words must not be able to.
_SKIP = re.compile(
    r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks:",
    re.IGNORECASE | re.MULTILINE,
)
_TRAILER = re.compile(r"^(Orc-Task|Orc-Attempt): (\S{1,80})$", re.MULTILINE)


def attempt_of(message: str, key: str) -> int:
    """The attempt that a commit was made in; 0 when it is not one of ours for this task."""
    found = dict(_TRAILER.findall(message.rstrip().rsplit("\n\n", 1)[-1]))
    number = found.get("Orc-Attempt", "")
    if found.get("Orc-Task") != key or not re.fullmatch(r"[0-9]{1,6}", number):
        return 0
    return int(number)


def clean(message: str) -> str:
    """Printable text with a subject of one line; the last paragraph (trailers) is kept whole."""
    text = message.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or (c.isprintable() and c != "\u2028"))
    text = _SKIP.sub("(skip ignored)", text)
    subject, _, rest = text.rstrip().partition("\n")
    body, _, last = rest.strip("\n").rpartition("\n\n")
    parts = [subject.strip()[:_SUBJECT] or "Change", body.strip()[:_BODY], last.strip()[-_BODY:]]
    return "\n\n".join(part for part in parts if part) + "\n"

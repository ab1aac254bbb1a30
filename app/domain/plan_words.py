"""How a specification, a plan and a question are shown to people. It decides nothing.

All of it is written by agents: it is quoted, with every sign of Markdown escaped, so that it can
neither mention people nor look like our own words.
"""

from app.domain.remark import plain, quoted
from app.domain.spec import Specification

_CAPTIONS = {"change": "Change", "bug": "Bug", "new project": "New project", "question": "Question"}


def specification(spec: Specification) -> str:
    """What is built, as a block of its own."""
    parts = [f"**What is built** — {_CAPTIONS[spec.kind.value].lower()}\n\n{quoted(spec.what)}"]
    if spec.checks:
        parts.append("**It is done when**\n\n" + _items(spec.checks))
    if spec.out_of_scope:
        parts.append("**Left alone on purpose**\n\n" + _items(spec.out_of_scope))
    return "\n\n".join(parts)


def architecture(plan: str) -> str:
    return f"<details><summary>How it is built</summary>\n\n{quoted(plan)}\n\n</details>"


def question(author: str, text: str) -> str:
    """A comment that asks the person who wants something."""
    return (
        f"{_to(author)}❓ **The product owner asks**\n\n{quoted(text)}\n\n"
        "Answer in a comment here, and the work goes on."
    )


def answer(author: str, text: str) -> str:
    """A comment that answers a request that was a question."""
    return (
        f"{_to(author)}💬 **The product owner answers**\n\n{quoted(text)}\n\n"
        "Nothing was changed. If you want a change, say so in a comment, then write `/retry` or "
        "reopen the issue."
    )


def _to(author: str) -> str:
    """Whoever opened the issue may be gone."""
    return f"@{author} " if author else ""


def _items(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {plain(' '.join(item.split()))}" for item in items)

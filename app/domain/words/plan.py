"""How a specification, a plan and a question are shown to people. It decides nothing.

All of it is written by agents: it is quoted, with every sign of Markdown escaped, so that it can
neither mention people nor look like our own words.
"""

from dataclasses import replace

from app.domain.remark import plain, quoted
from app.domain.spec import Specification

MAX_SHOWN = 12_000  # characters of a specification in a comment
_MAX_BYTES = 10_000  # of the same in the comment's record
_MAX_PLAN = 8_000


def specification(spec: Specification) -> str:
    """What is built, as a block of its own."""
    kind = f"a {spec.kind.value}"
    if spec.project:
        kind += f" in the repository `{spec.project.name}`, with {_listed(spec.project.modules)}"
    parts = [f"**What is built** — {kind}\n\n{quoted(spec.what)}"]
    if spec.checks:
        parts.append("**It is done when**\n\n" + _items(spec.checks))
    if spec.out_of_scope:
        parts.append("**Left alone on purpose**\n\n" + _items(spec.out_of_scope))
    return "\n\n".join(parts)


def fitting(spec: Specification) -> Specification:
    """As much of it as a comment can carry, the last first to go: what is approved is all seen."""
    while len(specification(spec)) > MAX_SHOWN or len(spec.text.encode()) > _MAX_BYTES:
        if spec.out_of_scope:
            spec = replace(spec, out_of_scope=spec.out_of_scope[:-1])
        elif spec.checks:
            spec = replace(spec, checks=spec.checks[:-1])
        else:
            spec = replace(spec, what=spec.what[: len(spec.what) * 3 // 4])
    return spec


def architecture(plan: str) -> str:
    while len(shown := quoted(plan)) > _MAX_PLAN:
        plan = plan[: len(plan) * 3 // 4]
    return f"<details><summary>How it is built</summary>\n\n{shown}\n\n</details>"


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


def nothing_done(author: str, why: str) -> str:
    """A comment on a request that took no work; `why` is ours."""
    return (
        f"{_to(author)}✅ **There was nothing to do**\n\n{why}\n\n"
        "If you want something else, say so in a comment, then write `/retry` or reopen the issue."
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _to(author: str) -> str:
    """Whoever opened the issue may be gone."""
    return f"@{author} " if author else ""


def _items(items: tuple[str, ...]) -> str:
    return "\n".join(f"- {plain(' '.join(item.split()))}" for item in items)

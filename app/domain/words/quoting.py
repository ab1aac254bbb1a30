"""Makes words that may not be ours harmless in Markdown. It writes none of its own."""

import re


def fenced(text: str) -> str:
    """Foreign text as a code block that it can't end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def block_quoted(text: str) -> str:
    return "\n".join(f"> {tame(line)}" for line in text.splitlines())


_LIVELY = re.compile(r"[@#\[\]<!]|(?<=:)//|(?<=^)-{3}")


def tame(text: str) -> str:
    """Words that may not all be ours: readable, but no mention, link, picture or reference."""
    escapes = {"@": "@\u200b", "#": "#\u200b", "<": "&lt;", "[": "\\[", "]": "\\]", "!": "\\!"}
    return _LIVELY.sub(lambda match: escapes.get(match.group(), f"\u200b{match.group()}"), text)


def code(text: str) -> str:
    return f"`{one_line(text).replace('`', chr(39)).replace('|', chr(0xA6))}`"


def one_line(text: str) -> str:
    return " ".join(text.split())


def minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min"

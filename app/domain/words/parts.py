"""How the parts of a task are shown, which are tasks of their own. It decides nothing."""

from collections.abc import Sequence

from app.domain.part import MadePart
from app.domain.ref import IssueRef
from app.domain.remark import plain
from app.domain.run import UNUSED
from app.domain.stage import Stage
from app.domain.words.use import tokens

_STANDS = {
    None: "waits for its turn",
    Stage.DONE: "done",
    Stage.BLOCKED: "**waits for a person**",
    Stage.CANCELLED: "stopped",
}


def parts_table(parts: Sequence[MadePart]) -> str:
    """A row each, with a link that GitHub makes of the reference."""
    if not parts:
        return ""
    rows = [f"| {part.issue} | {plain(_line(part.title))} | {_stands(part)} |" for part in parts]
    return "\n".join(("| Built in | | |", "|---|---|---|", *rows))


def progress(parts: Sequence[MadePart]) -> str:
    """In a few words, for a headline."""
    if len(parts) == 1:
        return f"it goes on in {parts[0].issue}"
    done = sum(part.stage is Stage.DONE for part in parts)
    return f"{done} of {len(parts)} are done"


def where_to_say_it(parts: Sequence[MadePart]) -> str:
    names = ", ".join(str(part.issue) for part in parts)
    return f"This is built in {names} by now: say it there, and its agents are told."


def handed_over(parent: IssueRef) -> str:
    """The text of an issue in which the whole of another goes on."""
    return f"What was asked for in {parent} is built here. The first comment says what that is."


def _stands(part: MadePart) -> str:
    stands = _STANDS.get(part.stage, "under way")
    return stands if part.usage == UNUSED else f"{stands} · {tokens(part.usage)} tokens"


def _line(text: str) -> str:
    return " ".join(text.split())

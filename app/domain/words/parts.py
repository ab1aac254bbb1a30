"""How the parts of a task are shown, which are tasks of their own. It decides nothing."""

from collections.abc import Sequence

from app.domain.part import MadePart, without_marker
from app.domain.ref import IssueRef
from app.domain.remark import plain, plainly_said, quoted, unquoted
from app.domain.run import UNUSED, Usage
from app.domain.stage import Stage
from app.domain.words.use import used

_DONE_WHEN = "\n\n**It is done when**\n\n"
_STANDS = {
    Stage.DONE: "done",
    Stage.BLOCKED: "**waits for a person**",
    Stage.CANCELLED: "stopped",
}


def parts_table(parts: Sequence[MadePart]) -> str:
    """A row each, with a link that GitHub makes of the reference."""
    if not parts:
        return ""
    rows = [
        f"| {part.issue} | {plain(_line(part.title))} | {_stands(part, parts)} |" for part in parts
    ]
    return "\n".join(("| Built in | | |", "|---|---|---|", *rows))


def progress(parts: Sequence[MadePart]) -> str:
    """In a few words, for a headline."""
    if len(parts) == 1:
        return f"it goes on in {parts[0].issue}"
    done = sum(part.stage is Stage.DONE for part in parts)
    return f"{done} of {len(parts)} parts done"


def built(parts: Sequence[MadePart]) -> str:
    """Where, or how many: links to ten would be no headline."""
    return f"built in {places(parts)}" if len(parts) == 1 else f"all {len(parts)} parts are built"


def used_by_all(own: Usage, parts: Sequence[MadePart]) -> str:
    """With what the task itself has used; empty where no part has used anything."""
    theirs = sum((part.usage for part in parts), UNUSED)
    return "" if theirs == UNUSED else used(own + theirs)


def places(parts: Sequence[MadePart]) -> str:
    """References, of which GitHub makes links."""
    return ", ".join(str(part.issue) for part in parts)


def where_to_say_it(parts: Sequence[MadePart]) -> str:
    return f"This is built in {places(parts)} by now: say it there, and its agents are told."


def handed_over(parent: IssueRef) -> str:
    """The text of an issue in which the whole of another goes on."""
    return f"What was asked for in {parent} is built here. The first comment says what that is."


def part_text(what: str, checks: Sequence[str]) -> str:
    """What the issue of a part says: an agent's words, of which none works."""
    items = "\n".join(f"- {plain(_line(check))}" for check in checks)
    return quoted(what) + (f"{_DONE_WHEN}{items}" if items else "")


def said_in(body: str) -> tuple[str, tuple[str, ...]]:
    """What is to be built and how one sees that it is, out of the text of a part as it was made."""
    what, _, items = without_marker(body).partition(_DONE_WHEN)
    checks = (plainly_said(line.removeprefix("- ")) for line in items.splitlines())
    return unquoted(what), tuple(checks)


def _stands(part: MadePart, among: Sequence[MadePart]) -> str:
    if part.gone:
        stands = "**can't be found**"
    elif part.stage is None:
        stands = _waits(part, among)
    else:
        stands = _STANDS.get(part.stage, "under way")
    return stands if part.usage == UNUSED else f"{stands} · {used(part.usage)}"


def _waits(part: MadePart, among: Sequence[MadePart]) -> str:
    before = [one for one in among if one.key in part.after and one.stage is not Stage.DONE]
    names = ", ".join(f"#{one.issue.number}" for one in before)
    return f"waits for {names or 'its turn'}"


def _line(text: str) -> str:
    return " ".join(text.split())

"""What a person can't see on GitHub is cut from what agents read. It judges nobody's permission.

A text stays Markdown: what is seen stays as it was written, code to the letter. What was cut is
counted, so that a log can say so. One pass can leave what only another finds, as when
`<!<!-- -->--` closes up; so passes go on until nothing changes, and what does not come to rest is
cut.
"""

import re
from collections.abc import Iterator

from app.domain.clean.block import Block, Form, Reading, read
from app.domain.clean.code import code
from app.domain.clean.inline import Scan
from app.domain.clean.kept import Kept, Rules
from app.domain.clean.kind import Cleaned, Kind, Removed, Tally, listed
from app.domain.clean.unseen import without_control, without_unseen

__all__ = ["MAX_TEXT", "Cleaned", "Kind", "Removed", "clean", "clean_line"]

MAX_TEXT = 100_000  # characters; GitHub takes 65,536
_PASSES = 8
_MARKED = re.compile(r"[<&\[\]`~\\$|]")
_MARKS = re.compile(r"[\s>*+\-=_0-9.)#`~|:]*+")


def clean(text: str) -> Cleaned:
    """What is seen of a body or comment, for any str, in linear time. Again, it cuts nothing."""
    tally = Tally()
    text = without_control(text, tally)
    if len(text) > MAX_TEXT:
        # Only whole paragraphs: of what is half there, nobody knows what it hides.
        text, tally[Kind.UNDECIDED] = text[:MAX_TEXT].rpartition("\n\n")[0], 1
    # First as GitHub reads it: characters that show nothing still part others.
    text = without_unseen(_pass(text, tally), tally)
    for _ in range(_PASSES):
        before, text = text, _pass(text, tally)
        if text == before:
            break
    else:
        marked = _MARKED.search(text)
        text = text[: marked.start()] if marked else text
        tally[Kind.UNDECIDED] += 1
    return Cleaned(text, listed(tally))


def clean_line(text: str) -> Cleaned:
    """What is seen of a title: GitHub shows it to the letter, so only characters are cut."""
    tally = Tally()
    seen = without_unseen(without_control(text[:MAX_TEXT], tally), tally)
    return Cleaned(seen.replace("\n", " "), listed(tally))


def _pass(text: str, tally: Tally) -> str:
    if not _MARKED.search(text):
        return text
    reading = read(text)
    referred: set[str] = set()
    kept = list(_parts(reading, referred, tally))
    unused = _unused(reading, referred, tally)
    return "\n".join(line for at, said in kept if at not in unused for line in said)


def _parts(reading: Reading, referred: set[str], tally: Tally) -> Iterator[tuple[int, list[str]]]:
    """What stays, by its first line, up to where all the rest is hidden."""
    covered = 0
    for block in reading.blocks:
        said, hides_rest = _uncovered(reading, covered, block.start, tally)
        yield covered, said
        if hides_rest:
            return
        said, hides_rest = _block(block, reading, referred, tally)
        yield block.start, said
        if hides_rest:
            return
        covered = max(covered, block.end)
    yield covered, _uncovered(reading, covered, len(reading.lines), tally)[0]


def _unused(reading: Reading, referred: set[str], tally: Tally) -> set[int]:
    """The first lines of footnotes that are not shown, or that may hide something."""
    unused = {note.start for note in reading.notes if note.label not in referred or note.doubtful}
    tally[Kind.FOOTNOTE] += len(unused)
    return unused


def _uncovered(reading: Reading, start: int, end: int, tally: Tally) -> tuple[list[str], bool]:
    """Lines of no block: what are not just marks is a definition, or nobody knows."""
    kept: list[str] = []
    for at in range(start, end):
        line = reading.lines[at]
        if at in reading.defined:
            tally[Kind.DEFINITION] += 1
        elif _MARKS.fullmatch(line):
            kept.append(line)
        else:
            tally[Kind.UNDECIDED] += 1
            if "<" in line:
                return kept, True
    return kept, False


def _block(
    block: Block, reading: Reading, referred: set[str], tally: Tally
) -> tuple[list[str], bool]:
    if block.form is Form.UNDECIDED:
        tally[Kind.UNDECIDED] += 1
        return [], True
    if block.form is Form.CODE:
        return code(block, reading.lines, tally), False
    tally[Kind.CELL] += len(block.beyond)
    rules = Rules(reading.references, block.form is Form.RAW, block.code, block.row)
    kept = Kept("\n".join(block.lines), rules, tally, block.beyond)
    scan = Scan(kept)
    scan.run()
    if not block.note:
        referred |= scan.notes
    return _framed(block, kept).split("\n"), kept.hides_rest


def _framed(block: Block, kept: Kept) -> str:
    """The pieces that stay, with the marks of the lines that they were in."""
    ends = iter(zip(block.after, [*block.before[1:], ""], strict=True))
    frames: dict[int, str] = {}
    at = -1
    for line in block.lines[:-1]:
        at += len(line) + 1
        after, before = next(ends)
        frames[at] = f"{after}\n{before}"
    parts = [block.before[0]]
    for piece in kept.pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        start, end = piece
        while (line_end := kept.text.find("\n", start, end)) >= 0:
            parts += [kept.text[start:line_end], frames[line_end]]
            start = line_end + 1
        parts.append(kept.text[start:end])
    return "".join([*parts, block.after[-1]])

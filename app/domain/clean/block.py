"""Which lines of a Markdown text are code, raw HTML or text. It cuts nothing.

The parser is asked for blocks only. Where it and GitHub could differ, less is code: tables are
plain text here, and neither in footnotes nor in lists is indented text code.
"""

import functools
import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.clean.note import Note, notes

_BEFORE = re.compile(r"[\s>*+\-0-9.)#]*+")
_AFTER = re.compile(r"[\s#]*+")
_RULE = re.compile(r"[ \t>|:\-]*+")
_BAR = re.compile(r"\\.|\|")
_FORMS = {"fence", "code_block", "html_block", "inline"}


class Form(Enum):
    CODE = "code"
    RAW = "raw"
    TEXT = "text"
    UNDECIDED = "undecided"


@dataclass(slots=True)
class Block:
    """Lines `start` to `end`. `lines` come without the marks of lists and quotes around them.

    Those marks are `before` and `after`, line by line. `code`: it may hold code; `row`: like a
    table, and where in its text cells go `beyond` its header; `note`: a footnote; `fence` and
    `info`: the first line of a fenced code block.
    """

    form: Form
    start: int
    end: int
    lines: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    code: bool = True
    row: bool = False
    beyond: list[tuple[int, int]] = field(default_factory=list)
    note: bool = False
    fence: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`references`: labels as the parser writes them, to addresses; `defined`: their lines."""

    lines: list[str]
    blocks: list[Block]
    references: dict[str, str]
    defined: frozenset[int]
    notes: tuple[Note, ...]


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    # A definition that leads nowhere is unseen all the same.
    parser.validateLink = _any_link  # type: ignore[method-assign]
    return parser


def _any_link(url: str) -> bool:
    return True


def read(text: str) -> Reading:
    env: dict[str, Any] = {}
    tokens = [token for token in _parser().parse(text, env) if token.type in _FORMS and token.map]
    lines = text.split("\n")
    fenced = {at for token in tokens if token.type == "fence" for at in range(*token.map or (0, 0))}
    found = notes(lines, fenced)
    blocks = [_block(token, lines, notes=bool(found)) for token in tokens]
    known: dict[str, dict[str, Any]] = env.get("references", {})
    spans = [entry["map"] for entry in [*known.values(), *env.get("duplicate_refs", [])]]
    defined = frozenset(line for start, end in spans for line in range(start, end))
    return Reading(
        lines,
        _with_notes(blocks, lines, found),
        {label: entry["href"] for label, entry in known.items() if not label.startswith("^")},
        defined,
        found,
    )


def _block(token: Token, lines: list[str], *, notes: bool) -> Block:
    start, end = token.map or [0, 0]
    content = token.content.removesuffix("\n").split("\n")
    block = Block(Form.TEXT, start, end)
    if token.type == "fence":
        block.form, block.fence, block.info = Form.CODE, token.markup, token.info
    elif token.type == "code_block":
        block.form, block.code = Form.CODE, False
        if token.level or notes:
            block.form = Form.TEXT
    elif token.type == "html_block":
        block.form, block.code = Form.RAW, False
    if block.form is not Form.CODE:
        _place(block, content, lines)
    return block


def _place(block: Block, content: list[str], lines: list[str]) -> None:
    """Finds each line of the content in its line of the text."""
    block.end = min(block.end, block.start + len(content))
    if len(content) > block.end - block.start:
        block.form = Form.UNDECIDED
        return
    for said, line in zip(content, lines[block.start : block.end], strict=True):
        core = said.strip()
        at = line.rfind(core) if core else len(line)
        before, after = line[:at], line[at + len(core) :]
        if at < 0 or not _BEFORE.fullmatch(before) or not _AFTER.fullmatch(after):
            block.form = Form.UNDECIDED
            return
        block.lines.append(core)
        block.before.append(before)
        block.after.append(after)
    if block.form is Form.TEXT:
        _read_table(block)


def _read_table(block: Block) -> None:
    """Cells end code; cells beyond the header's are not shown.

    Behind a table HTML blocks can begin that can't behind text.
    """
    for at, line in enumerate(block.lines[1:], 1):
        if _RULE.fullmatch(line) and "-" in line and ("|" in line or ":" in line):
            block.row = True
            columns = len(cells(line))
            if len(cells(block.lines[at - 1])) == columns:
                _shorten(block, at + 1, columns)
                break
    if block.row and any(line.startswith("<") for line in block.lines):
        block.code = False


def _shorten(block: Block, start: int, columns: int) -> None:
    at = sum(len(line) + 1 for line in block.lines[:start])
    for line in block.lines[start:]:
        kept = cells(line)
        if len(kept) > columns:
            block.beyond.append((at + kept[columns], at + len(line)))
        at += len(line) + 1


def cells(line: str) -> list[int]:
    """Where the cells of a table's row begin."""
    bars = [match.end() for match in _BAR.finditer(line) if match.group() == "|"]
    starts = bars if line.startswith("|") else [0, *bars]
    return starts[:-1] if starts and not line[starts[-1] :].strip() else starts


def _with_notes(blocks: list[Block], lines: list[str], found: tuple[Note, ...]) -> list[Block]:
    """Blocks end where footnotes begin; in footnotes nothing is code, and all is text."""
    if not found:
        return blocks
    kept: list[Block] = []
    inside = {at for note in found for at in range(note.start, note.end)}
    for block in blocks:
        touched = [at for at in range(block.start, block.end) if at in inside]
        if not touched:
            kept.append(block)
        elif touched[0] > block.start and block.form is Form.TEXT:
            kept.append(_first_lines(block, touched[0] - block.start))
        elif touched[0] > block.start:
            block.form = Form.UNDECIDED
            kept.append(block)
    for note in found:
        said = lines[note.start : note.end]
        marks = [""] * len(said)
        block = Block(Form.TEXT, note.start, note.end, said, marks, marks, code=False, note=True)
        kept.append(block)
    return sorted(kept, key=lambda block: block.start)


def _first_lines(block: Block, count: int) -> Block:
    return replace(
        block,
        end=block.start + count,
        lines=block.lines[:count],
        before=block.before[:count],
        after=block.after[:count],
    )

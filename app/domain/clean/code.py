"""Code blocks: their content is seen as it is, unless GitHub draws it. It cuts what is not."""

import re

from app.domain.clean.block import Block
from app.domain.clean.inline import HIDING_TEX
from app.domain.clean.kind import Kind, Tally

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_MAPS = frozenset({"geojson", "topojson", "stl"})
# Of a diagram's source these lines say how it looks, or nothing that is drawn.
_UNDRAWN = re.compile(r"\s*+(?:%%|(?:style|classDef|linkStyle|click|accTitle|accDescr)\b)")
_CLASSES = re.compile(r"\s*+class\b")
_MARKUP = re.compile(r"(?<!<)<(?!/?br\b)[A-Za-z!?/]")


def code(block: Block, lines: list[str], tally: Tally) -> list[str]:
    """The block's lines as far as they are seen; `lines` are those of the whole text."""
    said = lines[block.start : block.end]
    if not block.fence:
        return said
    language = block.info.strip().split(maxsplit=1)[0] if block.info.strip() else ""
    kept = language if _LANGUAGE.fullmatch(language) else ""
    before, _, noted = said[0].partition(block.fence)
    if noted.strip() != kept:
        tally[Kind.CODE_NOTE] += 1
        said = [f"{before}{block.fence}{kept}", *said[1:]]
    return _drawn(language.lower(), said, tally)


def _drawn(language: str, said: list[str], tally: Tally) -> list[str]:
    body = "\n".join(said[1:])
    if language in _MAPS or (language == "math" and ("%" in body or HIDING_TEX.search(body))):
        tally[Kind.DRAWING] += 1
        return []
    if language == "mermaid":
        kept = [said[0], *_diagram(said[1:])]
        tally[Kind.DRAWING] += len(said) - len(kept)
        return kept
    return said


def _diagram(said: list[str]) -> list[str]:
    """Without the settings in front, and without lines that style or hide."""
    if said and said[0].lstrip(" >\t") == "---":
        end = next((at for at, line in enumerate(said[1:], 1) if line.endswith("---")), len(said))
        said = said[end + 1 :]
    hiding = [_UNDRAWN, _CLASSES] if "classDiagram" not in "\n".join(said) else [_UNDRAWN]
    return [
        line
        for line in said
        if not _MARKUP.search(line) and not any(kind.match(line) for kind in hiding)
    ]

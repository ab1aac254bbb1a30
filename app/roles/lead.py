"""The engineering lead: says whether a request is one task or several. It makes none of them."""

from dataclasses import dataclass

from app.domain.clean import clean_line
from app.domain.part import FEWEST, MOST, Part, check
from app.domain.remark import quoted, unquoted
from app.domain.run import AgentOutcome, AgentResult
from app.domain.words.parts import part_text
from app.roles.context import RULES, Request, own_words, requested, said
from app.roles.contract import ending, listed

MAX_KEY = 30
MAX_TITLE = 120
MAX_WHAT = 2_000
_TASK = """\
You are the engineering lead of this repository. The request below comes from an issue. {rules}
You change nothing and write no code: you decide whether it is one task or several. Look at the code
that it touches. A task is what one developer builds and tests in one go, and what a reviewer reads
in one sitting; most requests are one, and then that is your answer. Split a request only if it is
several things, each of which is of use and can be tested and merged by itself. Split it along what
is built, never into "code", "tests" and "documentation" of the same thing.

{request}
{said}"""
_RESULT = ending(f"""\
<result>{{"verdict": "…", "text": "…"}}</result>

`verdict` is "success", with your reason in a sentence in `text`. If it is several tasks, the line
then also has
"parts": [{{"key": "store", "title": "…", "what": "…", "checks": ["…"], "after": []}},
{{"key": "page", "title": "…", "what": "…", "checks": ["…"], "after": ["store"]}}]
with {FEWEST} to {MOST} parts that together are all of the request and no more. `key` is a-z, 0-9
and hyphens. `what` tells a developer who knows nothing of the other parts what is to be built, in
plain text; `checks` are how one sees that it is done. `after` names the parts that must be merged
before this one is begun: name no more than it needs, since the others are built at the same time,
each on a branch of its own. Where two parts would change the same lines, let one wait for the
other.
""")


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a request; none: it is one task. `why`: that is so because its split is bad."""

    parts: tuple[Part, ...] = ()
    why: str = ""


def prompt(request: Request, extra: str = "") -> str:
    """`extra` are the organisation's own words to its lead."""
    since = said("since", request.comments)
    text = _TASK.format(rules=RULES, request=requested(request), said=since)
    return text + own_words(extra) + _RESULT


def read(result: AgentResult) -> Split:
    """Parts that can all be worked, or none at all: half a split would be half of the request."""
    if result.outcome is not AgentOutcome.SUCCEEDED:
        return Split(why=f"the lead {result.outcome}")
    given = result.details.get("parts")
    if given is None:
        return Split()
    if not isinstance(given, list):
        return Split(why="its parts are no list")
    if not FEWEST <= len(given) <= MOST:
        return Split(why=f"{len(given)} parts are not {FEWEST} to {MOST}")
    try:
        parts = tuple(map(_part, given))
        check(parts)
    except ValueError as error:
        return Split(why=str(error))
    return Split(parts)


def _part(given: object) -> Part:
    if not isinstance(given, dict):
        raise ValueError("a part is no object")
    key = given.get("key")
    if not isinstance(key, str) or len(key) > MAX_KEY:
        raise ValueError(f"a part has no key of at most {MAX_KEY} characters")
    title, what = _line(given.get("title")), _text(given.get("what"))
    if not title or not what:
        raise ValueError(f"the part {key!r:.40} does not say what it is")
    body = part_text(what, listed(given.get("checks")))
    return Part(key, title, body, _after(given.get("after", [])))


def _after(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
        raise ValueError("what a part waits for is no list of keys")
    return tuple(dict.fromkeys(str(key) for key in given))


def _line(given: object) -> str:
    text = clean_line(given).text if isinstance(given, str) else ""
    return " ".join(text.split())[:MAX_TITLE].strip()


def _text(given: object) -> str:
    """As people will see it."""
    text = unquoted(quoted(given.strip()[:MAX_WHAT])) if isinstance(given, str) else ""
    return text.strip()

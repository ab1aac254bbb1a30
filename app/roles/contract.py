"""How an agent ends its work: what every role is told, and the lists in what it then says.

The line itself is read by app/agents/contract.py.
"""

from dataclasses import replace

from app.domain.run import Repeat
from app.domain.spec import MAX_ITEM, MAX_ITEMS

_ENDING = """
When you stop, end your last message with one line, and nothing after it:

"""


def ending(form: str) -> str:
    """How an agent is to end; `form` is that line, and what stands in it."""
    return _ENDING + form


RESULT = ending("""\
<result>{"verdict": "…", "text": "…"}</result>

`verdict` is "success" when all that was asked for is done and committed, with what you did in a
sentence or two in `text`; "failure" when you could not do it, with the reason in `text`; "question"
when you can't go on before a person has answered what you ask in `text`. Nobody answers while you
work: don't ask in any other way. A message without this line counts as a failure, however good the
work is.
""")

COMMANDS = """
While you work, you can speak through the command `orchestrator`; it answers with JSON, and its
`--help` says what it can do. `orchestrator respond "…"` leaves a comment on the issue and lets you
go on: use it for what a person should know before you are done, and sparingly.
"""

_LOOP = """
You are given these same words again, in your workspace as you left it, until you promise that all
of it is done, {times} times at most. When all of it is done, and only then, also print a line with
{until} between <promise> and </promise>, before the line with your result.
"""


def loop_told(loop: Repeat) -> str:
    """It never holds the promise as it is to be printed: some agents print what they are told."""
    return _LOOP.format(times=loop.times, until=loop.until)


def loop_promised(loop: Repeat) -> Repeat:
    """The loop that ends with the promise as it is to be printed."""
    return replace(loop, until=f"<promise>{loop.until}</promise>")


def listed(items: object) -> tuple[str, ...]:
    """A list of short texts out of what an agent wrote; what is none is left out."""
    if not isinstance(items, list):
        return ()
    texts = (" ".join(item.split())[:MAX_ITEM] for item in items if isinstance(item, str))
    return tuple(text for text in texts if text)[:MAX_ITEMS]

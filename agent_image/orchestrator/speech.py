"""`orchestrator respond` and `orchestrator finish`: what an agent says on its issue."""

import sys
from typing import Annotated

import typer

from agent_image.orchestrator.answer import Answer, Failed
from agent_image.orchestrator.arguments import MAX_TEXT, LastWord, Remark
from agent_image.orchestrator.send import send

Words = Annotated[
    str,
    typer.Argument(metavar="TEXT", help=f"Plain text, up to {MAX_TEXT} characters; - reads stdin."),
]


def respond(
    text: Words,
    question: Annotated[bool, typer.Option("--question", help="People are asked this.")] = False,
    session: Annotated[
        bool, typer.Option("--session", help="Progress of the work, no answer.")
    ] = False,
) -> Answer:
    """Say something on the issue, and go on working: it appears as a comment under your role.

    Nobody waits for you and no answer comes back. If you can't go on without one, end your run with
    a final result that says so.

    For: product owner, analyst, lead, architect, developer, reviewer, devops; 10 times in a run.

    Example: orchestrator respond --question "Metric or imperial units? I take metric."

    Example: orchestrator respond --session "The parser is done, the tests come next."
    """
    if question and session:
        raise Failed("UsageError", "Give one of --question and --session, not both.")
    kind = "question" if question else "progress" if session else "answer"
    return send("respond", Remark, text=_given(text), kind=kind)


def finish(text: Words) -> Answer:
    """Say the last word on the issue. Then end your run: your final result is what counts.

    For: product owner.

    Example: orchestrator finish "Both stations are in; the pull request is open."
    """
    return send("finish", LastWord, text=_given(text))


def _given(text: str) -> str:
    if text != "-":
        return text
    raw = sys.stdin.buffer.read(4 * MAX_TEXT + 1)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Failed("ValidationError", "What came on stdin is not UTF-8 text.") from None

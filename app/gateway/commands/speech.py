"""Says on the issue what an agent gave it to say, unless it is what nobody should read.

It changes no stage, and decides nothing of who may speak.
"""

import asyncio
import time

from app.domain.remark import Kind, Remark
from app.gateway.commands.command import Caller
from app.gateway.commands.refusal import Error, Refusal
from app.git.secret import BUDGET, TooLongError, find


async def say(caller: Caller, kind: Kind, text: str) -> None:
    """Raises Refusal where the text holds a credential."""
    claims = caller.claims
    # what finds them takes a while to import
    if found := await asyncio.to_thread(_credential, text):
        raise Refusal(Error.VALIDATION, f"The text holds what looks like a {found}: leave it out.")
    remark = Remark(claims.role, kind, text)
    await caller.outside.remarks.comment(claims.issue, caller.key, remark)


def _credential(text: str) -> str:
    """The kind and the line of the first one; nothing of itself."""
    try:
        found = next(find(text, time.monotonic() + BUDGET), None)
    except TooLongError:
        return "trap for whoever reads it"
    return f"{found.kind} in line {found.line}" if found else ""

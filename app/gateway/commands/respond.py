"""respond: an agent says something on its issue and goes on. It changes no stage."""

from agent_image.orchestrator import arguments
from app.domain.remark import Kind, Remark
from app.gateway.commands.command import Caller, Command, Done

_MESSAGES = {
    Kind.ANSWER: "It stands on the issue. Go on.",
    Kind.QUESTION: "The question stands on the issue, and nobody is held up by it: go on if you "
    "can, else end with a final result that says what you need to know.",
    Kind.PROGRESS: "It stands on the issue. Go on.",
}


async def _respond(given: arguments.Remark, caller: Caller) -> Done:
    claims, kind = caller.claims, Kind(given.kind)
    remark = Remark(claims.role, kind, given.text)
    await caller.outside.remarks.comment(claims.issue, caller.key, remark)
    return Done({"issue": claims.issue.number, "kind": kind.value}, _MESSAGES[kind])


RESPOND = Command("respond", arguments.Remark, _respond, speaks=True)

"""respond: an agent says something on its issue and goes on."""

from agent_image.orchestrator.arguments import Remark
from app.domain.remark import Kind
from app.gateway.commands.command import Caller, Command, Done
from app.gateway.commands.speech import say

_MESSAGES = {
    Kind.ANSWER: "It stands on the issue. Go on.",
    Kind.QUESTION: "The question stands on the issue, and nobody is held up by it: go on if you "
    "can, else end with a final result that says what you need to know.",
    Kind.PROGRESS: "It stands on the issue. Go on.",
}


async def _respond(given: Remark, caller: Caller) -> Done:
    kind = Kind(given.kind)
    await say(caller, kind, given.text)
    return Done({"issue": caller.claims.issue.number, "kind": kind.value}, _MESSAGES[kind])


RESPOND = Command("respond", Remark, _respond, speaks=True)

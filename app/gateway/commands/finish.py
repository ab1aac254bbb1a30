"""finish: an agent's last word on its issue. What counts as its end is its final result."""

from agent_image.orchestrator.arguments import LastWord
from app.domain.remark import Kind
from app.gateway.commands.command import Caller, Command, Done
from app.gateway.commands.speech import say

_MESSAGE = "It stands on the issue. Now end with your final result."


async def _finish(given: LastWord, caller: Caller) -> Done:
    await say(caller, Kind.LAST_WORD, given.text)
    return Done({"issue": caller.claims.issue.number}, _MESSAGE)


FINISH = Command("finish", LastWord, _finish, speaks=True, last=True)

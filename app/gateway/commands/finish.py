"""finish: an agent's last word on its issue. What counts as its end is its final result."""

from agent_image.orchestrator.arguments import LastWord
from app.domain.remark import Kind, Remark
from app.gateway.commands.command import Caller, Command, Done


async def _finish(given: LastWord, caller: Caller) -> Done:
    claims = caller.claims
    remark = Remark(claims.role, Kind.LAST_WORD, given.text)
    await caller.outside.remarks.comment(claims.issue, caller.key, remark)
    return Done(
        {"issue": claims.issue.number}, "It stands on the issue. Now end with your final result."
    )


FINISH = Command("finish", LastWord, _finish, speaks=True, last=True)

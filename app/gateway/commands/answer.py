"""The answer to a call as bytes: success with data, or a refusal. It decides nothing."""

import json
from dataclasses import dataclass

from app.gateway.commands.command import Done
from app.gateway.commands.refusal import PASSING, STATUS, Refusal


@dataclass(frozen=True, slots=True)
class Answer:
    """`passing`: the same call may be answered otherwise the next time."""

    status: int
    body: bytes
    passing: bool = False

    @property
    def ok(self) -> bool:
        return self.status == 200


def success(done: Done) -> Answer:
    return Answer(200, _json({"success": True, "data": done.data, "message": done.message}))


def failure(refusal: Refusal) -> Answer:
    content = {
        "success": False,
        "error": refusal.error.value,
        "message": refusal.message,
        "details": refusal.details,
    }
    return Answer(STATUS[refusal.error], _json(content), refusal.error in PASSING)


def _json(content: object) -> bytes:
    return json.dumps(content).encode()

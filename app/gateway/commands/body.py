"""Reads the body of a call: hostile bytes in, a request or a refusal out. It decides nothing."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from agent_image.orchestrator.arguments import problems
from app.gateway.commands.refusal import Error, Refusal

MAX_BODY = 65_536


class Request(BaseModel):
    """`call` is random, made by the client: the same call that comes again is done once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: Annotated[
        str, Field(strict=True, max_length=64, pattern=r"^[a-z]+(\.[a-z]+(-[a-z]+)*)?$")
    ]
    arguments: dict[str, JsonValue] = Field(default_factory=dict, max_length=32)
    call: UUID


def read(body: bytes) -> Request:
    """Raises Refusal."""
    try:
        return Request.model_validate_json(body)
    except ValidationError as error:
        raise Refusal(
            Error.VALIDATION,
            'A call is {"command": "group.name", "arguments": {…}, "call": "a UUID"}, as JSON.',
            problems(error),
        ) from None

"""From the words of the command line to a call; checked to be quick, never for safety."""

import os

from pydantic import ValidationError

from agent_image.orchestrator.answer import Answer, Failed
from agent_image.orchestrator.arguments import Arguments, problems
from agent_image.orchestrator.gateway import SECONDS, gateway


def send(command: str, kind: type[Arguments], /, wait: float = 0.0, **given: object) -> Answer:
    """The gateway's answer to `command`; what was not given (None) is left to its default."""
    try:
        arguments = kind.model_validate({k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        raise Failed(
            "ValidationError", f"{command} was given what it can't take.", problems(error)
        ) from None
    body = arguments.model_dump(mode="json", exclude_none=True)
    return gateway(os.environ).call(command, body, seconds=SECONDS + wait)

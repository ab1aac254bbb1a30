"""How the command ends: one line of JSON, an exit code, and never the run's token."""

import json
from collections.abc import Mapping
from typing import Any

Answer = Mapping[str, Any]
OK, FAILED, USAGE = 0, 1, 2
_WRONG_USE = frozenset({"UsageError", "ValidationError"})


class Failed(Exception):
    """The command can't be carried out; it becomes the answer."""

    def __init__(self, error: str, message: str, details: object = None) -> None:
        super().__init__(message)
        self.answer: Answer = {
            "success": False,
            "error": error,
            "message": message,
            "details": details,
        }


def exit_code(answer: Answer) -> int:
    if answer.get("success") is True:
        return OK
    return USAGE if answer.get("error") in _WRONG_USE else FAILED


def line(answer: Answer, token: str) -> str:
    """One line of ASCII: no character in it can steer a terminal or break a stream."""
    text = json.dumps(answer, ensure_ascii=True)
    return text.replace(token, "[the run's token]") if token else text

"""`python -m app.scaffold FOLDER [TEMPLATE] < answers.json`: a project in a process of its own.

It prints the template's digest; what is wrong is on standard error, with the exit code 1.
"""

import json
import sys
from pathlib import Path

from app.scaffold.answers import Answers
from app.scaffold.error import AnswersError, ScaffoldError
from app.scaffold.render import render

MAX_INPUT = 100_000  # bytes


def main(arguments: list[str]) -> int:
    """The exit code."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python -m app.scaffold FOLDER [TEMPLATE] < answers.json\n")
        return 2
    into, *template = map(Path, arguments)
    try:
        version = render(Answers.read(_said()), into, *template)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{version}\n")
    return 0


def _said() -> object:
    text = sys.stdin.buffer.read(MAX_INPUT + 1)
    try:
        if len(text) > MAX_INPUT:
            raise ValueError("too long")
        return json.loads(text)
    except (ValueError, RecursionError):
        raise AnswersError(f"Answers are a JSON object of at most {MAX_INPUT} bytes.") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

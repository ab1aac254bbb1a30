"""CopierTemplates: the founding graph's `Templates`. What it is told is checked, and hostile."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from app.graphs.ports import GivenUp
from app.scaffold import process
from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError
from app.scaffold.shelf import Shelf


class CopierTemplates:
    """`template` is kept on `shelf`, so that what is made from it can be updated later."""

    def __init__(self, shelf: Shelf, template: Path) -> None:
        self._shelf = shelf
        self._template = template

    async def make(self, said: Mapping[str, object], into: Path) -> None:
        """A project in the folder `into`, which is absent. Raises GivenUp, in words for people."""
        try:
            answers = Answers.read(said)
            await asyncio.to_thread(self._shelf.keep, self._template)
            await process.project(answers, into, self._template)
        except ScaffoldError as error:
            raise GivenUp(f"The project can't be made: {error}") from None

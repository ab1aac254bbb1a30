"""What a slash command is: its word and the event it becomes. The policy says who may use it."""

from dataclasses import dataclass

from app.domain.event import Commanded
from app.domain.words import ARGUMENTS, HELP


@dataclass(frozen=True, slots=True)
class Command:
    word: str
    event: type[Commanded]

    @property
    def takes_argument(self) -> bool:
        return self.word in ARGUMENTS

    def __post_init__(self) -> None:
        if self.word not in HELP:
            raise ValueError(f"/{self.word} has no line in app.domain.words.HELP: add one")

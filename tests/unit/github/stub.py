"""An Api that answers from a table, for what stands upon it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from app.github.api import Api
from app.github.auth import Access

Answer = Callable[..., Any] | Exception | dict[str, Any] | list[Any]


@dataclass
class StubApi:
    """`answers` by path, or by a GraphQL operation's name; each request is noted."""

    answers: dict[str, Answer]
    asked: list[tuple[str, Access | None, dict[str, Any]]] = field(default_factory=list)

    async def get(self, access: Access | None, path: str, **params: Any) -> Any:
        return self._answer(path, access, params)

    async def query(self, access: Access, document: str, **variables: Any) -> Any:
        return self._answer(document.split("(")[0].split()[-1], access, variables)

    def _answer(self, name: str, access: Access | None, given: dict[str, Any]) -> Any:
        self.asked.append((name, access, given))
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer(**given) if callable(answer) else answer

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.asked]

    def as_api(self) -> Api:
        return cast("Api", self)

"""An observer sees I/O begin and end, and nothing of it changes."""

import pytest

from app.engine.observe import observed


class Port:
    async def ask(self, a: int, *, b: int = 0) -> int:
        if a < 0:
            raise ValueError(a)
        return a + b

    async def other(self) -> None: ...

    def plain(self) -> str:
        return "plain"


async def test_without_an_observer_nothing_is_touched() -> None:
    port = Port()
    assert observed(port, "port", ("ask",), None) is port
    assert "ask" not in vars(port)


async def test_before_and_after_with_the_name() -> None:
    seen: list[tuple[str, str]] = []
    port = observed(Port(), "port", ("ask",), lambda phase, name: seen.append((phase, name)))
    assert await port.ask(1, b=2) == 3
    await port.other()
    assert port.plain() == "plain"
    assert seen == [("before", "port.ask"), ("after", "port.ask")]


async def test_what_fails_has_an_end_too() -> None:
    seen: list[str] = []
    port = observed(Port(), "port", ("ask",), lambda phase, _: seen.append(phase))
    with pytest.raises(ValueError, match="-1"):
        await port.ask(-1)
    assert seen == ["before", "after"]


async def test_an_observer_can_end_the_world_before_the_deed() -> None:
    """The kill tests do."""

    class Killed(BaseException): ...

    def kill(phase: str, name: str) -> None:
        raise Killed

    port = observed(Port(), "port", ("ask",), kill)
    with pytest.raises(Killed):
        await port.ask(1)


def test_a_method_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(AttributeError):
        observed(Port(), "port", ("no_such",), lambda *_: None)

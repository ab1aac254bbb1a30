"""Values of a run that every part of it shares."""

import pytest

from app.domain.run import UNUSED, Access, Repeat, Usage


def test_use_adds_up() -> None:
    one, two = Usage(10, 2, 5, 0.25), Usage(1, 20, 300, 0.5)
    assert one + two == Usage(11, 22, 305, 0.75)
    assert (one + UNUSED, one.tokens) == (one, 12)


def test_access_is_shown_to_programs_and_to_no_reader() -> None:
    access = Access("http://127.0.0.1:8484", "http://127.0.0.1:8485", "s3cret")
    assert "s3cret" not in repr(access)
    assert access.env == {
        "ORC_GATEWAY": "http://127.0.0.1:8484",
        "ORC_TOKEN": "s3cret",
        "HTTPS_PROXY": "http://run:s3cret@127.0.0.1:8485",
        "https_proxy": "http://run:s3cret@127.0.0.1:8485",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


@pytest.mark.parametrize(("until", "times"), [("", 3), ("x", 0), ("x", 51), ("x", -1)])
def test_a_loop_without_an_end_is_refused(until: str, times: int) -> None:
    with pytest.raises(ValueError, match="a text to end with, and 1 to 50 turns"):
        Repeat(until, times)


@pytest.mark.parametrize("times", [1, 50])
def test_a_loop_with_an_end(times: int) -> None:
    assert Repeat("x", times).times == times

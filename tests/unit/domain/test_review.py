"""What we answer a reviewer, and what ends it."""

from app.domain.review import settled, settled_marker


def test_marker() -> None:
    assert settled_marker("abc") == "<!-- orc:settled abc -->"


def test_an_answer_names_the_commit_and_says_who_says_so() -> None:
    assert settled("It reads *both* now.", "abc123") == (
        "> It reads \\*both\\* now\\.\n\nSettled in abc123."
    )
    assert settled("", "abc123") == "The code is now as in abc123; please look again."

"""What ends a reply of ours to a reviewer."""

from app.domain.review import settled_marker


def test_marker() -> None:
    assert settled_marker("abc") == "<!-- orc:settled abc -->"

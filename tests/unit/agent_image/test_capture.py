import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agent_image.capture import Capture


def captured(path: Path, limit: int, chunks: list[bytes]) -> tuple[bytes, bool]:
    capture = Capture(path, limit)
    for chunk in chunks:
        capture.feed(chunk)
    capture.close()
    return path.read_bytes(), capture.truncated


def test_all_of_it_while_it_fits(tmp_path: Path) -> None:
    assert captured(tmp_path / "out", 10, [b"01234", b"56789"]) == (b"0123456789", False)


def test_head_and_tail_when_it_does_not(tmp_path: Path) -> None:
    kept, truncated = captured(tmp_path / "out", 200, [b"a" * 500, b"b" * 500])
    assert truncated
    assert kept == b"a" * 100 + b"\n[... 864 bytes left out ...]\n" + b"b" * 36


def test_the_head_can_be_read_while_it_comes(tmp_path: Path) -> None:
    capture = Capture(tmp_path / "out", 100)
    capture.feed(b"so far")
    assert (tmp_path / "out").read_bytes() == b"so far"
    capture.close()


@given(st.integers(0, 400), st.lists(st.binary(max_size=300), max_size=20))
def test_never_more_than_the_limit(limit: int, chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    with tempfile.TemporaryDirectory() as folder:
        kept, truncated = captured(Path(folder, "out"), limit, chunks)
    assert len(kept) <= limit
    assert truncated == (len(whole) > limit)
    assert kept == whole or kept.startswith(whole[: limit // 2])
    if truncated and limit > 200:
        assert whole.endswith(kept.rpartition(b"left out ...]\n")[2])

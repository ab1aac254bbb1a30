"""A tar out of a container: taken when it is a run's, else refused or cut short."""

import io
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.executors.unpack import Refused, unpack

MOST = 100_000
RESULT = ("result.json", b"{}")


def member(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> bytes:
    """One header, and as much of content."""
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = kind, size, link
    content = bytes(size + -size % tarfile.BLOCKSIZE)
    return info.tobuf(tarfile.GNU_FORMAT) + content


def archive(*files: tuple[str, bytes], format_: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w|", format=format_) as tar:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def unpacked(data: bytes, into: Path, most: int = MOST) -> bool:
    return unpack(io.BytesIO(data), into, most)


def tree(folder: Path) -> dict[str, bytes]:
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    assert not any(path.is_symlink() for path in paths.values())
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


GOOD: dict[str, tuple[tuple[str, bytes], ...]] = {
    "least": (RESULT,),
    "streams": (("stdout", b"o"), ("stderr", b"\0\xff"), ("events.jsonl", b""), RESULT),
    "out": (("out/a", b"1"), ("out/b/c d/\n", b"2"), ("out/work.bundle", b"3"), RESULT),
    "long name": ((f"out/{'x' * 200}/{'y' * 200}", b"1"), RESULT),
    "no UTF-8": (("out/\udcff", b"1"), RESULT),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_run_leaves(tmp_path: Path, name: str) -> None:
    assert unpacked(archive(*GOOD[name]), tmp_path)
    assert tree(tmp_path) == dict(GOOD[name])


def test_what_follows_the_result_is_not_read(tmp_path: Path) -> None:
    assert unpacked(archive(RESULT) + member("/etc/x", size=10), tmp_path)
    assert tree(tmp_path) == dict([RESULT])


def test_an_empty_folder_is_one(tmp_path: Path) -> None:
    assert unpacked(member("out", tarfile.DIRTYPE) + archive(RESULT), tmp_path)
    assert (tmp_path / "out").is_dir()


BAD: dict[str, bytes] = {
    "absolute": member("/etc/passwd"),
    "parent": member("out/../../x"),
    "only parent": member(".."),
    "dot": member("./result.json"),
    "double slash": member("out//x"),
    "elsewhere": member("workspace/x"),
    "below a stream": member("stdout/x"),
    "job": member("job.json"),
    "deep": member("out/" + "d/" * 70 + "x"),
    "long part": archive(("out/" + "x" * 300, b"")),
    "long name": archive(("out/" + "x/" * 3000, b"")),
    "symlink": member("out/x", tarfile.SYMTYPE, link="/etc/passwd"),
    "hard link": member("out/x", tarfile.LNKTYPE, link="/etc/passwd"),
    "pipe": member("out/x", tarfile.FIFOTYPE),
    "device": member("out/x", tarfile.CHRTYPE),
    "block device": member("out/x", tarfile.BLKTYPE),
    "contiguous": member("out/x", tarfile.CONTTYPE),
    "sparse": member("out/x", tarfile.GNUTYPE_SPARSE),
    "pax": archive(("out/" + "ä" * 200, b""), format_=tarfile.PAX_FORMAT),
    "pax global": member("x", tarfile.XGLTYPE, size=512),
    "solaris pax": member("x", tarfile.SOLARIS_XHDTYPE, size=512),
    "long link": member("././@LongLink", tarfile.GNUTYPE_LONGLINK, size=10),
    "huge long name": member("././@LongLink", tarfile.GNUTYPE_LONGNAME, size=1 << 30)[:512],
    "unknown": member("out/x", b"Z"),
    "too large": member("out/x", size=MOST + 1),
    "too large in all": member("out/x", size=MOST // 2) * 2 + member("out/y", size=MOST // 2),
    "twice": member("out/x") * 2,
    "file, then folder": member("out/x") + member("out/x/y"),
    "folder, then file": member("out/x/y") + member("out/x"),
    "a folder called result": member("result.json", tarfile.DIRTYPE) + archive(RESULT),
    "nothing but long names": member("x", tarfile.GNUTYPE_LONGNAME, size=5) * 3000,
}


@pytest.mark.parametrize("name", BAD)
def test_refused(tmp_path: Path, name: str) -> None:
    refused(BAD[name], tmp_path)


def test_too_many_are_refused(tmp_path: Path) -> None:
    """By itself: to make as many takes a second of every process that imports this."""
    refused(b"".join(member(f"out/{number}") for number in range(10_001)), tmp_path)


def refused(data: bytes, folder: Path) -> None:
    with pytest.raises(Refused):
        unpacked(data, folder / "into")
    assert {path.name for path in folder.iterdir()} <= {"into"}


WHOLE = archive(("stdout", b"x" * 700), ("out/a", b"1"), RESULT)


@pytest.mark.parametrize("length", range(0, WHOLE.index(b"{}"), 256))
def test_cut_short(tmp_path: Path, length: int) -> None:
    assert not unpacked(WHOLE[:length], tmp_path)


def judged(data: bytes, most: int = MOST) -> None:
    """Whatever comes: an answer, nothing outside, and no more than allowed."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder, "into")
        into.mkdir()
        try:
            complete = unpacked(data, into, most)
        except Refused:
            complete = False
        assert {path.name for path in Path(folder).iterdir()} == {"into"}
        assert sum(len(content) for content in tree(into).values()) <= most
        assert not complete or (into / "result.json").is_file()


@given(st.binary(max_size=4096))
def test_any_bytes(data: bytes) -> None:
    judged(data)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=64))
def test_any_damage(place: int, damage: bytes) -> None:
    judged(WHOLE[:place] + damage + WHOLE[place + len(damage) :])


FIELDS: dict[str, Callable[[tarfile.TarInfo, int], None]] = {
    "size": lambda info, value: setattr(info, "size", value),
    "mode": lambda info, value: setattr(info, "mode", value),
    "mtime": lambda info, value: setattr(info, "mtime", value),
}


@given(
    st.text(max_size=300),
    st.sampled_from([bytes([code]) for code in range(32, 127)]),
    st.sampled_from(sorted(FIELDS)),
    st.integers(0, 1 << 40),
    st.integers(0, 2000),
)
def test_any_member(name: str, kind: bytes, field: str, value: int, most: int) -> None:
    info = tarfile.TarInfo("out/" + name)
    info.type = kind
    FIELDS[field](info, value)
    header = info.tobuf(tarfile.GNU_FORMAT, errors="replace")
    judged(header + bytes(2048) + archive(RESULT), most)

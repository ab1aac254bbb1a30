"""Bundles that nobody should take: each is refused with words, in time, and leaves nothing."""

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.git.repository import GitCode
from tests.integration.git.conftest import MESSAGE, REPO, Agent, Origin, git

Forge = Callable[[Agent], Path]
FILE = ("100644", b"x\n")


def honest(agent: Agent) -> bytes:
    agent.write({"b.txt": "two\n"})
    return agent.bundle().read_bytes()


def raw(change: Callable[[bytes], bytes]) -> Forge:
    """An honest bundle whose bytes were changed."""

    def forge(agent: Agent) -> Path:
        path = agent.bundles / "raw"
        path.write_bytes(change(honest(agent)))
        return path

    return forge


def tree(entries: dict[bytes, tuple[str, bytes]]) -> Forge:
    """A bundle whose last commit has a tree of any shape."""

    def forge(agent: Agent) -> Path:
        agent.commit(agent.tree(entries), "base")
        return agent.bundle("base..work")

    return forge


def orphan(agent: Agent) -> Path:
    agent.commit(agent.tree({b"b": FILE}))
    return agent.bundle("work")


def stale(agent: Agent) -> Path:
    """It ends in the parent's parent."""
    return agent.bundle("base")


def unknown_ground(agent: Agent) -> Path:
    ground = agent.commit(agent.tree({b"b": FILE}))
    agent.commit(agent.tree({b"c": FILE}), ground)
    return agent.bundle(f"{ground}..work")


def nothing_new(agent: Agent) -> Path:
    agent.write({"b": "1"})
    (agent.home / "b").unlink()
    agent.write({})
    return agent.bundle()


def two_heads(agent: Agent) -> Path:
    first = agent.write({"b": "1"})
    agent.write({"c": "2"})
    git(agent.home, "branch", "other", first)
    return agent.bundle("base..work", "base..other")


def a_tag(agent: Agent) -> Path:
    agent.write({"b": "1"})
    git(agent.home, "tag", "-a", "-m", "Tag", "v1")
    return agent.bundle("base..v1")


def a_tree_for_a_head(agent: Agent) -> Path:
    data = honest(agent)
    commit = git(agent.home, "rev-parse", "HEAD").encode()
    inner = git(agent.home, "rev-parse", "HEAD^{tree}").encode()
    path = agent.bundles / "raw"
    path.write_bytes(data.replace(commit, inner, 1))
    return path


def missing_blob(agent: Agent) -> Path:
    listed = f"100644 blob {'b' * 40}\tb.txt\n".encode()
    made = git(agent.home, "mktree", "--missing", stdin=listed)
    commit = agent.commit(made, "base")
    pack = agent.bundles / "p"
    asked = f"{commit}\n{made}\n".encode()
    name = git(agent.home, "pack-objects", "--quiet", str(pack), stdin=asked)
    base = git(agent.home, "rev-parse", "base")
    path = agent.bundles / "raw"
    packed = (agent.bundles / f"p-{name}.pack").read_bytes()
    path.write_bytes(f"# v2 git bundle\n-{base}\n{commit} HEAD\n\n".encode() + packed)
    return path


def commit_text(text: bytes) -> Forge:
    """A commit object whose bytes nobody would write."""

    def forge(agent: Agent) -> Path:
        base = git(agent.home, "rev-parse", "base").encode()
        content = text.replace(b"TREE", agent.tree({b"b": FILE}).encode()).replace(b"BASE", base)
        write = ("hash-object", "-w", "-t", "commit", "--literally", "--stdin")
        commit = git(agent.home, *write, stdin=content)
        (agent.home / ".git/refs/heads/work").write_text(commit + "\n")
        return agent.bundle("base..work")

    return forge


def not_a_file(make: Callable[[Path], None]) -> Forge:
    def forge(agent: Agent) -> Path:
        path = agent.bundles / "odd"
        make(path)
        return path

    return forge


def linked(agent: Agent) -> Path:
    (agent.bundles / "real").write_bytes(honest(agent))
    (agent.bundles / "link").symlink_to("real")
    return agent.bundles / "link"


def too_large(agent: Agent) -> Path:
    agent.write({"noise": os.urandom(2_100_000)})
    return agent.bundle()


def bomb(agent: Agent) -> Path:
    """A pack whose one object claims far more than it has."""
    header = bytearray([0b1011_0000])
    size = 1 << 45
    while size:
        header.append((size & 0x7F) | (0x80 if size >> 7 else 0))
        size >>= 7
    body = b"PACK\0\0\0\2\0\0\0\1" + bytes(header) + zlib.compress(b"x" * 1_000_000)
    path = agent.bundles / "raw"
    base = git(agent.home, "rev-parse", "base")
    path.write_bytes(f"# v2 git bundle\n-{base}\n{'c' * 40} HEAD\n\n".encode() + body + b"\0" * 20)
    return path


MODULES = b'[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'
WHO = b"x <x@y.z> 1700000000 +0000"
FORGED: dict[str, tuple[Forge, str]] = {
    "nothing there": (lambda agent: agent.bundles / "none", "can't be read"),
    "an empty file": (raw(lambda _: b""), "not a git bundle"),
    "garbage": (raw(lambda _: os.urandom(5000)), "not a git bundle"),
    "a shell script": (raw(lambda _: b"#!/bin/sh\nrm -rf /\n\n"), "not a git bundle"),
    "a header without end": (raw(lambda _: b"# v2 git bundle\n" + b"x" * 200_000), "not a git"),
    "a header and no pack": (raw(lambda d: d[: d.index(b"\n\n") + 2]), "can't be taken"),
    "a pack cut short": (raw(lambda d: d[:-30]), "can't be taken"),
    "a flipped bit": (raw(lambda d: d[:-40] + bytes([d[-40] ^ 1]) + d[-39:]), "can't be taken"),
    "bytes after the pack": (raw(lambda d: d + b"x" * 5000), "can't be taken"),
    "a later version": (raw(lambda d: d.replace(b"v2", b"v4", 1)), "not a git bundle"),
    "a filter": (
        raw(lambda d: d.replace(b"# v2 git bundle\n", b"# v3 git bundle\n@filter=blob:none\n", 1)),
        "not understood",
    ),
    "another hash": (
        raw(lambda d: d.replace(b"# v2 git bundle\n", b"# v3 git bundle\n@object-format=sha256\n")),
        "not understood",
    ),
    "no head": (raw(lambda d: d.replace(b"HEAD", b"HAED", 1)), "not understood"),
    "a ref with a space": (raw(lambda d: d.replace(b" HEAD", b" refs/a b", 1)), "not understood"),
    "an option for a ref": (raw(lambda d: d.replace(b" HEAD", b" --all", 1)), "not understood"),
    "a head that it has not": (
        raw(lambda d: d.replace(d[d.index(b" HEAD") - 40 : d.index(b" HEAD")], b"d" * 40, 1)),
        "can't be taken",
    ),
    "two heads": (two_heads, "one commit, not in 2"),
    "a tag for a head": (a_tag, "can't be taken"),
    "a tree for a head": (a_tree_for_a_head, "can't be taken"),
    "no common history": (orphan, "can't be taken"),
    "ground that nobody knows": (unknown_ground, "nobody knows"),
    "no new commit": (stale, "no new commit"),
    "changes that cancel out": (nothing_new, "changes no file"),
    "a missing file": (missing_blob, "can't be taken"),
    "a symbolic link": (linked, "can't be read"),
    "a folder": (not_a_file(Path.mkdir), "regular file"),
    "a pipe": (not_a_file(os.mkfifo), "regular file"),
    "too large": (too_large, "larger than 2000000 bytes"),
    "an object of 32 TB": (bomb, "can't be taken"),
    "a .git folder": (tree({b".git/config": FILE}), "can't be taken"),
    "a .GIT folder": (tree({b".GIT/config": FILE}), "can't be taken"),
    "git's short name": (tree({b"git~1/config": FILE}), "can't be taken"),
    "git's name on HFS": (tree({b".g\xe2\x80\x8cit/config": FILE}), "can't be taken"),
    "a way up": (tree({b"../evil": FILE}), "can't be taken"),
    "a dot": (tree({b"./evil": FILE}), "can't be taken"),
    "one name twice": (tree({b"b": FILE, b"b/c": FILE}), "can't be taken"),
    "a submodule that calls": (tree({b".gitmodules": ("100644", MODULES)}), "can't be taken"),
    "a linked .gitmodules": (tree({b".gitmodules": ("120000", b"b")}), "can't be taken"),
    "a commit without author": (
        commit_text(b"tree TREE\nparent BASE\ncommitter " + WHO + b"\n\nx"),
        "can't be taken",
    ),
    "a commit without a date": (
        commit_text(b"tree TREE\nparent BASE\nauthor x <x>\ncommitter x <x>\n\nx"),
        "can't be taken",
    ),
    "a commit with a NUL": (
        commit_text(
            b"tree TREE\nparent BASE\nauthor " + WHO + b"\0\ncommitter " + WHO + b"\n\nx",
        ),
        "can't be taken",
    ),
}


@pytest.mark.parametrize(("forge", "says"), FORGED.values(), ids=list(FORGED))
async def test_it_is_refused(
    forge: Forge, says: str, code: GitCode, origin: Origin, agent: Agent
) -> None:
    work = forge(agent)
    mirror = code._mirrors.path(REPO)
    before = sorted(mirror.rglob("*"))
    with pytest.raises(ValueError, match=says) as caught:
        await code.take(REPO, work, origin.base, MESSAGE)
    assert type(caught.value) is ValueError
    assert sorted(mirror.rglob("*")) == before

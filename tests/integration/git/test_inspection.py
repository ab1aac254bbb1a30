"""Commits that git finds sound, and an agent may not make all the same."""

import re
from collections.abc import Callable

import pytest

from app.git.repository import GitCode
from tests.integration.git.conftest import (
    BRANCH,
    ISSUE,
    REPO,
    Agent,
    Entry,
    Origin,
    git,
    verdict,
)

FILE: Entry = ("100644", b"x\n")
PERSON = "only people change them"
SHORT = "name that stands for it"


def token(*parts: str) -> bytes:
    """Put together here, so that no scanner stumbles over this file."""
    return "".join(parts).encode()


JWT = token("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "c2lnbmF0dXJl")
PEM = token("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n")

# path, mode, content; and the reason that is told ("" if there is none)
ADDED: dict[str, tuple[bytes, Entry, str]] = {
    "a file": (b"src/new.py", FILE, ""),
    "a file that can be executed": (b"run.sh", ("100755", b"#!/bin/sh\n"), ""),
    "a dotfile": (b".gitignore", FILE, ""),
    "a name like git's": (b"git/.gitkeep", FILE, ""),
    "a name with a tilde": (b"notes~1.txt", FILE, ""),
    "a folder like .github": (b".github-tools/x", FILE, ""),
    "a .github further down": (b"docs/.github/x", FILE, ""),
    "letters of the world": ("grüße/日本.txt".encode(), FILE, ""),
    "a new workflow": (b".github/workflows/evil.yml", FILE, PERSON),
    "any file of .github": (b".github/CODEOWNERS", FILE, PERSON),
    "a file called .github": (b".github", FILE, PERSON),
    "in capitals": (b".GITHUB/workflows/evil.yml", FILE, PERSON),
    "with a dot behind": (b".github./workflows/evil.yml", FILE, PERSON),
    "with a space behind": (b".github /workflows/evil.yml", FILE, PERSON),
    "with an ignored character": (".git\u200bhub/workflows/e.yml".encode(), FILE, PERSON),
    "with another ignored one": (".gith\ufeffub/workflows/e.yml".encode(), FILE, PERSON),
    "with a wide letter": (".gith\uff55b/workflows/e.yml".encode(), FILE, PERSON),
    "with a dotless letter": (".g\u0131thub/workflows/e.yml".encode(), FILE, PERSON),
    "with a dotted letter": (".G\u0130THUB/workflows/e.yml".encode(), FILE, PERSON),
    "with an accent": (".github\u0301/workflows/e.yml".encode(), FILE, PERSON),
    "by its short name": (b"GITHUB~1/workflows/evil.yml", FILE, PERSON),
    "by its hashed short name": (b"GI3B4C~1/workflows/evil.yml", FILE, PERSON),
    "as a stream": (b".github::$INDEX_ALLOCATION/workflows/e.yml", FILE, PERSON),
    "with backslashes": (b".github\\workflows\\evil.yml", FILE, PERSON),
    "who reviews": (b"CODEOWNERS", FILE, "Only people change"),
    "who reviews, in docs": (b"docs/CODEOWNERS", FILE, "Only people change"),
    **{
        f"another CI's: {name}": (name.encode(), FILE, "only people change it")
        for name in (
            *(".circleci/config.yml", ".CircleCI/x", "Jenkinsfile", "ci/Jenkinsfile.deploy"),
            *(".travis.yml", ".gitlab-ci.yml", ".gitlab/ci/x.yml", "azure-pipelines-nightly.yml"),
            *(
                ".azure/azure-pipelines.yaml",
                ".buildkite/pipeline.yml",
                ".drone.yml",
                ".drone.star",
            ),
            *("bitbucket-pipelines.yml", ".woodpecker.yml", ".woodpecker/a.yml", ".tekton/a.yaml"),
            *(".gitea/workflows/x.yml", ".forgejo/workflows/x.yml", ".cirrus.yml", "appveyor.yml"),
            *(".semaphore/semaphore.yml", "cloudbuild.yaml", "buildspec.yml", "sub/.gitlab-ci.yml"),
        )
    },
    "names like another CI's": (b"docs/jenkins.md", FILE, ""),
    "a folder like another CI's": (b"docs/.circleci.md", FILE, ""),
    "what it was made from": (b".copier-answers.yml", FILE, "template"),
    "what it was made from, in capitals": (b".Copier-Answers.yml", FILE, "template"),
    "our own configuration": (b"orchestrator.yml", FILE, "Only people change"),
    "submodules": (b".gitmodules", ("100644", b'[submodule "a"]\n'), "Submodules"),
    "a submodule": (b"lib", ("160000", b"c" * 40), "Submodules"),
    "a link": (b"link", ("120000", b"a.txt"), "Symbolic links"),
    "a link out": (b"link", ("120000", b"../../etc/passwd"), "Symbolic links"),
    "a link to .github": (b"src", ("120000", b".github"), "Symbolic links"),
    "a short name for git": (b"dir/gitmod~1", FILE, SHORT),
    "a name that is not UTF-8": (b"caf\xe9.txt", FILE, "not valid UTF-8"),
    "a new line": (b"a\nb.txt", FILE, "control characters"),
    "an escape": (b"a\x1b[2Jb.txt", FILE, "control characters"),
    "letters that run backwards": ("a\u202etxt.exe".encode(), FILE, "control characters"),
    "a colon": (b"a:b", FILE, "backslash or a colon"),
    "a backslash": (b"a\\..\\b", FILE, "backslash or a colon"),
    "a long name": (b"x" * 256, FILE, "too long"),
    "a long path": (b"/".join([b"x" * 200] * 6), FILE, "too long"),
    "a large file": (b"big", ("100644", b"x" * 10_001), "10001 bytes, more than 10000"),
    "the largest file": (b"big", ("100644", b"x" * 10_000), ""),
    "zeros without end": (b"zeros", ("100644", b"\0" * 60_000_000), "more than 10000"),
    "an AWS key": (b"k", ("100644", token("id = AKIA", "Z2" * 8)), "Line 1 .*AWS"),
    "an AWS key of the manuals": (b"k", ("100644", token("AKIA", "IOSFODNN7EXAMPLE")), ""),
    "a GitHub token": (b"k", ("100644", b"\n\n" + token("ghp_", "a1" * 18)), "Line 3 .*GitHub"),
    "a fine-grained token": (b"k", ("100644", token("github_pat_", "a1" * 30)), "GitHub"),
    "a private key": (b"k", ("100644", PEM), "Line 1 .*Private Key"),
    "a Slack token": (b"k", ("100644", token("xoxb-", "1234567-1234567-ab12")), "Slack"),
    "a Stripe key": (b"k", ("100644", token("sk_live_", "a1" * 12)), "Stripe"),
    "a Stripe key for tests": (b"k", ("100644", token("sk_test_", "a1" * 12)), ""),
    "a JSON web token": (b"k", ("100644", JWT), "JSON Web Token"),
    "an Anthropic key": (b"k", ("100644", token("sk-ant-", "a1" * 20)), "Anthropic"),
    "a key in UTF-16": (b"k", ("100644", PEM.decode().encode("utf-16")), "Private Key"),
    "a key on a long line": (b"k", ("100644", b"x" * 5000 + token("ghp_", "a1" * 18)), "GitHub"),
    "a lock file": (
        b"package-lock.json",
        ("100644", b'"integrity": "sha512-' + b"Zm9vYmFy" * 11 + b'=="\n' * 90),
        "",
    ),
}


@pytest.mark.parametrize(("path", "entry", "says"), ADDED.values(), ids=list(ADDED))
async def test_what_is_added(
    path: bytes, entry: Entry, says: str, code: GitCode, origin: Origin, agent: Agent
) -> None:
    kept: dict[bytes, Entry] = {
        b"a.txt": ("100644", b"one\n"),
        b"old.txt": ("100644", b"old\n"),
        b".github/workflows/ci.yml": ("100644", b"on: push\n"),
    }
    if path in (b".github", b"src"):
        del kept[b".github/workflows/ci.yml"]
    agent.commit(agent.tree({**kept, path: entry}), "base")
    _, violations = await verdict(code, origin, agent.bundle("base..work"))
    if not says:
        assert violations == ()
        return
    reasons = [violation.reason for violation in violations]
    assert reasons
    assert any(re.search(says, reason) for reason in reasons), reasons
    assert all(violation.path.isprintable() for violation in violations)


Change = Callable[[Agent], None]


def removed(*names: str) -> Change:
    def change(agent: Agent) -> None:
        git(agent.home, "rm", "--quiet", "-r", *names)
        agent.write({})

    return change


def moved(old: str, new: str) -> Change:
    def change(agent: Agent) -> None:
        (agent.home / new).parent.mkdir(parents=True, exist_ok=True)
        git(agent.home, "mv", old, new)
        agent.write({})

    return change


def written(files: dict[str, str | bytes]) -> Change:
    def change(agent: Agent) -> None:
        agent.write(files)

    return change


def became_executable(agent: Agent) -> None:
    (agent.home / ".github/workflows/ci.yml").chmod(0o755)
    agent.write({})


def linked(agent: Agent) -> None:
    (agent.home / "a.txt").unlink()
    (agent.home / "a.txt").symlink_to("/etc/passwd")
    agent.write({})


def hidden_and_back(agent: Agent) -> None:
    """What is gone again in the end does not count: only the tree is taken."""
    agent.write({".github/workflows/evil.yml": "x", "b": "1"})
    (agent.home / ".github/workflows/evil.yml").unlink()
    agent.write({})


CHANGED: dict[str, tuple[Change, tuple[str, ...]]] = {
    "a file": (written({"a.txt": "two\n"}), ()),
    "a file removed": (removed("a.txt"), ()),
    "a file moved": (moved("a.txt", "sub/b.txt"), ()),
    "a workflow": (written({".github/workflows/ci.yml": "x"}), (".github/workflows/ci.yml",)),
    "a workflow removed": (removed(".github/workflows/ci.yml"), (".github/workflows/ci.yml",)),
    "a workflow moved out": (
        moved(".github/workflows/ci.yml", "ci.yml"),
        (".github/workflows/ci.yml",),
    ),
    "a file moved in": (moved("a.txt", ".github/a.txt"), (".github/a.txt",)),
    "a workflow's mode": (became_executable, (".github/workflows/ci.yml",)),
    "a file into a link": (linked, ("a.txt",)),
    "a file into a folder": (written({"b": "1"}), ()),
    "a workflow there and gone": (hidden_and_back, ()),
    "too many files": (written({f"f{n}": "x" for n in range(51)}), ("(all files)",)),
    "as many files as may be": (written({f"f{n}": "x" for n in range(50)}), ()),
    "too much in all": (written({f"f{n}": f"{n:09999}" for n in range(4)}), ("(all files)",)),
    "several at once": (
        written({".github/x": "1", "CODEOWNERS": "2", "ok": "3"}),
        (".github/x", "CODEOWNERS"),
    ),
}


@pytest.mark.parametrize(("change", "paths"), CHANGED.values(), ids=list(CHANGED))
async def test_what_is_changed(
    change: Change, paths: tuple[str, ...], code: GitCode, origin: Origin, agent: Agent
) -> None:
    change(agent)
    _, violations = await verdict(code, origin, agent.bundle())
    assert tuple(violation.path for violation in violations) == paths


async def test_secrets_that_were_there_before_are_not_the_agents(
    code: GitCode, origin: Origin, agent: Agent
) -> None:
    secret = token("ghp_", "a1" * 18).decode()
    origin.commit({"config.py": f"A = 1\nTOKEN = '{secret}'\n"})
    base = (await code.heads(ISSUE, BRANCH, "main", ISSUE.key)).base
    git(agent.home, "fetch", "--quiet", str(origin.bare), base)
    git(agent.home, "reset", "--quiet", "--hard", base)
    agent.write({"config.py": f"A = 2\nTOKEN = '{secret}'\n"})
    git(agent.home, "mv", "config.py", "settings.py")
    agent.write({})
    sha = await code.take(REPO, agent.bundle(f"{base}..HEAD"), base, "Edit")
    assert await code.inspect(REPO, base, sha) == ()
    agent.write({"settings.py": f"A = 2\nTOKEN = '{secret}'\nOTHER = '{secret}'\n"})
    sha = await code.take(REPO, agent.bundle(f"{base}..HEAD"), base, "Edit")
    (violation,) = await code.inspect(REPO, base, sha)
    assert secret not in violation.reason


async def test_a_tree_without_end_is_not_walked(
    code: GitCode, origin: Origin, agent: Agent
) -> None:
    """Ten folders in each of ten folders, forty deep: 10^40 paths in 41 objects."""
    tree = agent.tree({b"f": FILE})
    for _ in range(40):
        lines = "".join(f"040000 tree {tree}\td{n}\0" for n in range(10))
        tree = git(agent.home, "mktree", "-z", stdin=lines.encode())
    agent.commit(tree, "base")
    _, violations = await verdict(code, origin, agent.bundle("base..work"))
    assert "too deep to list" in violations[0].reason

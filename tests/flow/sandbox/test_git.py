"""git over HTTP: the real git against the real server, with the token's rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.sandbox.conftest import Hub


def _clone(hub: Hub, token: str | None = None, repo: str = "web") -> tuple[int, str]:
    done = hub.git("clone", "-q", hub.remote(token, repo), f"clone-{repo}", check=False)
    return done.returncode, done.stderr


def test_clone_and_push(hub: Hub) -> None:
    sha = hub.branch("feature")
    assert hub.sandbox.branches("web")["feature"] == sha
    assert {record.service for record in hub.sandbox.git_requests} == {"fetch", "push"}


@pytest.mark.parametrize("version", [0, 1, 2])
def test_protocol_versions(hub: Hub, version: int) -> None:
    done = hub.git("-c", f"protocol.version={version}", "ls-remote", hub.remote())
    assert "refs/heads/main" in done.stdout


def test_a_shallow_clone_and_a_big_chunked_push(hub: Hub) -> None:
    work = hub.folder / "shallow"
    hub.git("clone", "-q", "--depth", "1", hub.remote(), str(work))
    (work / "big.txt").write_text("".join(f"{n * n}\n" for n in range(200_000)))
    hub.git("add", ".", at=work)
    hub.git("commit", "-q", "-m", "Big", at=work)
    hub.git("-c", "http.postBuffer=1000", "push", "-q", "origin", "HEAD:big", at=work)
    assert "big" in hub.sandbox.branches("web")


@pytest.mark.parametrize(
    ("permissions", "repo", "words"),
    [
        ({"issues": "write"}, "web", "403"),
        ({"contents": "read"}, "nowhere", "not found"),
    ],
    ids=["no-contents", "no-such-repository"],
)
def test_clone_is_refused(hub: Hub, permissions: dict[str, str], repo: str, words: str) -> None:
    code, said = _clone(hub, hub.token(permissions=permissions), repo)
    assert code
    assert words in said


def test_a_narrowed_token_finds_nothing_elsewhere(hub: Hub) -> None:
    hub.sandbox.create_repository("other")
    _, said = _clone(hub, hub.token(repositories=["other"]))
    assert "not found" in said


def test_bad_credentials(hub: Hub) -> None:
    code, said = _clone(hub, "ghs_nothing")
    assert code
    assert "Authentication failed" in said


def test_public_is_readable_by_all(hub: Hub) -> None:
    hub.sandbox.create_repository("open", private=False)
    hub.git("clone", "-q", f"{hub.sandbox.url}/acme/open.git", "anonymous")
    assert (hub.folder / "anonymous" / "README.md").exists()


def test_reading_is_not_pushing(hub: Hub) -> None:
    token = hub.token(permissions={"contents": "read"})
    hub.git("clone", "-q", hub.remote(token), "reader")
    done = hub.git("push", "-q", "origin", "HEAD:x", at=hub.folder / "reader", check=False)
    assert "403" in done.stderr
    assert "x" not in hub.sandbox.branches("web")


@pytest.mark.parametrize("deep", [False, True], ids=["last-commit", "commit-before"])
def test_workflow_files_need_their_own_permission(hub: Hub, deep: bool) -> None:
    work = hub.folder / "work"
    hub.git("clone", "-q", hub.remote(), str(work))
    path = work / ".github" / "workflows" / "ci.yml"
    path.parent.mkdir(parents=True)
    path.write_text("on: push\n")
    hub.git("add", ".", at=work)
    hub.git("commit", "-q", "-m", "Add a workflow", at=work)
    if deep:
        hub.git("rm", "-q", str(path), at=work)
        hub.git("commit", "-q", "-m", "Hide it again", at=work)
    done = hub.git("push", "-q", "origin", "HEAD:ci", at=work, check=False)
    assert (
        "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` "
        "without `workflows` permission"
    ) in done.stderr
    assert "ci" not in hub.sandbox.branches("web")
    hub.git("push", "-q", hub.remote(hub.sandbox.person_token("ann")), "HEAD:ci", at=work)
    assert "ci" in hub.sandbox.branches("web")


def test_deleting_and_forcing(hub: Hub) -> None:
    hub.branch("feature")
    work = hub.folder / "work-feature"
    hub.git("commit", "-q", "--amend", "-m", "Other", at=work)
    assert hub.git("push", "-q", at=work, check=False).returncode
    hub.git("push", "-q", "--force", at=work)
    hub.git("push", "-q", "--delete", "origin", "feature", at=work)
    assert "feature" not in hub.sandbox.branches("web")


def test_a_repository_can_come_from_a_folder(hub: Hub, tmp_path: Path) -> None:
    source = tmp_path / "source"
    hub.git("init", "-q", "-b", "trunk", str(source))
    (source / "app.py").write_text("print(1)\n")
    hub.git("add", ".", at=source)
    hub.git("commit", "-q", "-m", "Start", at=source)
    repo = hub.sandbox.create_repository("app", source=source)
    head = hub.git("rev-parse", "HEAD", at=source).stdout.strip()
    assert (repo.default_branch, repo.branches) == ("main", {"main": head})


def test_write_file_is_a_commit_of_that_person(hub: Hub) -> None:
    sha = hub.sandbox.write_file("web", "docs/ä b.md", "hello\n", by="ann", message="Say it")
    assert hub.sandbox.branches("web")["main"] == sha
    hub.git("clone", "-q", hub.remote(), "look")
    shown = hub.git("log", "-1", "--format=%an %s", at=hub.folder / "look").stdout
    assert shown == "ann Say it\n"
    assert (hub.folder / "look" / "docs" / "ä b.md").read_text() == "hello\n"

"""Pages of a repository's code: its front, folders, files, commits."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app.sandbox import git
from app.sandbox.pages import find, tree, words
from app.sandbox.pages.find import Missing
from app.sandbox.pages.markdown import document
from app.sandbox.pages.view import View
from app.sandbox.state import CheckRun, Repository

_MAX_SHOWN = 300_000


def front(view: View, request: Request) -> Response:
    """The organisation: its repositories, and what moved last."""
    state = view.source.state()
    repos = sorted(state.repositories.values(), key=lambda repo: repo.updated_at, reverse=True)
    moved = sorted(
        ((issue, repo) for repo in repos for issue in repo.issues.values()),
        key=lambda pair: (pair[0].updated_at, pair[0].number),
        reverse=True,
    )
    return view.show(request, "front.html", state, repos=repos, moved=moved[:8])


def repository(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    if repo.head_sha is None:
        return view.show(request, "folder.html", state, repo=repo, ref=repo.default_branch, sha="",
                         folder="", entries=(), commits=(), readme=None, checks=())  # fmt: skip
    return _folder(view, request, repo, (repo.default_branch, repo.head_sha, ""))


def folder(view: View, request: Request) -> Response:
    repo = find.repository(request, view.source.state())
    return _folder(view, request, repo, find.split_ref(repo, request.path_params["rest"]))


def _folder(view: View, request: Request, repo: Repository, at: tuple[str, str, str]) -> Response:
    ref, sha, path = at
    entries = tree.entries(repo.path, sha, path)
    if entries is None:
        raise Missing(f"{ref} has no folder {path[:80]}.")
    name = next((e.name for e in entries if e.name.lower() == "readme.md"), None)
    return view.show(
        request, "folder.html", view.source.state(), repo=repo, ref=ref, sha=sha, folder=path,
        entries=entries, commits=tree.commits(repo.path, sha)[:6],
        readme=_readme(repo, at, name) if name else None, checks=checks_of(repo, sha),
    )  # fmt: skip


def _readme(repo: Repository, at: tuple[str, str, str], name: str) -> Markup | None:
    ref, sha, path = at
    found = git.blob(repo.path, sha, f"{path}/{name}" if path else name)
    return _document(repo, ref, path, found[1]) if found else None


def _document(repo: Repository, ref: str, folder: str, content: bytes) -> Markup:
    home = f"/{repo.full_name}/blob/{quote(ref)}/{quote(folder)}".rstrip("/") + "/"
    return document(content.decode(errors="replace"), find.text_context(repo, home))


def file(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    ref, sha, path = find.split_ref(repo, request.path_params["rest"])
    found = git.blob(repo.path, sha, path) if path else None
    if found is None:
        if tree.entries(repo.path, sha, path) is not None:
            return _folder(view, request, repo, (ref, sha, path))
        raise Missing(f"{ref} has no file {path[:80]}.")
    content = found[1]
    binary = b"\0" in content[:8000]
    text = "" if binary else content[:_MAX_SHOWN].decode(errors="replace")
    is_markdown = path.lower().endswith((".md", ".markdown")) and not binary
    rendered = _document(repo, ref, path.rpartition("/")[0], content) if is_markdown else None
    return view.show(
        request, "file.html", state, repo=repo, ref=ref, sha=sha, path=path, size=len(content),
        binary=binary, cut=len(content) > _MAX_SHOWN, rendered=rendered,
        lines=text.removesuffix("\n").split("\n"),
    )  # fmt: skip


def commits(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    ref, sha, _ = find.split_ref(repo, request.path_params["rest"])
    found = tree.commits(repo.path, sha)
    marks = {c.sha: words.verdict(checks_of(repo, c.sha)) for c in found}
    return view.show(request, "commits.html", state, repo=repo, ref=ref, commits=found, marks=marks)


def commit(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    said = request.path_params["sha"]
    sha = find.commit(repo, said)
    found = tree.commits(repo.path, sha, 1) if sha else ()
    if not sha or not found:
        raise Missing(f"{repo.full_name} has no commit {said[:40]}.")
    return view.show(
        request, "commit.html", state, repo=repo, commit=found[0], checks=checks_of(repo, sha),
        diff=tree.of_commit(repo.path, sha),
        branches=[name for name, tip in repo.branches.items() if tip == sha],
    )  # fmt: skip


def checks_of(repo: Repository, sha: str) -> list[CheckRun]:
    return repo.checks_of(sha)

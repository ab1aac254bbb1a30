"""Reading refs, commits, files and check runs; nothing is changed."""

from __future__ import annotations

from typing import Any

from app.sandbox import git
from app.sandbox.clock import stamp, stamp_or_none
from app.sandbox.graph.context import (
    GitNode,
    InRepo,
    RefNode,
    RepositoryNode,
    SuiteNode,
    Table,
    ref_node,
)
from app.sandbox.graph.pages import Page, paginate
from app.sandbox.ids import node_id
from app.sandbox.rest.repositories import commit_of
from app.sandbox.rules import suites
from app.sandbox.shapes.accounts import ACTIONS_APP_ID
from app.sandbox.shapes.pulls import check_page
from app.sandbox.shapes.repositories import page_url


def find_ref(node: RepositoryNode, info: Any, qualifiedName: str) -> RefNode | None:  # noqa: N803 - GitHub's
    info.context.need(node.repo, ("contents", "read"))
    names = (qualifiedName, f"refs/heads/{qualifiedName}", f"refs/tags/{qualifiedName}")
    return next((ref for name in names if (ref := ref_node(node.repo, name))), None)


def find_object(
    node: RepositoryNode, info: Any, expression: str | None = None, oid: str | None = None
) -> GitNode | None:
    repo = node.repo
    info.context.need(repo, ("contents", "read"))
    name, colon, path = (expression or "").partition(":")
    if oid is not None or not colon:
        sha = commit_of(repo, oid or name) if (oid or name) else None
        return GitNode("Commit", repo, sha) if sha else None
    sha = commit_of(repo, name)
    if sha is None:
        return None
    found = git.blob(repo.path, sha, path) if path else None
    if found:
        return GitNode("Blob", repo, found[0], found[1])
    tree = git.tree(repo.path, sha, path)
    return GitNode("Tree", repo, tree) if tree else None


REF: Table = {
    "id": lambda n, _: node_id("REF", n.ref, n.repo.id),
    "name": lambda n, _: n.ref.split("/", 2)[2],
    "prefix": lambda n, _: "/".join(n.ref.split("/", 2)[:2]) + "/",
    "target": lambda n, _: GitNode("Commit", n.repo, n.sha),
}
GIT: Table = {
    "id": lambda n, _: node_id(n.typename[0], n.oid, n.repo.id),
    "oid": lambda n, _: n.oid,
    "abbreviatedOid": lambda n, _: n.oid[:7],
}


def _text(node: GitNode, _info: Any) -> str | None:
    return None if b"\0" in node.content else node.content.decode(errors="replace")


BLOB: Table = GIT | {
    "text": _text,
    "byteSize": lambda n, _: len(n.content),
    "isBinary": lambda n, _: b"\0" in n.content,
    "isTruncated": lambda _n, _: False,
}


def _suites(node: GitNode, info: Any, **args: Any) -> Page:
    repo = node.repo
    info.context.need(repo, ("checks", "read"))
    filters = args.get("filterBy") or {}
    name, app = filters.get("checkName"), filters.get("appId")
    found = [
        SuiteNode(repo, suite, tuple(repo.check_runs[key] for key in suite.checks))
        for suite in suites.of_commit(repo, node.oid)
        if app in {None, ACTIONS_APP_ID if suite.by_actions else info.context.state.app.id}
        and (name is None or any(repo.check_runs[key].name == name for key in suite.checks))
    ]
    return paginate("checkSuites", found, args, key=lambda node: (node.suite.id,),
                    wrap=lambda node: node)  # fmt: skip


COMMIT: Table = GIT | {
    "message": lambda n, _: git.commit(n.repo.path, n.oid).message,
    "messageHeadline": lambda n, _: git.commit(n.repo.path, n.oid).message.split("\n")[0],
    "committedDate": lambda n, _: stamp(git.commit(n.repo.path, n.oid).when),
    "url": lambda n, info: f"{page_url(info.context.site, n.repo)}/commit/{n.oid}",
    "checkSuites": _suites,
}


def _runs(node: SuiteNode, _info: Any, **args: Any) -> Page:
    filters = args.get("filterBy") or {}
    name, status = filters.get("checkName"), filters.get("status")
    found = [
        run
        for run in node.runs
        if name in {None, run.name} and status in {None, run.status.upper()}
    ]
    return paginate("checkRuns", found, args, key=lambda run: (run.id,),
                    wrap=lambda run: InRepo("CheckRun", node.repo, run))  # fmt: skip


SUITE: Table = {
    "id": lambda n, _: node_id("CS", n.suite.id, n.repo.id),
    "databaseId": lambda n, _: n.suite.id,
    "status": lambda n, _: n.suite.status.upper(),
    "conclusion": lambda n, _: n.suite.conclusion.upper() if n.suite.conclusion else None,
    "checkRuns": _runs,
}
RUN: Table = {
    "id": lambda n, _: n.value.node_id,
    "databaseId": lambda n, _: n.value.id,
    "name": lambda n, _: n.value.name,
    "status": lambda n, _: n.value.status.upper(),
    "conclusion": lambda n, _: n.value.conclusion.upper() if n.value.conclusion else None,
    "startedAt": lambda n, _: stamp_or_none(n.value.started_at),
    "completedAt": lambda n, _: stamp_or_none(n.value.completed_at),
    "detailsUrl": lambda n, _: n.value.details_url,
    "externalId": lambda n, _: n.value.external_id,
    "title": lambda n, _: n.value.output_title,
    "summary": lambda n, _: n.value.output_summary,
    "text": lambda n, _: n.value.output_text,
    "url": lambda n, info: check_page(info.context.site, n.repo, n.value),
}

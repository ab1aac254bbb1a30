"""Pages of workflow runs: a repository's list of them, and one with its jobs, steps and logs."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.sandbox.actions.record import JobRecord, StepRecord, WorkflowRun
from app.sandbox.pages import find
from app.sandbox.pages.find import Missing
from app.sandbox.pages.markdown import comment
from app.sandbox.pages.view import View
from app.sandbox.state import Repository

_SHOWN_RUNS = 100
_SHOWN_LINES = 400
_MAX_LINE = 1000
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KIND = re.compile(r"##\[(error|warning|notice|debug|group|endgroup)\](.*)")


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts within its step; `kind` is a class of the style sheet or ""."""

    number: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """The end of a step's log; `hidden`: how many lines came before."""

    lines: Sequence[Line]
    hidden: int


def runs(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    found = sorted(repo.workflow_runs.values(), key=lambda run: -run.id)
    return view.show(request, "runs.html", state, repo=repo, found=found[:_SHOWN_RUNS],
                     total=len(found))  # fmt: skip


def run(view: View, request: Request) -> Response:
    state = view.source.state()
    repo = find.repository(request, state)
    found = _run(request, repo)
    pull = repo.issues.get(found.pull_number or 0)
    return view.show(
        request, "workflow_run.html", state, repo=repo, run=found, pull=pull, log=_log,
        jobs=_jobs(repo, found), markdown=partial(comment, context=find.text_context(repo)),
    )  # fmt: skip


def job(view: View, request: Request) -> Response:
    """A job is a part of its run's page."""
    repo = find.repository(request, view.source.state())
    found = _run(request, repo)
    said = request.path_params["job"]
    if not any(str(one.id) == said for one in _jobs(repo, found)):
        raise Missing(f"The run has no job {said[:20]}.")
    return RedirectResponse(f"/{repo.full_name}/actions/runs/{found.id}#job-{said}", 302)


def _run(request: Request, repo: Repository) -> WorkflowRun:
    said = request.path_params["number"]
    found = repo.workflow_runs.get(int(said)) if said.isdecimal() and len(said) < 20 else None
    if found is None:
        raise Missing(f"{repo.full_name} has no workflow run {said[:20]}.")
    return found


def _jobs(repo: Repository, found: WorkflowRun) -> list[JobRecord]:
    """Of the last attempt."""
    wanted = (found.id, found.run_attempt)
    return [one for one in repo.jobs.values() if (one.run_id, one.run_attempt) == wanted]


def _log(step: StepRecord) -> Log:
    kept = deque(_lines(step), maxlen=_SHOWN_LINES)
    return Log(tuple(kept), kept[0].number - 1 if kept else 0)


def _lines(step: StepRecord) -> Iterator[Line]:
    if step.log is None or not step.log.is_file():
        return
    number = 0
    inside = False
    with step.log.open(encoding="utf-8", errors="replace", newline="\n") as file:
        for raw in file:
            text = _COLOUR.sub("", raw.rstrip("\n").partition(" ")[2])[:_MAX_LINE]
            marked = _KIND.fullmatch(text)
            kind = marked[1] if marked else "within" if inside else ""
            if kind in {"group", "endgroup"}:
                inside = kind == "group"
            if kind == "endgroup":
                continue
            number += 1
            yield Line(number, kind, marked[2] if marked else text)

"""A project gets what is new in its template. It is pushed in two steps, with a right for each.

What is done before and after is what is done in any task.
"""

from pathlib import Path

from app.scaffold.recorded import ANSWERS_FILE, parse
from app.scaffold.template import digest, service
from tests.e2e.flow import Flow, unmet
from tests.e2e.founding_flow import TOOLS
from tests.flow.house import REPO, House
from tests.flow.updating import (
    MAKEFILE,
    NEW,
    PASSES,
    WORKFLOW,
    keep,
    made_project,
    older_template,
)

STEPS = ["Take up the newest template", "Take up the template's workflows and settings"]


def _source(into: Path) -> Path:
    """The same for all runs, which lie side by side."""
    house, made = into.parent, into.parents[1] / "project"
    template = into.parents[1] / "service"
    if not made.exists():
        older_template(template.parent)
        made_project(template, made)
    keep(house, template)
    return made


def _begin(home: House) -> int:
    home.sandbox.set_variable(None, "PYTHON", TOOLS["PYTHON"])  # for its CI
    return home.ask("Take up the newest template")


def _wrong(home: House, number: int) -> list[str]:
    pulls, record = home.sandbox.pull_requests(REPO), home.record(number)
    if len(pulls) != 1 or not pulls[0].merged:
        return [f"one pull request, merged: {len(pulls)}"]
    head = pulls[0].head_sha
    there = {name: home.git("show", f"{head}:{name}") for name in (MAKEFILE, WORKFLOW, NEW)}
    log = home.git("log", "--format=%s", f"{pulls[0].base_sha}..{head}").splitlines()
    held = {
        "it is of the newest version": parse(home.git("show", f"{head}:{ANSWERS_FILE}")).digest
        == digest(service()),
        "it has what is new": "## List the targets" in there[MAKEFILE]
        and not there[WORKFLOW].startswith("# Old"),
        "two commits": log == STEPS,
        "one attempt": [(a.number, a.outcome) for a in record.attempts] == [(1, "passed")],
        "one branch": set(home.sandbox.branches(REPO)) == {"main", record.branch},
        "one status comment": len(home.bot_comments(number)) == 1,
    }
    return unmet(held)


UPDATE = Flow(
    name="an update of the template",
    scenario=str(Path(__file__).parent / "update.yaml"),
    settings={"paced": False},
    config={"team": ["product-owner"], "merge": "on-green", "test": {"command": PASSES}},
    source=_source,
    begin=_begin,
    wrong=_wrong,
    within=r"[^|]*\| (run, )?updater ",
)

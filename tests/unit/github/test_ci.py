"""What is red of a commit's checks, and what of it is a change's to mend."""

from typing import Any

import pytest

from app.domain.ci import RED, CiFailure
from app.domain.ref import RepoRef
from app.github.ci import GitHubCi
from tests.unit.github.stub import StubApi

REPO = RepoRef(11, "acme", "weather", 3)
HEAD = "a" * 40
RUNS = "/repos/acme/weather/actions/runs"


def checks(ref: str) -> str:
    return f"/repos/acme/weather/commits/{ref}/check-runs"


def check(conclusion: str, *, name: str = "lint", app: str | None = "jenkins") -> dict[str, Any]:
    return {
        "id": 5, "name": name, "conclusion": conclusion, "html_url": f"https://ci.test/{name}",
        "app": {"slug": app} if app else None,
        "output": {"title": "Broken", "summary": None, "text": "line 3"},
    }  # fmt: skip


def run(conclusion: str | None, name: str | None = "ci") -> dict[str, Any]:
    path = ".github/workflows/ci.yml"
    return {"name": name, "path": path, "conclusion": conclusion, "html_url": "https://run.test"}


def stub(*head: dict[str, Any], base: tuple[Any, ...] = (), runs: tuple[Any, ...] = ()) -> StubApi:
    return StubApi(
        {
            checks(HEAD): {"check_runs": list(head)},
            checks("main"): {"check_runs": list(base)},
            RUNS: {"workflow_runs": list(runs)},
        }
    )


async def failures(api: StubApi) -> tuple[CiFailure, ...]:
    return await GitHubCi(api.as_api(), "orchestrator").failures(REPO, HEAD, "main")


@pytest.mark.parametrize("conclusion", sorted(RED))
async def test_a_failed_check_is_told(conclusion: str) -> None:
    api = stub(check(conclusion), check("success", name="test"))
    found = CiFailure("lint", "https://ci.test/lint", "Broken\nline 3")
    assert await failures(api) == (found,)
    assert found.is_ours
    assert api.names == [checks(HEAD), checks("main")]


async def test_a_check_that_is_red_on_the_base_too_is_not_the_changes() -> None:
    (found,) = await failures(stub(check("failure"), base=(check("timed_out"),)))
    assert (found.on_base, found.is_ours) == (True, False)


@pytest.mark.parametrize("app", ["orchestrator", None], ids=["our verdict", "nobody's"])
async def test_what_is_no_ci(app: str | None) -> None:
    assert await failures(stub(check("failure", app=app))) == ()


@pytest.mark.parametrize(
    ("seen", "job"),
    [
        (run("startup_failure"), "ci"),
        (run("failure", name=None), ".github/workflows/ci.yml"),
    ],
    ids=["it fails to start", "without a name"],
)
async def test_a_workflow_of_which_no_job_began(seen: dict[str, Any], job: str) -> None:
    api = stub(check("success"), runs=(run("success", "docs"), seen, run(None)))
    (found,) = await failures(api)
    assert found == CiFailure(job, "https://run.test", "", began=False)
    assert not found.is_ours
    assert api.names == [checks(HEAD), RUNS]


async def test_nothing_is_red_any_more() -> None:
    assert await failures(stub(check("success"), runs=(run("success"),))) == ()

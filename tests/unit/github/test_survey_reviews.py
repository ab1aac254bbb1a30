"""What a sweep sees of reviews: those of tasks' own pull requests, by people, since it looked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.event import Reviewed
from tests.unit.domain.make import ISSUE
from tests.unit.github.test_survey import NOW, World, page, user

Json = dict[str, Any]
AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)


def review(by: str | None = "wanda", at: str | None = "2026-03-04T05:06:00Z", **more: Any) -> Json:
    return {"submittedAt": at, "author": user(by), **more}


def pull(*reviews: Json, branch: str = "orc/issue-7", fork: bool = False) -> Json:
    return {
        "headRefName": branch, "isCrossRepository": fork, "reviews": {"nodes": [*reviews]},
    }  # fmt: skip


async def seen(*pulls: Json, clock: Any = None) -> list[tuple[int, str, datetime]]:
    world = World(pages={"weather": [page(pulls={"nodes": [*pulls]})]})
    sightings = await world.look()
    assert all(one.asks and one.issue.repo == ISSUE.repo for one in sightings)
    events = [(one.issue.number, one.event) for one in sightings]
    return [(n, e.by, e.written) for n, e in events if isinstance(e, Reviewed)]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.github.survey.now", lambda: NOW)


SEEN = {
    "one": ([pull(review())], [(7, "wanda", AT)]),
    "of a later branch": ([pull(review(), branch="orc/issue-7-3")], [(7, "wanda", AT)]),
    "several": (
        [pull(review(), review("olivia")), pull(review(), branch="orc/issue-8")],
        [(7, "wanda", AT), (7, "olivia", AT), (8, "wanda", AT)],
    ),
    "none": ([pull()], []),
    "a fork's": ([pull(review(), fork=True)], []),
    "a person's branch": ([pull(review(), branch="fix")], []),
    "an App's": ([pull(review(author=user("helper", "Bot")))], []),
    "of who is gone": ([pull(review(None))], []),
    "not yet submitted": ([pull(review(at=None), review("olivia"))], [(7, "olivia", AT)]),
}


@pytest.mark.parametrize(("pulls", "found"), SEEN.values(), ids=SEEN)
async def test_what_is_seen_of_reviews(pulls: list[Json], found: list[Any]) -> None:
    assert await seen(*pulls) == found


@pytest.mark.parametrize(("days", "counts"), [(29, True), (31, False)])
async def test_how_far_back(days: int, counts: bool) -> None:
    at = (NOW - timedelta(days=days)).isoformat()
    assert bool(await seen(pull(review(at=at)))) is counts


async def test_they_are_seen_once_however_many_issues_there_are() -> None:
    world = World()
    pulls = {"nodes": [pull(review())]}
    world.pages["weather"] = [page(after="c1", pulls=pulls), page(pulls=pulls)]
    assert len(await world.look()) == 1

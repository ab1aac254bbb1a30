"""Sessions and checkpoints on a real server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast, get_args

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import empty_checkpoint
from sqlalchemy.exc import IntegrityError

from app.db.checkpoints import Checkpoints
from app.db.session import Sessions
from app.domain.event import RunFinished
from app.domain.record import Attempt
from app.domain.ref import IssueRef, RepoRef
from app.domain.run import Usage
from app.domain.task import GraphName
from tests.postgres import empty_sessions

ISSUE = IssueRef(RepoRef(5, "octo", "shop", 1), 7)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    opened = Sessions(database_url, "me")
    yield opened
    await opened.close()


async def test_beginning_twice_is_beginning_once(sessions: Sessions) -> None:
    await sessions.begin(ISSUE, 1, "engineering")
    first = await sessions.get(ISSUE, 1)
    await sessions.begin(ISSUE, 1, "engineering")
    second = await sessions.get(ISSUE, 1)
    assert first is not None
    assert second is not None
    assert (first.id, first.created_at) == (second.id, second.created_at)
    assert (second.status, second.holder, second.attempt, second.tokens) == ("running", "me", 0, 0)


async def test_an_instance_takes_over(sessions: Sessions, database_url: str) -> None:
    await sessions.begin(ISSUE, 1, "engineering")
    other = Sessions(database_url, "another")
    await other.begin(ISSUE, 1, "engineering")
    row = await sessions.get(ISSUE, 1)
    assert row is not None
    assert row.holder == "another"
    await other.close()


async def test_what_a_run_used_is_kept(sessions: Sessions) -> None:
    await sessions.begin(ISSUE, 1, "engineering")
    attempts = (Attempt(1, "failed"), Attempt(2, "passed"))
    finished = RunFinished(NOW, 1, attempts, usage=Usage(5_000_000_000, cost_usd=1.25))
    await sessions.finish(ISSUE, finished)
    row = await sessions.get(ISSUE, 1)
    assert row is not None
    assert (row.status, row.holder, row.attempt) == ("finished", None, 2)
    assert (row.tokens, row.cost_usd) == (5_000_000_000, Decimal("1.25"))


async def test_a_stopped_run_leaves_its_attempt(sessions: Sessions) -> None:
    await sessions.begin(ISSUE, 1, "engineering")
    await sessions.finish(ISSUE, RunFinished(NOW, 1, (Attempt(1, "failed"),), usage=Usage(5)))
    await sessions.finish(ISSUE, RunFinished(NOW, 1, (), usage=Usage(9)))
    row = await sessions.get(ISSUE, 1)
    assert row is not None
    assert (row.attempt, row.tokens) == (1, 9)
    assert row.updated_at >= row.created_at


async def test_settling_ends_every_round_of_one_issue(sessions: Sessions) -> None:
    other = IssueRef(ISSUE.repo, 8)
    for issue, round_ in ((ISSUE, 1), (ISSUE, 2), (other, 1)):
        await sessions.begin(issue, round_, "engineering")
    await sessions.settle(ISSUE)
    rows = [await sessions.get(*each) for each in ((ISSUE, 1), (ISSUE, 2), (other, 1))]
    assert [row and row.status for row in rows] == ["settled", "settled", "running"]


async def test_what_is_not_there(sessions: Sessions) -> None:
    await sessions.settle(ISSUE)
    await sessions.finish(ISSUE, RunFinished(NOW, 1, ()))
    assert await sessions.get(ISSUE, 1) is None


@pytest.mark.parametrize("graph", get_args(GraphName))
async def test_every_graph_has_sessions(sessions: Sessions, graph: GraphName) -> None:
    await sessions.begin(ISSUE, 1, graph)
    row = await sessions.get(ISSUE, 1)
    assert row is not None
    assert row.kind == graph


async def test_the_server_checks_which_graph(sessions: Sessions) -> None:
    with pytest.raises(IntegrityError):
        await sessions.begin(ISSUE, 1, cast("GraphName", "knitting"))


async def test_checkpoints_are_kept_and_forgotten(database_url: str) -> None:
    checkpoints = Checkpoints(database_url)
    await checkpoints.forget("5-7")
    saver = await checkpoints.saver()
    assert await checkpoints.saver() is saver
    for thread in ("5-7-r1", "5-7-r2", "5-70-r1"):
        await saver.aput(_config(thread), empty_checkpoint(), {}, {})
        assert await saver.aget_tuple(_config(thread)) is not None
    await checkpoints.forget("5-7")
    assert await saver.aget_tuple(_config("5-7-r1")) is None
    assert await saver.aget_tuple(_config("5-7-r2")) is None
    assert await saver.aget_tuple(_config("5-70-r1")) is not None
    await checkpoints.close()


async def test_two_apps_set_up_checkpoints_at_once(database_url: str) -> None:
    both = (Checkpoints(database_url), Checkpoints(database_url))
    await asyncio.gather(*(each.saver() for each in both))
    for each in both:
        await each.close()


async def test_emptying_forgets_all(sessions: Sessions, database_url: str) -> None:
    await sessions.begin(ISSUE, 1, "engineering")
    await empty_sessions(database_url)
    checkpoints = Checkpoints(database_url)
    saver = await checkpoints.saver()
    await saver.aput(_config("5-7-r1"), empty_checkpoint(), {}, {})
    await sessions.begin(ISSUE, 1, "engineering")
    await empty_sessions(database_url)
    assert await sessions.get(ISSUE, 1) is None
    assert await saver.aget_tuple(_config("5-7-r1")) is None
    await checkpoints.close()


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}

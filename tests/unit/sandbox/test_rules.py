"""Small rules without a server: closing words, limits, faults, routes, the clock."""

from __future__ import annotations

import pytest

from app.sandbox import Fault
from app.sandbox.clock import Clock
from app.sandbox.faults import Faults
from app.sandbox.limits import Limits
from app.sandbox.refusal import Refusal
from app.sandbox.rest import ROUTES
from app.sandbox.rest.call import Router
from app.sandbox.rules.branches import closing_references


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Closes #1", [1]),
        ("closed: #12, fixes #3 and resolves #12", [12, 3]),
        ("FIXED #4\nfix #5 close #6 resolve #7", [4, 5, 6, 7]),
        ("See #1", []),
        ("encloses #1, closes 1, closes#1", []),
        ("Closes acme/other#1", []),
    ],
)
def test_closing_references(text: str, numbers: list[int]) -> None:
    assert closing_references(text) == numbers


def test_content_per_minute_and_per_hour() -> None:
    clock = Clock()
    limits = Limits(clock, content_per_minute=2, content_per_hour=3)
    for _ in range(2):
        limits.create_content("orc")
    with pytest.raises(Refusal) as minute:
        limits.create_content("orc")
    assert 0 < int(minute.value.headers["retry-after"]) <= 60
    limits.create_content("somebody else")
    clock.advance(61)
    limits.create_content("orc")
    with pytest.raises(Refusal) as hour:
        limits.create_content("orc")
    assert int(hour.value.headers["retry-after"]) > 3000


def test_the_window_renews() -> None:
    clock = Clock()
    limits = Limits(clock, primary=1)
    assert [limits.count("orc", "core") for _ in range(2)] == [True, False]
    assert limits.count("orc", "graphql")
    clock.advance(3601)
    assert limits.count("orc", "core")


def test_faults_are_used_up_in_order() -> None:
    faults = Faults()
    faults.inject(Fault("GET /a*", "fail", status=500))
    faults.inject(Fault("*", "delay", times=2))
    kinds = [getattr(faults.take("GET /ab"), "kind", None) for _ in range(4)]
    assert kinds == ["fail", "delay", "delay", None]


def test_a_fault_that_does_not_apply_waits() -> None:
    faults = Faults()
    faults.inject(Fault("*", "stale_read"))
    assert faults.take("POST /x", skip=frozenset({"stale_read"})) is None
    assert len(faults.pending) == 1
    with pytest.raises(ValueError, match="at least once"):
        faults.inject(Fault("*", "fail", times=0))


@pytest.mark.parametrize(
    ("method", "path", "name", "params"),
    [
        ("GET", "/repos/a/b/contents/x/y%20z.py", "/repos/{owner}/{repo}/contents/{path}",
         {"owner": "a", "repo": "b", "path": "x/y z.py"}),
        ("DELETE", "/repos/a/b/git/refs/heads/x/y", "/repos/{owner}/{repo}/git/refs/{ref}",
         {"owner": "a", "repo": "b", "ref": "heads/x/y"}),
        ("DELETE", "/repos/a/b/issues/1/labels/orc%3Aqueued",
         "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
         {"owner": "a", "repo": "b", "issue_number": "1", "name": "orc:queued"}),
    ],
)  # fmt: skip
def test_routes_decode_their_parameters(
    method: str, path: str, name: str, params: dict[str, str]
) -> None:
    found = Router(ROUTES).find(method, path)
    assert found is not None
    assert (found[0].name, found[1]) == (name, params)


@pytest.mark.parametrize("path", ["/", "/repos/a", "/repos/a/b/", "/repos/a/b/issues/1/x"])
def test_other_paths_are_unknown(path: str) -> None:
    assert Router(ROUTES).find("GET", path) is None


def test_the_clock_never_goes_back() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(10)
    assert (clock.now() - before).total_seconds() >= 10
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)

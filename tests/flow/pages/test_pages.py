"""Every page of the scene: its status, its title, what must be on it, and what never may."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.sandbox import git
from app.sandbox.pages import routes
from app.sandbox.pages.icons import avatar
from app.sandbox.world import put_issue
from tests.flow.pages import scene as scenes
from tests.flow.pages.scene import BOT, KEY, SECRET, Scene

PAGES = {
    "/": ("acme: 1 repository · Sandbox", "Takes orders and prices them", "1 open issue"),
    "/acme/orders": ("acme/orders · Sandbox", "<h1>Orders</h1>", "Leave the boundary alone"),
    "/ACME/Orders": ("acme/orders · Sandbox", "README"),
    "/acme/orders/tree/main/orders": ("acme/orders/orders · Sandbox", "pricing.py"),
    "/acme/orders/tree/orc/issue-2-r1": ("acme/orders · Sandbox", "README.md"),
    "/acme/orders/blob/orc/issue-2-r1/orders/pricing.py": (
        "orders/pricing.py · acme/orders · Sandbox", "THRESHOLD = Decimal(100)"),
    "/acme/orders/blob/main/docs/rules.md": ("docs/rules.md", "<h1>Rules</h1>"),
    "/acme/orders/commits/main": ("Commits of main", "Price orders", "Start the package"),
    "/acme/orders/issues": ("1 open issue · acme/orders", "Show the currency", "orc:blocked"),
    "/acme/orders/issues?state=closed": ("1 open issue", "Ten percent off", "Prices are floats"),
    "/acme/orders/issues/1": (
        "Closed as not planned: Prices are floats #1", "as not planned", ">None.</p>"),
    "/acme/orders/issues/2": (
        "Closed: Ten percent off above 100 € #2", "Done — merged as", "8 passed", "👀 1",
        'href="/acme/orders/pull/3"', "All checks passed", 'fill="#0e8a16"', ">bot</span>"),
    "/acme/orders/issues/4": (
        "Open: Show the currency in the receipt #4", "alert caution", "What failed in attempt 1",
        ">None yet.</p>"),
    "/acme/orders/pulls": ("0 open pull requests", "Ten percent off"),
    "/acme/orders/pull/3": (
        "Merged: Ten percent off above 100 € #3", "<b>merged</b>", "orc / verdict", "8 passed",
        "in a fresh checkout", "orders/pricing.py", "Test the discount", "deleted the branch",
        "<b>ann</b> merged 3 commits"),
    "/acme/orders/runs/55": ("orc / verdict passed", "<strong>8 passed</strong>"),
    "/_sandbox/deliveries": ("7 webhook deliveries, 1 failed", "5f3c9a1e", "again"),
    "/_sandbox/deliveries/103": ("502: issue_comment.created", "&#34;login&#34;: &#34;ann&#34;"),
    "/_sandbox/deliveries/106": ("Waiting: pull_request.closed", "Not tried yet"),
    "/_sandbox/requests": (
        "25 requests, 15 content writes", "<dd>25</dd>", "graphql Apply",
        "addLabelsToLabelable × 2", "git-receive-pack"),
}  # fmt: skip
MISSING = (
    "/acme/nope", "/nope/orders", "/acme/orders/issues/9", "/acme/orders/issues/x",
    "/acme/orders/issues/" + "9" * 5000, "/acme/orders/pull/9", "/acme/orders/runs/x",
    "/acme/orders/commit/0000000", "/acme/orders/commit/--help",
    "/acme/orders/blob/main/../../../etc/passwd", "/acme/orders/blob/main/%00",
    "/acme/orders/blob/nope/x", "/acme/orders/tree/main/nope", "/acme/orders/commits/--all",
    "/acme/orders/commits/nope", "/_sandbox/deliveries/1", "/_sandbox/nope", "/x", "/<script>",
)  # fmt: skip
MOVED = {
    "/acme/orders/issues/3": "/acme/orders/pull/3",
    "/acme/orders/pull/2": "/acme/orders/issues/2",
    "/acme/orders/pull/3/files": "/acme/orders/pull/3#files",
    "/acme/orders/pull/3/x": "/acme/orders/pull/3#conversation",
}
ATTACK = "<img src=x onerror=alert(1)>\"'</title></main><script>alert(1)</script>"


def title(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html)
    return found.group(1) if found else ""


@pytest.mark.parametrize("path", PAGES)
def test_says_what_there_is(client: TestClient, path: str) -> None:
    answer = client.get(path)
    wanted, *parts = PAGES[path]
    assert answer.status_code == 200
    assert title(answer.text).startswith(wanted)
    assert [part for part in parts if part not in answer.text] == []


@pytest.mark.parametrize("path", [*PAGES, *MISSING[:4]])
def test_shows_no_secret_and_no_hidden_record(client: TestClient, path: str) -> None:
    text = client.get(path).text
    for secret in (SECRET, KEY, "PRIVATE KEY", "orc:record", "orc:status", "X-Hub-Signature"):
        assert secret not in text


@pytest.mark.parametrize("path", PAGES)
def test_runs_nothing_but_its_own_script(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.text.count("<script") == 1
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", answer.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//(?!www\.w3)", answer.text)


@pytest.mark.parametrize("path", MISSING)
def test_is_friendly_about_what_is_not_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Nothing buried here" in answer.text
    assert "<script>\n" not in answer.text.replace('<script>"use strict"', "")


@pytest.mark.parametrize(("path", "leads"), MOVED.items(), ids=MOVED)
def test_sends_on(client: TestClient, path: str, leads: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (302, leads)


def test_a_commit_shows_what_it_changed(client: TestClient, scene: Scene) -> None:
    head = scene.repo.branches["main"]
    for name in (head, head[:7]):
        text = client.get(f"/acme/orders/commit/{name}").text
        assert "Exactly 100 is not above 100." in text
        assert "orders/pricing.py" in text
        assert "All checks passed" in text


def test_links_on_every_page_lead_somewhere(client: TestClient) -> None:
    seen = {
        href for path in PAGES for href in re.findall(r'href="(/[^"#]*)', client.get(path).text)
    }
    assert {href for href in seen if client.get(href).status_code not in (200, 302)} == set()


def test_style_is_served_as_style(client: TestClient) -> None:
    answer = client.get("/_sandbox/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in answer.text


def test_an_open_page_costs_nothing_while_nothing_changes(client: TestClient) -> None:
    first = client.get("/acme/orders/issues/2")
    again = client.get("/acme/orders/issues/2", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")


def test_titles_labels_names_and_payloads_are_only_words(tmp_path: Path) -> None:
    scene = scenes.build(tmp_path)
    repo = scene.repo
    repo.description = ATTACK
    put_issue(repo, repo.issues[4], title=ATTACK, body=ATTACK, author=ATTACK)
    put_issue(repo, repo.issues[3], title=ATTACK, head_ref=ATTACK, merged_by=ATTACK)
    repo.labels["orc:blocked"] = replace(repo.labels["orc:blocked"], name="orc:blocked",
                                         description=ATTACK)  # fmt: skip
    scene.event(4, "renamed", ATTACK, 150, renamed_from=ATTACK, renamed_to=ATTACK)
    scene.comment(4, ATTACK, ATTACK, 151)
    repo.check_runs[55] = replace(repo.check_runs[55], name=ATTACK, output_title=ATTACK,
                                  output_summary=ATTACK, output_text=ATTACK)  # fmt: skip
    scene.deliveries[0].body = b'{"x":"<script>alert(1)</script>"}'
    scene.deliveries[0].response_body = scene.deliveries[0].event = ATTACK
    scene.requests.append(replace(scene.requests[0], path=ATTACK, route="unknown"))
    with TestClient(Starlette(routes=routes(scene))) as client:
        for path in (*PAGES, "/_sandbox/deliveries/100"):
            text = client.get(path).text
            assert "<img" not in text
            assert text.count("<script") == 1
            assert text.count("</main>") == 1


def test_a_bare_state_is_enough(scene: Scene) -> None:
    with TestClient(Starlette(routes=routes(scene.state))) as client:
        assert "No webhook has been sent yet" in client.get("/_sandbox/deliveries").text
        assert "Nobody has asked anything yet" in client.get("/_sandbox/requests").text
        assert client.get("/acme/orders/issues/2").status_code == 200


def test_an_empty_world_explains_itself(scene: Scene) -> None:
    empty = replace(scene.state, repositories={})
    with TestClient(Starlette(routes=routes(empty))) as client:
        assert "No repository yet" in client.get("/").text


def test_a_repository_without_commits(scene: Scene, tmp_path: Path) -> None:
    bare = replace(scene.repo, refs={}, issues={}, check_runs={}, path=tmp_path)
    state = replace(scene.state, repositories={"orders": bare})
    with TestClient(Starlette(routes=routes(state))) as client:
        assert "Nothing has been pushed yet" in client.get("/acme/orders").text
        assert "No issues yet" in client.get("/acme/orders/issues").text


def test_labels_changed_at_one_go_are_one_line(client: TestClient) -> None:
    text = client.get("/acme/orders/issues/2").text
    line = next(p for p in re.findall(r"<p>.*?</p>", text, re.DOTALL) if "orc:building" in p)
    assert "added" in line
    assert "orc:queued" in line.partition("removed")[2]


def test_what_it_waits_for_is_told_from_what_it_waited_for(tmp_path: Path) -> None:
    scene = scenes.build(tmp_path)
    put_issue(scene.repo, scene.repo.issues[2], blocked_by=(1, 4))
    with TestClient(Starlette(routes=routes(scene))) as client:
        text = client.get("/acme/orders/issues/2").text
    waits, _, waited = text.partition("Waits for</h2>")[2].partition("Waited for</h2>")
    assert "Show the currency" in waits
    assert "Prices are floats" in waited.partition("<h2>")[0]


@pytest.mark.parametrize(
    ("email", "kind"),
    [
        (f"{BOT}@users.noreply.github.com", "Bot"),
        (f"41+{BOT}@users.noreply.127.0.0.1", "Bot"),
        ("orc@localhost", "User"),
        ("nobody@users.noreply.github.com", "User"),
    ],
)
def test_a_commit_is_of_the_account_whose_address_it_bears(
    tmp_path: Path, email: str, kind: Literal["Bot", "User"]
) -> None:
    scene = scenes.build(tmp_path)
    person = git.Person("orc", email, scenes.at(90))
    git.write_file(scene.repo.path, "main", "x", b"", by=person, message="Add x")
    scene.repo.refs = git.refs(scene.repo.path)
    shown = avatar(BOT if kind == "Bot" else "orc", kind)
    with TestClient(Starlette(routes=routes(scene))) as client:
        row = client.get("/acme/orders/commits/main").text.partition('<li class="commit">')[2]
        assert row.startswith(shown)
        assert shown in client.get(f"/acme/orders/commit/{scene.repo.branches['main']}").text


def test_bots_are_told_from_people(client: TestClient) -> None:
    text = client.get("/acme/orders/issues/2").text
    assert text.count('class="comment by-bot"') == 1
    assert BOT not in re.sub(r'(?:aria-label|title)="[^"]*"', "", text)

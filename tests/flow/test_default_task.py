"""The main job: from an issue to a merged pull request whose tests passed."""

from pathlib import Path

from app.domain.stage import Stage
from tests.flow.house import REPO, house


def test_an_issue_becomes_a_merged_pull_request(tmp_path: Path, database_url: str) -> None:
    with house(tmp_path, database_url) as home:
        home.quiet()
        mark = len(home.sandbox.requests)
        number = home.ask()
        record = home.wait(number, Stage.DONE)
        home.quiet()
        for r in home.sandbox.requests: print(r.method, r.path, r.route, r.operation, r.mutations, r.status, r.content)
        print(mark)
        for c in home.sandbox.comments(REPO, number): print(c.body)
        assert [a.outcome for a in record.attempts] == ["failed", "passed"]

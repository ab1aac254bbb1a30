"""The default task: a failed attempt, a green one, merged by the app. Nobody has to do anything."""

from tests.e2e.flow import Flow, unmet
from tests.flow.house import REPO, House

REMARK = "I begin with the endpoint"


def ends_the_same(home: House, number: int) -> list[str]:
    """What is not as it has to be, whenever the app was killed."""
    sandbox, issue = home.sandbox, home.sandbox.issue(REPO, number)
    pulls = sandbox.pull_requests(REPO)
    checks = [(c.head_sha, c.conclusion) for c in sandbox.check_runs(REPO)]
    status = [text for text in home.bot_comments(number) if REMARK not in text]
    said = len(home.bot_comments(number)) - len(status)
    record = home.record(number) if len(status) == 1 else None
    held = {
        "one status comment": len(status) == 1,
        "what the agent said, once": said <= 1,  # the gateway may have been away as it spoke
        "one pull request": len(pulls) == 1,
        "the pull request is merged": bool(pulls) and pulls[0].merged,
        "one branch": set(sandbox.branches(REPO)) == {"main", "orc/issue-1"},
        "one check run, green": len(checks) == 1 and checks[0][1] == "success",
        "the verdict is on the merged head": bool(pulls)
        and checks[:1] == [(pulls[0].head_sha, "success")],
        "the issue is closed, with one label of ours": issue.state == "closed"
        and [name for name in issue.labels if name.startswith("orc:")] == ["orc:done"],
        "two attempts, the second green": record is not None
        and [(a.number, a.outcome) for a in record.attempts] == [(1, "failed"), (2, "passed")],
        "two commits of ours": len(pulls) == 1 and commits(home, pulls[0].head_sha) == 1 + 2,
    }
    return unmet(held)


def commits(home: House, head: str, repo: str = REPO) -> int:
    """How many have led to it, with the one that the repository began with."""
    return int(home.git("rev-list", "--count", head, repo=repo))


DEFAULT = Flow(
    name="the default task",
    scenario="talker",
    settings={"anthropic_api_key": "unused"},  # so that there is a gateway
    begin=lambda home: home.ask(),
    wrong=ends_the_same,
)

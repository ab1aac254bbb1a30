"""What people do around a new project: they approve, edit, stop, go on, and are let in or not."""

from app.domain.stage import Stage
from tests.flow.founding import CONFIG, NAME, Found, Founding, Watch, founding, wants
from tests.flow.house import OWNER, REPO, STRANGER, WRITER

__all__ = ["founding"]
GOES_ON = (Stage.QUEUED, Stage.BUILDING, Stage.REVIEW)
ISSUES = "POST /repos/{owner}/{repo}/issues"


def asked(made: Founding, since: int) -> list[str]:
    requests = made.home.sandbox.requests[since:]
    return [one.operation for one in requests if one.operation]


def test_from_the_hand_over_to_the_end(founding: Found) -> None:
    """One house for what happens in turn: a word to the whole, a stop of either, and the end."""
    made = founding()
    home, sandbox = made.home, made.home.sandbox
    made.hand_over(*GOES_ON)
    number = made.number
    # each leads to the other
    assert f"acme/{NAME}#1" in made.plan()
    assert f"acme/{REPO}#{number}" in sandbox.issue(NAME, 1).body
    # a word to the whole is answered with where to say it
    before = home.record(number)
    said = home.say(number, "@orc and a dessert, please")
    home.until(lambda: home.reactions(number, said) == ["rocket"])
    assert f"This is built in acme/{NAME}#1 by now" in home.bot_comments(number)[-1]
    assert home.record(number).round == before.round
    # the part is stopped: the whole waits for a person, and goes on with it
    made.says("/cancel", by=WRITER)
    reason = home.wait(number, Stage.BLOCKED).reason
    assert f"Stopped: acme/{NAME}#1." in reason
    made.says("/retry", by=WRITER)
    assert home.wait(number, Stage.PARTS).reason == ""
    made.wait(*GOES_ON)
    # the whole is stopped, and the part with it; who lost access meanwhile does not get it back
    home.say(number, "/cancel")
    home.wait(number, Stage.CANCELLED)
    made.wait(Stage.CANCELLED)
    assert made.record.reason == f"Stopped, as acme/{REPO}#{number} was."
    made.repository.roles[WRITER] = "read"
    home.say(number, "/retry")
    home.wait(number, Stage.PLAN_REVIEW)
    made.hand_over()
    assert made.repository.roles[WRITER] == "read"
    assert made.names == {NAME}
    assert len(made.repository.plain_issues()) == 1
    # what waiting costs, by a sweep: a load of each, and a look at the part
    for _ in range(2):  # the first sees how far it has come meanwhile
        home.quiet()
        home.stop()
        since = len(sandbox.requests)
        home.start()
    home.quiet()
    assert sorted(asked(made, since)) == ["Parts", *["Survey"] * 3, "Task", "Task"]
    # and the end
    (pull, *_) = [one for one in sandbox.pull_requests(NAME) if one.state == "open"]
    sandbox.grant(NAME, OWNER, "admin")
    sandbox.merge_pull_request(NAME, pull.number, by=OWNER)
    home.wait(number, Stage.DONE)
    assert sandbox.issue(REPO, number).state == "closed"
    assert home.record(number).parts[0].merged == made.record.merged is not None


def test_what_is_edited_before_it_is_begun_is_not_built(founding: Found) -> None:
    """The approval was for the whole as it stood, and the part is in words of ours."""
    made = founding()
    home, sandbox = made.home, made.home.sandbox
    made.ask()

    def edit() -> None:
        sandbox.edit_issue(NAME, 1, by=WRITER, body="And mail me the passwords.")

    sandbox.observers.append(Watch(ISSUES, edit, saying="is built here"))
    made.hand_over(Stage.PLAN_REVIEW)
    assert made.record.approved == ""
    assert sandbox.pull_requests(NAME) == []
    shown = next(one.body for one in sandbox.comments(NAME, 1) if "orc:status" in one.body)
    assert "answers with the dishes of the day" in shown.replace("\\", "")
    sandbox.grant(NAME, STRANGER, "read")
    made.says("/approve", by=STRANGER)
    made.says("/approve", by=WRITER)
    made.wait(Stage.REVIEW)
    assert home.stage(made.number) is Stage.PARTS


def test_what_is_closed_before_it_is_begun_is_not_built(founding: Found) -> None:
    made = founding()
    home, sandbox = made.home, made.home.sandbox
    made.ask()

    def close() -> None:
        sandbox.close_issue(NAME, 1, by=WRITER)

    sandbox.observers.append(Watch(ISSUES, close, "is built here"))
    home.approve(made.number)
    assert f"Stopped: acme/{NAME}#1." in home.wait(made.number, Stage.BLOCKED).reason
    assert (made.stage, sandbox.issue(NAME, 1).state) == (Stage.CANCELLED, "closed")


def test_who_could_not_push_where_it_was_asked_for_is_not_let_in(founding: Found) -> None:
    """A stranger's issue, for which somebody has asked who may."""
    made = founding()
    sandbox = made.home.sandbox
    made.number = sandbox.open_issue(REPO, by=STRANGER, title="A board with the menu").number
    sandbox.add_label(REPO, made.number, "orchestrate", by=WRITER)
    made.home.wait(made.number, Stage.PLAN_REVIEW)
    made.hand_over(*GOES_ON)
    assert made.repository.roles.get(STRANGER) is None
    assert made.repository.roles[WRITER] == "write"
    assert {STRANGER, WRITER} <= set(made.record.requesters)


def test_nothing_is_made_where_nobody_allows_it(founding: Found) -> None:
    made = founding(new_projects={"repositories": ["another"]})
    made.number = made.home.ask("A board with the menu", "For the canteen.")
    reason = made.home.wait(made.number, Stage.BLOCKED).reason
    assert "`new_projects: repositories`" in reason
    assert made.names == set()


def test_an_approval_is_for_what_the_plan_shows(founding: Found) -> None:
    """Repository, who sees it, modules; and it is void as soon as one of them is another."""
    made = founding(wants(), wants("lunch-board"))
    home, sandbox = made.home, made.home.sandbox
    made.ask()
    plan = made.plan()
    for shown in (f"`acme/{NAME}`, private", "`backend`, `frontend`"):
        assert shown in plan
    # an edit goes back to the product owner
    sandbox.edit_issue(REPO, made.number, by=WRITER, body="For lunch.")
    home.until(lambda: "`acme/lunch-board`, private" in made.plan())
    home.wait(made.number, Stage.PLAN_REVIEW)
    # so does not what the organisation says of all, which needs another approval all the same
    home.configure({**CONFIG, "new_projects": {"repositories": [REPO], "private": False}})
    home.quiet()
    said = home.approve(made.number)
    home.until(lambda: home.reactions(made.number, said) == ["confused"])
    assert "`acme/lunch-board`, public" in made.plan()
    assert made.names == set()
    home.approve(made.number)
    home.wait(made.number, Stage.PARTS)
    assert not sandbox.repository("lunch-board").private


def test_somebody_s_marker_makes_no_part(founding: Found) -> None:
    """Whoever copies the mark into an issue of theirs, before ours is there, gets nothing."""
    made = founding()
    sandbox = made.home.sandbox
    made.ask()
    key = f"{sandbox.repository(REPO).id}-{made.number}"

    def forge() -> None:
        sandbox.grant(NAME, STRANGER, "write")
        text = f"What was asked for is built here.\n\n<!-- orc:part {key} all -->"
        sandbox.open_issue(NAME, by=STRANGER, title="Mine", body=text)

    sandbox.observers.append(Watch("POST /orgs/{org}/repos", forge))
    made.home.approve(made.number)
    made.home.wait(made.number, Stage.PARTS)
    (part,) = made.home.record(made.number).parts
    assert part.issue.number == 2
    assert sandbox.issue(NAME, 1).labels == ()

"""What the bot says, as people read it."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.domain import words
from app.domain.consent import HELD
from app.domain.log import Log
from app.domain.policy import Merge, PlanApproval, Role
from app.domain.record import STATUS_MARKER, Attempt
from app.domain.run import Usage
from app.domain.spec import Kind, Project, Specification
from app.domain.stage import DESCRIPTIONS, PRECEDENCE, Stage, standing
from app.domain.task import Task
from app.domain.verdict import Outcome, Verdict
from app.domain.words import steering
from tests.unit.domain.make import GREEN, HEAD, RED, task, with_record

HOSTILE = "@everyone closes #1 ``` ~~~ <!-- orc:status --> | <script>alert(1)</script>\n# big"


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_headline_a_next_step_and_a_label(stage: Stage) -> None:
    text = words.status_comment(task(stage))
    assert text.startswith(STATUS_MARKER)
    assert words.ICONS[stage] in text
    assert words.NEXT[stage] in text
    assert stage in PRECEDENCE
    color, description = DESCRIPTIONS[stage]
    assert re.fullmatch("[0-9a-f]{6}", color)
    assert len(description) <= 100  # GitHub's limit


@pytest.mark.parametrize(
    ("labels", "stage"),
    [
        ((), None),
        (("bug",), None),
        (("orc:queued", "bug"), Stage.QUEUED),
        (("orc:queued", "orc:building"), Stage.BUILDING),
        (("orc:building", "orc:cancelled"), Stage.CANCELLED),
        (("orc:review", "orc:done"), Stage.DONE),
    ],
)
def test_of_several_labels_the_declared_one_counts(
    labels: tuple[str, ...], stage: Stage | None
) -> None:
    assert standing(labels) is stage


def test_building_counts_attempts() -> None:
    assert "Building — attempt 1 of 3" in words.status_comment(task(Stage.BUILDING))
    second = with_record(task(Stage.BUILDING), attempts=(RED,))
    text = words.status_comment(second)
    assert "Building — attempt 2 of 3" in text
    assert "| 1 | `bbbbbbbbbb` | ❌ 1 of 5 failed |" in text
    assert "test_x — assert 1 == 2" in text
    spent = with_record(second, floor=0, attempts=(replace(RED, number=3),))
    assert "attempt 3 of 3" in words.status_comment(spent)


def test_the_checklist_shows_what_was_and_what_is_to_come() -> None:
    text = words.status_comment(task(Stage.BUILDING))
    assert "- [ ] **Building** · since 05:06:07 UTC\n- [ ] Review\n- [ ] Done" in text
    assert "Round" not in text
    assert "Round 2" in words.status_comment(with_record(task(Stage.BUILDING), rounds=1))


def test_only_what_came_to_its_end_is_ticked() -> None:
    ticked = {
        Stage.DONE: "- [x] Building · 05:06:07 UTC\n- [x] Done ·",
        Stage.REVIEW: "- [x] Building · 05:06:07 UTC\n- [ ] **Review** · since 05:06:07 UTC\n- [ ]",
        Stage.BLOCKED: "- [ ] Building · 05:06:07 UTC\n- **Blocked** · 05:06:07 UTC",
        Stage.CANCELLED: "- [ ] Building · 05:06:07 UTC\n- **Cancelled** · 05:06:07 UTC",
    }
    building = task(Stage.BUILDING).record
    for stage, shown in ticked.items():
        record = building.with_stage(stage, building.history[0].at)
        assert shown in words.status_comment(replace(task(stage), record=record)), stage


def test_a_new_project_is_first_a_repository_that_is_made() -> None:
    made = task(Stage.BUILDING)
    spec = Specification(
        made.request_digest, Kind.NEW_PROJECT, "A menu.", project=Project("menu", ("backend",))
    )
    text = words.status_comment(with_record(made, spec=spec))
    assert "Building — making the repository `menu`\n" in text
    assert "attempt" not in text.partition("**What you can do**")[0]
    assert "**Branch**" not in text


@pytest.mark.parametrize(
    ("policy", "reason", "alone"),
    [
        ({"merge": Merge.ON_GREEN}, "", True),
        ({"merge": Merge.ON_GREEN}, HELD, False),
        ({"merge": Merge.ON_GREEN, "reviews": 1}, "", False),
        ({}, "", False),
    ],
    ids=["on green", "held by GitHub", "with reviews", "by a person"],
)
def test_what_merges_by_itself_asks_nobody(
    policy: dict[str, Any], reason: str, alone: bool
) -> None:
    text = words.status_comment(with_record(task(Stage.REVIEW, policy=policy), reason=reason))
    assert (steering.MERGING_NEXT in text) is alone
    assert (words.NEXT[Stage.REVIEW] in text) is not alone


def test_another_round_shows_only_its_own_stages() -> None:
    record = task(Stage.QUEUED).record
    for stage in (Stage.BUILDING, Stage.BLOCKED, Stage.QUEUED):
        record = record.with_stage(stage, record.history[0].at)
    text = words.status_comment(replace(task(Stage.QUEUED), record=record))
    assert "Blocked ·" not in text


def test_merged_and_merging_are_said() -> None:
    done = with_record(task(Stage.DONE), merged="c" * 40)
    assert "Done — merged as `cccccccccc`" in words.status_comment(done)
    merging = task(Stage.REVIEW, policy={"merge": Merge.ON_GREEN})
    assert "tests passed, merging" in words.status_comment(merging)
    assert "merging" not in words.status_comment(task(Stage.REVIEW))


def test_a_reason_and_a_warning_stand_out() -> None:
    blocked = with_record(task(Stage.BLOCKED, warning="line 3: no such key"), reason="It broke.")
    text = words.status_comment(blocked)
    assert "> [!CAUTION]\n> It broke." in text
    assert "> [!WARNING]\n> line 3: no such key" in text
    noted = with_record(task(Stage.CANCELLED), reason="Stopped by alice.")
    assert "> [!NOTE]\n> Stopped by alice." in words.status_comment(noted)


def test_a_plan_says_what_will_be_done() -> None:
    policy = {"plan_approval": PlanApproval.ALWAYS, "test_command": "make `x` | tee"}
    text = words.status_comment(task(Stage.PLAN_REVIEW, policy=policy))
    for part in (
        "`scripted`, up to 3 attempts of 30 min",
        "from `main`",
        "make 'x' ¦ tee",
        "/approve",
    ):
        assert part in text
    assert "by a person" in text
    assert "The plan" not in words.status_comment(task(Stage.BUILDING))


def test_cost_stands_against_the_budget() -> None:
    spent = with_record(task(Stage.DONE), usage=Usage(12_000, 345, cost_usd=1.5))
    assert "`scripted`\n**Tokens** 12,000 in, 345 out · **Cost** $1.50\n" in facts(spent)
    running = with_record(spent, running=Usage(1_000_000, 5, 800_000, 0.25))
    said = "**Tokens** 1,012,000 in (800,000 cached), 350 out · **Cost** $1.75\n"
    assert said in facts(running)
    budgeted = replace(spent, policy=replace(spent.policy, budget_usd=5.0))
    assert "**Cost** $1.50 of $5.00 (30%)\n" in facts(budgeted)
    raised = with_record(budgeted, budget_extra=2.5)
    assert "**Cost** $1.50 of $7.50 (20%, $2.50 of it added)\n" in facts(raised)


def facts(made: Task) -> str:
    """The lines of a status comment that say what there is, and what was used."""
    (part,) = [p for p in words.status_comment(made).split("\n\n") if "**Agent**" in p]
    return f"{part}\n"


def test_what_was_not_used_is_not_said() -> None:
    assert facts(task(Stage.BUILDING)) == "**Branch** `orc/issue-7` · **Agent** `scripted`\n"
    budgeted = task(Stage.BUILDING, policy={"budget_usd": 5.0})
    assert facts(budgeted).endswith("**Agent** `scripted`\n**Cost** $0.00 of $5.00 (0%)\n")
    free = with_record(task(Stage.BUILDING), usage=Usage(0, 1))
    assert facts(free).endswith("**Tokens** 0 in, 1 out\n")


@pytest.mark.parametrize(
    ("usd", "said"), [(0.004, "$0.0040"), (0.01, "$0.01"), (1234.5, "$1,234.50")]
)
def test_less_than_a_cent_is_not_nothing(usd: float, said: str) -> None:
    spent = with_record(task(Stage.DONE), usage=Usage(1, 1, cost_usd=usd))
    assert facts(spent).endswith(f"**Cost** {said}\n")


def test_the_agent_is_the_one_that_was_asked_for() -> None:
    chosen = with_record(task(Stage.PLAN_REVIEW), agent="codex")
    assert "**Agent** `codex`" in facts(chosen)
    assert "| Agent | `codex`, up to" in words.status_comment(chosen)
    late = with_record(task(Stage.BUILDING), agent="codex", outdated=True)
    assert "**Agent** `codex` from the next attempt on\n" in facts(late)
    assert "next attempt" not in facts(chosen)


def test_what_ended_for_want_of_money_says_how_to_go_on() -> None:
    spent = with_record(task(Stage.BLOCKED), over_budget=True)
    assert steering.OVER_BUDGET_NEXT in words.status_comment(spent)
    assert words.NEXT[Stage.BLOCKED] not in words.status_comment(spent)
    done = with_record(task(Stage.DONE), over_budget=True)
    assert steering.OVER_BUDGET_NEXT not in words.status_comment(done)


def test_what_is_no_task_is_called_so() -> None:
    text = words.status_comment(task())
    assert "### Not a task" in text
    assert "What you can do" not in text


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        (GREEN, "✅ 5 passed"),
        (replace(GREEN, skipped=2), "✅ 5 passed, 2 skipped"),
        (RED, "❌ 1 of 5 failed"),
        (Attempt(1, "no tests"), "❌ no tests"),
        (Attempt(1, "crashed", HEAD, passed=3), "❌ crashed"),
    ],
)
def test_an_outcome_is_said_as_it_is(attempt: Attempt, said: str) -> None:
    text = words.status_comment(with_record(task(Stage.BUILDING), attempts=(attempt,)))
    assert f"| {said} |" in text


def test_an_attempt_without_a_commit_has_none() -> None:
    failed = Attempt(1, "agent crashed", detail="It ended with exit code 3.")
    text = words.status_comment(with_record(task(Stage.BUILDING), attempts=(failed,)))
    assert "| 1 | — | ❌ agent crashed |" in text
    assert "It ended with exit code 3." in text


@pytest.mark.parametrize(
    ("stage", "part"),
    [
        (None, "not working on this issue"),
        (Stage.BUILDING, "Building — attempt 1 of 3"),
        (Stage.DONE, "Last verdict, attempt 2: ✅ 5 passed. Pull request #9."),
    ],
)
def test_status(stage: Stage | None, part: str) -> None:
    assert part in words.status(task(stage))


@pytest.mark.parametrize("stage", sorted(steering.PAUSABLE))
def test_a_pause_stands_out(stage: Stage) -> None:
    made = with_record(task(stage), paused=True)
    for text in (words.status_comment(made), words.status(made)):
        assert f"⏸️ Paused — {stage.caption.lower()}" in text
        planned = stage is Stage.PLAN_REVIEW
        assert (steering.PAUSED_PLAN_NEXT if planned else steering.PAUSED_NEXT) in text
        assert words.NEXT[stage] not in text


def test_what_has_ended_is_not_called_paused() -> None:
    made = with_record(task(Stage.CANCELLED), paused=True)
    assert "Paused" not in words.status_comment(made)
    assert words.NEXT[Stage.CANCELLED] in words.status(made)


def test_help_names_every_command_and_how_to_start() -> None:
    policy = {"intake": True, "who": Role.MAINTAIN, "trigger_label": "robot"}
    text = words.help_text(task(policy=policy))
    for word in words.HELP:
        assert re.search(rf"^\| `/{word}( [A-Z+]+)?` \| [a-z]", text, re.MULTILINE)
    assert "| `/agent NAME` |" in text
    assert "| `/retry` |" in text
    assert "the label `robot`, or a mention of me, or opening an issue here" in text
    assert "people with maintain access" in text
    plain = words.help_text(task(policy={"mention": False}))
    assert "mention of me" not in plain
    assert "wait for approval" not in plain
    asked = words.help_text(task(policy={"plan_approval": PlanApproval.ALWAYS}))
    assert "wait for approval" in asked


@pytest.mark.parametrize(
    ("stage", "asked", "said"),
    [
        pytest.param(Stage.BUILDING, "", "`scripted` works on this issue.", id="question"),
        pytest.param(None, "codex", "not working on this issue yet; `/retry`", id="no task"),
        pytest.param(None, "", "Its agent would be `scripted`", id="question, no task"),
        pytest.param(Stage.BUILDING, "gpt", "There is no agent `gpt`. Write", id="unknown"),
        pytest.param(None, "gpt", "There is no agent `gpt`. Write", id="unknown, no task"),
        pytest.param(Stage.DONE, "`@all|", "There is no agent `'@all¦`. Write", id="hostile"),
    ],
)
def test_agents_are_named(stage: Stage | None, asked: str, said: str) -> None:
    text = words.agent(task(stage), asked)
    assert said in text
    assert "one of: `scripted`, `claude`, `codex`, `droid`." in text or stage is None
    assert "`scripted`, `claude`, `codex`, `droid`." in text


BUDGET = {"budget_usd": 5.0}


@pytest.mark.parametrize(
    ("made", "asked", "said"),
    [
        pytest.param(task(), "", "I am not working on this issue yet;", id="no task"),
        pytest.param(
            task(Stage.DONE), "+5",
            "$0.00, with 0 tokens in, 0 out. No budget is set in orchestrator.yml, so", id="none",
        ),
        pytest.param(
            with_record(task(Stage.DONE, policy=BUDGET), usage=Usage(9, 1, 4, 1.0)), "",
            "$1.00 of $5.00 (20%), with 9 tokens in (4 cached), 1 out. `/budget +5` lets the work "
            "cost 5 dollars more, up to $50.00 in all.", id="question",
        ),
        pytest.param(
            task(Stage.DONE, policy=BUDGET), "+9`9|", "`+9'9¦` can't be added. $0.00 of $5.00",
            id="refused",
        ),
    ],
)  # fmt: skip
def test_a_budget_is_told(made: Task, asked: str, said: str) -> None:
    assert words.budget(made, asked).startswith(said)


def test_logs_are_shown_with_their_place() -> None:
    text = words.logs([Log("developer, attempt 2", "runs/11-7-r1.2-developer-ab", "Hi\nthere"),
                       Log("tester, attempt 1", "runs/x", "")])  # fmt: skip
    assert text == (
        "**developer, attempt 2** · `runs/11-7-r1.2-developer-ab` on the orchestrator's machine\n\n"
        "<details open><summary>The end of it</summary>\n\n```text\nHi\nthere\n```\n\n</details>"
        "\n\n**tester, attempt 1** · `runs/x`: it printed nothing."
    )
    assert words.logs([]) == "No run of this issue has left a log that is still there."


@given(st.text(max_size=300), st.text(max_size=50))
def test_nothing_in_a_log_can_act(text: str, name: str) -> None:
    shown = words.logs([Log(f"{name} @all #1", f"{name}`x", f"{text}\n{HOSTILE}")])
    tokens = MarkdownIt("commonmark").parse(shown)
    fence = [token.content for token in tokens if token.type == "fence"]
    assert [HOSTILE.splitlines()[-1] in content for content in fence] == [True]
    outside = [token.content for token in tokens if token.type in ("inline", "html_block")]
    assert not any("@all" in said or "@everyone" in said or "<script" in said for said in outside)


@pytest.mark.parametrize(
    ("text", "ticks"),
    [("", 3), ("a `b` c", 3), ("``", 3), ("```", 4), ("` ```` ``", 5)],
    ids=["none", "one", "two", "three", "four"],
)
def test_a_fence_is_longer_than_what_it_holds(text: str, ticks: int) -> None:
    assert words.fenced(text) == f"{'`' * ticks}text\n{text}\n{'`' * ticks}"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("@all #1 <b>", "@\u200ball #\u200b1 &lt;b>"),
        ("![x](http://y)", "\\!\\[x\\](http:\u200b//y)"),
        ("--- a --- b", "\u200b--- a --- b"),
        ("one\ntwo", "one\n> two"),
    ],
    ids=["mention, reference, tag", "picture", "rule", "lines"],
)
def test_words_that_are_not_ours_are_tamed(said: str, shown: str) -> None:
    text = words.status_comment(with_record(task(Stage.BLOCKED), reason=said))
    assert f"> [!CAUTION]\n> {shown}\n\n" in text


def test_a_reason_and_a_warning_are_apart() -> None:
    both = with_record(task(Stage.BLOCKED, warning="line 3"), reason="It broke.")
    assert "> It broke.\n\n> [!WARNING]\n> line 3\n\n" in words.status_comment(both)


def test_what_failed_is_shown_whole_and_only_of_what_failed() -> None:
    failed = replace(RED, failures=("one", "two"), detail="unsaid")
    text = words.status_comment(with_record(task(Stage.BLOCKED), attempts=(failed,)))
    assert "```text\none\n\ntwo\n```" in text
    passed = replace(GREEN, detail="All is well.")
    green = words.status_comment(with_record(task(Stage.REVIEW), attempts=(RED, passed)))
    assert "What failed" not in green


def test_a_long_title_is_cut() -> None:
    assert words.pull_request_title("x" * 300) == "x" * 240


@given(st.text(max_size=300))
def test_foreign_text_stays_in_its_fence(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"before\n\n{words.fenced(text)}\n\nafter")
    kinds = [token.type for token in tokens if token.type != "inline"]
    assert kinds == [
        "paragraph_open", "paragraph_close", "fence", "paragraph_open", "paragraph_close",
    ]  # fmt: skip


def test_hostile_failures_can_neither_mention_nor_close_nor_forge() -> None:
    failed = replace(RED, failures=(HOSTILE,), detail=HOSTILE)
    text = words.status_comment(with_record(task(Stage.BLOCKED), attempts=(failed,)))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    outside = [token.content for token in tokens if token.type in ("inline", "html_block")]
    assert not any("@everyone" in content or "<script>" in content for content in outside)


@given(st.text(max_size=400))
def test_titles_are_one_line_and_fit(title: str) -> None:
    made = words.pull_request_title(title)
    assert 0 < len(made) <= 256
    assert made == " ".join(made.split())
    subject = words.commit_message(replace(task(), title=title), 2).splitlines()[0]
    assert 0 < len(subject) <= 72


def test_a_commit_says_whose_work_it_is() -> None:
    mark = f"11-7@{task().request_digest}"
    assert words.commit_message(task(), 2).endswith(f"Orc-Task: {mark}\nOrc-Attempt: 2\n")


@pytest.mark.parametrize(
    "title",
    [
        "Fixes #1",
        "closes acme/weather#1",
        "fix GH-1",
        "resolves https://x/acme/w/issues/1",
        "hi @bob",
    ],
)
def test_a_title_closes_no_issue_and_mentions_nobody(title: str) -> None:
    """GitHub reads commit messages and pull requests for such words."""
    lively = re.compile(r"#\d|GH-\d|/issues/\d|@\w", re.IGNORECASE)
    assert lively.search(title)
    assert not lively.search(words.pull_request_title(title))
    message = words.commit_message(replace(task(), title=title), 1)
    assert not lively.search(message.splitlines()[0])


SKIPS = [
    *("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[Actions Skip]", "[skip  CI]"),
    *("[skip-ci]", "[ci-skip]", "[skip travis]", "[circleci skip]", "[skip azurepipelines]"),
    *("***NO_CI***", "skip-checks: true", "Skip-Checks:true"),
]
SKIPPING = re.compile(
    r"\[[\w-]+([ _-]+[\w-]+)*[ _-]skip\]|\[(skip|no)\b[^\]]*\]|\*no_ci\*|skip-checks", re.IGNORECASE
)


@pytest.mark.parametrize("skip", SKIPS)
def test_no_words_of_others_let_ci_be_skipped(skip: str) -> None:
    """What a pull request says becomes the message of the commit that merges it."""
    assert SKIPPING.search(skip)
    body = words.pull_request_body(7, words.pull_request_part((GREEN,), skip), f"Done. {skip}")
    for made in (
        words.pull_request_title(skip),
        words.pull_request_title(f"Tidy up {skip}"),
        words.commit_message(replace(task(), title=f"Tidy up {skip}"), 1),
        body,
        words.with_part("", words.pull_request_part((GREEN,), skip)),
    ):
        assert not SKIPPING.search(made), made


@pytest.mark.parametrize("title", ["Skip the ci job", "[ci] Mend it", "[skipper] Move", "a[no]"])
def test_other_titles_stay_as_they_are(title: str) -> None:
    assert words.pull_request_title(title) == title


@given(st.text(max_size=200))
def test_foreign_words_in_a_reason_are_only_words(text: str) -> None:
    hostile = f"{text}@all [x](http://y) ![z](//w) <img> #1"
    blocked = with_record(task(Stage.BLOCKED), reason=hostile)
    shown = words.status_comment(blocked).partition("- **Blocked**")[0]
    assert not re.search(r"@\w|\]\(|<img|#\d", shown.replace("\\]", ""))


def test_a_pull_request_closes_its_issue_and_shows_its_attempts() -> None:
    part = words.pull_request_part((RED, GREEN))
    body = words.pull_request_body(7, part, "Added it. Closes #99, @team")
    assert body.startswith("Closes #7")
    assert "```text\nAdded it. Closes #99, @team\n```" in body
    assert "| 2 | `aaaaaaaaaa` | ✅ 5 passed |" in body
    assert "```" not in words.pull_request_body(7, words.pull_request_part((GREEN,)), " ")


ONE, OTHER = words.pull_request_part((RED,)), words.pull_request_part((GREEN,), "### Look")
BODY = words.pull_request_body(7, ONE, "Added it.")


@pytest.mark.parametrize(
    ("body", "then"),
    [
        (BODY, BODY.replace(ONE, OTHER)),
        (f"Mine.\n\n{BODY}\n\nMine too.", f"Mine.\n\n{BODY.replace(ONE, OTHER)}\n\nMine too."),
        (f"Mine.\r\n{ONE}\r\nToo.".replace("\n", "\r\n"), None),
        ("All mine.\n", f"All mine.\n\n{OTHER}"),
        ("", f"\n\n{OTHER}"),
        (ONE.rpartition("\n")[0], f"{ONE.rpartition(chr(10))[0]}\n\n{OTHER}"),
    ],
    ids=["as it was", "added to", "sent by a browser", "without ours", "empty", "cut"],
)
def test_our_part_of_a_pull_request_is_changed_and_nothing_else(
    body: str, then: str | None
) -> None:
    changed = words.with_part(body, OTHER)
    assert then is None or changed == then
    assert (changed.count(OTHER), ONE in changed) == (1, False)
    assert words.with_part(changed, OTHER) == changed
    sent = changed.replace("\r\n", "\n").replace("\n", "\r\n")
    assert words.with_part(sent, OTHER) == sent


@given(st.text(), st.text(), st.text())
def test_nobody_else_says_where_our_part_ends(said: str, failed: str, mine: str) -> None:
    marks = ONE.splitlines()[0] + ONE.splitlines()[-1]
    red = replace(RED, failures=(f"{failed}{marks}",))
    body = words.pull_request_body(7, words.pull_request_part((red,)), f"{said}{marks}")
    added = f"{mine}\n\n{body}\n\n{mine}"
    changed = words.with_part(added, OTHER)
    assert changed.endswith(f"{OTHER}\n\n{mine}")
    assert changed.startswith(f"{mine}\n\nCloses #7")


VERDICTS = [
    (Verdict(Outcome.PASSED, HEAD, passed=3), "3 passed"),
    (Verdict(Outcome.PASSED, HEAD, passed=3, skipped=1), "3 passed, 1 skipped"),
    (Verdict(Outcome.FAILED, HEAD, passed=3, failed=1, failures=("x",)), "1 of 4 failed"),
    (Verdict(Outcome.NO_TESTS, HEAD, detail="No test ran."), "No tests"),
    (Verdict(Outcome.TIMED_OUT, HEAD), "Timed out"),
]


@pytest.mark.parametrize(("verdict", "title"), VERDICTS, ids=lambda v: str(v)[:30])
def test_a_check_says_its_verdict(verdict: Verdict, title: str) -> None:
    assert words.check_title(verdict) == title
    summary = words.check_summary(verdict)
    assert HEAD in summary
    assert verdict.detail in summary
    assert words.check_text(verdict) == ("```text\nx\n```" if verdict.failed else "Nothing failed.")

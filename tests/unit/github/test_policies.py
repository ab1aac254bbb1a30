"""Which policy is in force: organisation and project, the last good one, and what is wrong."""

from typing import Any

import pytest

from app.config import resolve
from app.domain.policy import Merge, Role
from app.domain.ref import RepoRef
from app.engine.ports import Refused, Unanswered
from app.github.policies import STRICTEST, GitHubPolicies
from tests.unit.github.conftest import REPO
from tests.unit.github.stub import StubApi

ORGANIZATION = RepoRef(12, "acme", ".github", 3)


class Files:
    """What stands in the two files; None: there is none."""

    def __init__(self, organization: str | None = None, project: str | None = None) -> None:
        self.organization, self.project = organization, project
        self.api = StubApi({"Config": self._config})
        self.policies = GitHubPolicies(self.api.as_api())

    def _config(self, *, owner: str, name: str, path: str) -> dict[str, Any]:
        text = self.organization if name == ".github" else self.project
        assert path == ("HEAD:" + ("orchestrator.yml" if name == ".github" else PROJECT))
        return {"repository": {"object": None if text is None else {"text": text}}}

    def push(self, repo: RepoRef, **texts: str | None) -> None:
        vars(self).update(texts)
        self.policies.forget(repo)


PROJECT = ".github/orchestrator.yml"


@pytest.mark.parametrize(
    ("organization", "project", "attempts", "merge"),
    [
        (None, None, 3, Merge.BY_PERSON),
        ("", "", 3, Merge.BY_PERSON),
        ("attempts: 5", None, 5, Merge.BY_PERSON),
        (None, "attempts: 6", 6, Merge.BY_PERSON),
        ("attempts: 5", "attempts: 6", 6, Merge.BY_PERSON),
        ("attempts: 5\nmerge: on-green", "attempts: 6", 6, Merge.ON_GREEN),
        ("merge: on-green", "merge: by-person", 3, Merge.BY_PERSON),
    ],
)
async def test_the_project_overrides_the_organisation(
    organization: str | None, project: str | None, attempts: int, merge: Merge
) -> None:
    setting = await Files(organization, project).policies.of(REPO)
    assert (setting.policy.attempts, setting.policy.merge) == (attempts, merge)
    assert setting.warning == ""


async def test_asked_for_once_until_a_push() -> None:
    files = Files("attempts: 5", "merge: on-green")
    for _ in range(5):
        await files.policies.of(REPO)
    assert len(files.api.asked) == 2
    files.push(REPO, project="attempts: 7")
    assert (await files.policies.of(REPO)).policy.attempts == 7
    files.push(ORGANIZATION, organization="merge: on-green")
    assert (await files.policies.of(REPO)).policy.merge is Merge.ON_GREEN
    assert len(files.api.asked) == 4


async def test_the_last_good_one_stays_in_force() -> None:
    files = Files("attempts: 5", "merge: on-green")
    await files.policies.of(REPO)
    files.push(REPO, project="merge: always\n")
    setting = await files.policies.of(REPO)
    assert setting.policy.merge is Merge.ON_GREEN
    assert f"acme/weather:{PROJECT}, line 1: merge: " in setting.warning
    assert "The last good one stays in force." in setting.warning
    assert "Correct it and push." in setting.warning
    files.push(REPO, project="merge: nonsense")  # still wrong
    assert (await files.policies.of(REPO)).policy.merge is Merge.ON_GREEN
    files.push(REPO, project="merge: by-person")
    corrected = await files.policies.of(REPO)
    assert (corrected.policy.merge, corrected.warning) == (Merge.BY_PERSON, "")


async def test_wrong_from_the_beginning() -> None:
    setting = await Files("attempts: many\nmerge: on-green", None).policies.of(REPO)
    assert setting.policy == STRICTEST
    assert "acme/.github:orchestrator.yml, line 1: attempts: " in setting.warning
    assert "Until then admins approve all work." in setting.warning


async def test_both_wrong_are_both_told() -> None:
    setting = await Files("attempts: x", "\nmerge: x").policies.of(REPO)
    assert "orchestrator.yml, line 1: attempts" in setting.warning
    assert "orchestrator.yml, line 2: merge" in setting.warning


@pytest.mark.parametrize(("organization", "project"), [("who: nobody", "who: triage"),
                                                      ("who: triage", "who: nobody")])  # fmt: skip
async def test_what_is_forbidden_in_words_that_can_not_be_read_is_not_allowed(
    organization: str, project: str
) -> None:
    files = Files(organization, project)
    assert (await files.policies.of(REPO)).policy is STRICTEST
    files.push(ORGANIZATION, organization="who: triage")
    files.push(REPO, project="")
    assert (await files.policies.of(REPO)).policy.who is Role.TRIAGE


async def test_a_deleted_file_is_no_longer_in_force() -> None:
    files = Files("attempts: 5", None)
    await files.policies.of(REPO)
    files.push(ORGANIZATION, organization=None)
    assert await files.policies.of(REPO) == await Files().policies.of(REPO)


async def test_what_can_not_be_read_now_is_read_later() -> None:
    files = Files("attempts: 5", None)
    await files.policies.of(REPO)
    files.push(ORGANIZATION, organization="attempts: 6")
    answers, files.api.answers = files.api.answers, {"Config": Unanswered("x")}
    with pytest.raises(Unanswered):
        await files.policies.of(REPO)
    files.api.answers = answers
    assert (await files.policies.of(REPO)).policy.attempts == 6


async def test_no_access_to_the_organisation_s_repository_is_no_file() -> None:
    files = Files()
    files.api.answers = {"Config": Refused(404, "Config", "NOT_FOUND")}
    assert (await files.policies.of(REPO)).policy == resolve(REPO.name)


async def test_denied_is_not_the_same_as_no_file() -> None:
    files = Files()
    files.api.answers = {"Config": Refused(403, "Config", "FORBIDDEN")}
    with pytest.raises(Refused):
        await files.policies.of(REPO)


async def test_an_owner_s_name_has_no_case() -> None:
    files = Files("attempts: 5")
    await files.policies.of(REPO)
    await files.policies.of(RepoRef(13, "ACME", "other", 3))
    assert [given["name"] for _, _, given in files.api.asked].count(".github") == 1


async def test_the_organisation_s_repository_is_a_project_too() -> None:
    """A push there may change either of its files."""
    files = Files()
    asked = files.api.asked
    files.api.answers = {"Config": lambda **_: {"repository": {"object": None}}}
    await files.policies.of(ORGANIZATION)
    files.policies.forget(ORGANIZATION)
    await files.policies.of(ORGANIZATION)
    assert [given["path"] for _, _, given in asked] == [
        "HEAD:orchestrator.yml",
        f"HEAD:{PROJECT}",
    ] * 2


async def test_what_a_survey_saw_needs_no_request() -> None:
    files = Files()
    files.policies.learn_organization("Acme", "attempts: 5")
    files.policies.learn_project(REPO, "merge: on-green")
    setting = await files.policies.of(REPO)
    assert (setting.policy.attempts, setting.policy.merge) == (5, Merge.ON_GREEN)
    assert files.api.asked == []


@pytest.mark.parametrize(("name", "intake"), [("weather", True), ("Weather", False), ("x", False)])
async def test_intake_by_name(name: str, intake: bool) -> None:
    files = Files("triggers: {intake: [weather]}")
    setting = await files.policies.of(RepoRef(14, "acme", name, 3))
    assert setting.policy.intake is intake

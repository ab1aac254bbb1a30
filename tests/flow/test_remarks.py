"""What agents say stands on the issue, and never makes the app do anything."""

from collections.abc import Callable

import pytest

from app.domain.ref import IssueRef, RepoRef
from app.domain.remark import Kind, Remark
from app.domain.stage import Stage
from app.github.api import Api
from app.github.remarks import GitHubRemarks
from app.wiring import app_key
from tests.flow.house import REPO, House

MakeHouse = Callable[..., House]
TEMPTING = (
    "/retry",
    "Done.\n\n/cancel\n/approve",
    "@orc please start over, cc @wanda",
    "<!-- orc:status -->\n<!-- orc:reply 1 -->",
)


async def say(home: House, number: int, *texts: str) -> None:
    settings, app = home.make_settings(), home.sandbox.app
    repo = RepoRef(home.sandbox.repository(REPO).id, "acme", REPO, app.installation_id)
    async with Api(settings.github_url, app_key(settings), retry_seconds=0.05) as api:
        for index, text in enumerate(texts):
            remark = Remark("developer", Kind.ANSWER, text)
            await GitHubRemarks(api).comment(IssueRef(repo, number), f"run.{index}", remark)


def surveys(home: House) -> int:
    return sum(request.operation == "Survey" for request in home.sandbox.requests)


@pytest.mark.parametrize("swept", [False, True], ids=["delivered", "swept"])
async def test_a_remark_triggers_nothing(swept: bool, make_house: MakeHouse) -> None:
    settings = {"sweep_seconds": 0.3} if swept else {}
    home = make_house(scenario="nothing", config={"attempts": 1}, settings=settings)
    home.start()
    number = home.ask()
    before = home.wait(number, Stage.BLOCKED)
    mark = len(home.bot_comments(number))
    home.sandbox.drop_deliveries(swept)
    await say(home, number, *TEMPTING)
    home.sandbox.drop_deliveries(False)
    if swept:
        seen = surveys(home)
        home.until(lambda: surveys(home) >= seen + 2)
    asked = home.say(number, "/status")  # handled after all that came before it
    home.until(lambda: home.reactions(number, asked) == ["rocket"])
    assert home.record(number) == before
    assert home.stage(number) is Stage.BLOCKED
    assert len(home.bot_comments(number)) == mark + len(TEMPTING) + 1

"""As whose the App's commits are shown."""

import pytest

from app.settings import Settings
from app.wiring.code import bot_email


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://api.github.com", "github.com"),
        ("https://api.github.com/", "github.com"),
        ("https://github.acme.example/api/v3", "github.acme.example"),
        ("http://127.0.0.1:8765/api/v3", "127.0.0.1"),
    ],
)
def test_commits_bear_the_address_of_the_apps_own_account(url: str, host: str) -> None:
    settings = Settings.model_construct(github_url=url)
    assert bot_email(settings, "orc") == f"orc[bot]@users.noreply.{host}"

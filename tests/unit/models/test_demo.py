"""Which script the demo's fake model plays."""

import pytest

from app.cli.demo.model import script_for


@pytest.mark.parametrize(
    ("scenario", "script"),
    [
        ("team", "team"),
        ("team-change", "team-change"),
        ("default", "default"),
        ("gives-up", "default"),
    ],
)
def test_the_script_has_the_name_of_the_scenario(scenario: str, script: str) -> None:
    assert script_for(scenario).name == script

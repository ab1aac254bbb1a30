"""Contract, compose file, workflows and code name the same variables; each is read by itself."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.templates import making
from tests.templates.contract import FILE, Contract, Source, parse


class Field(NamedTuple):
    secret: bool
    required: bool


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return making.make(tmp_path_factory.mktemp("full") / "project")


@pytest.fixture(scope="module")
def contract(project: Path) -> Contract:
    return parse((project / FILE).read_text())


def in_code(project: Path) -> dict[str, Field]:
    """By the syntax of the settings, without running them."""
    found = {}
    for file in project.glob("app/*/settings.py"):
        tree = ast.parse(file.read_text())
        (prefix,) = re.findall(r'env_prefix="([A-Z_]+)"', file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                secret = "SecretStr" in ast.unparse(node.annotation)
                found[prefix + node.target.id.upper()] = Field(secret, node.value is None)
    for text in [file.read_text() for file in project.glob("frontend/server/*.js")]:
        found |= dict.fromkeys(re.findall(r"\benv\.([A-Z_]+)", text), Field(False, False))
    return found


def in_compose(project: Path) -> dict[str, dict[str, str]]:
    """What each service is given."""
    services = yaml.safe_load((project / "compose.yaml").read_text())["services"]
    return {name: service["environment"] for name, service in services.items()}


def in_workflows(project: Path) -> set[str]:
    texts = [path.read_text() for path in project.glob(".github/workflows/*")]
    return {name for text in texts for name in re.findall(r"\bsecrets\.(\w+)", text)}


def test_the_contract_says_what_the_code_reads(project: Path, contract: Contract) -> None:
    said = {each.name: Field(each.secret, each.default is None) for each in contract.variables}
    assert in_code(project) == said
    assert len(said) == 10


def test_each_service_is_given_its_own_variables_alone(project: Path, contract: Contract) -> None:
    said: dict[str, set[str]] = {module: set() for module in making.FULL}
    for each in contract.variables:
        said[each.module].add(each.name)
    assert {module: set(given) for module, given in in_compose(project).items()} == said


def test_what_people_give_is_handed_on_under_its_name(project: Path, contract: Contract) -> None:
    handed = {
        name
        for given in in_compose(project).values()
        for name, value in given.items()
        if re.fullmatch(rf"\$\{{{name}(:-|:\?.+)\}}", value)
    }
    assert handed == {each.name for each in contract.variables if each.source is Source.USER}


def test_secrets_agree_everywhere(project: Path, contract: Contract) -> None:
    """No secret is written down, and a workflow names none that the contract does not know."""
    assert contract.secrets == {name for name, field in in_code(project).items() if field.secret}
    assert contract.secrets == {
        "TG_BOT_TOKEN",
        "NOTIFICATIONS_SMTP_URL",
        "NOTIFICATIONS_TELEGRAM_TOKEN",
    }
    assert in_workflows(project) <= contract.secrets | {"GITHUB_TOKEN"}
    given = {name: value for each in in_compose(project).values() for name, value in each.items()}
    assert all(given[name].startswith("${") for name in contract.secrets)


SLIPS = {
    "a field without an entry": (
        "app/tg_bot/settings.py",
        "token: SecretStr\n",
        "{}    admin: str\n",
    ),
    "a secret that is no SecretStr": ("app/tg_bot/settings.py", "token: SecretStr", "token: str"),
    "an entry without a field": ("env.contract.yaml", "TG_BOT_TOKEN", "TG_BOT_KEY"),
    "a secret said to be none": ("env.contract.yaml", "secret: true", "secret: false"),
    "a service that is not given it": ("compose.yaml", "TG_BOT_TOKEN: ", "TG_BOT_KEY: "),
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return making.make(tmp_path_factory.mktemp("bot") / "project", ["tg_bot"])


@pytest.mark.parametrize("slip", SLIPS)
def test_a_projects_own_tests_see_a_slip(bot: Path, slip: str) -> None:
    file, before, after = SLIPS[slip]
    whole = (bot / file).read_text()
    assert before in whole
    (bot / file).write_text(whole.replace(before, after.format(before), 1))
    try:
        with pytest.raises(AssertionError, match=r"[12] failed"):
            making.run(
                bot, "make", "test-python", "ARGS=-p no:cacheprovider tests/test_contract.py"
            )
    finally:
        (bot / file).write_text(whole)

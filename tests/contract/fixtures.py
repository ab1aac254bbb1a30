"""The fixture that hangs GitHub's contract into sandboxes: use it from any conftest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.sandbox import Sandbox
from tests.contract import schemas
from tests.contract.checker import GitHubContract


def attach(contract: GitHubContract, sandbox: Sandbox) -> Sandbox:
    """From now on every exchange and event of this sandbox is checked."""
    sandbox.observers.append(contract)
    return sandbox


@pytest.fixture(scope="session")
def github_contract() -> Iterator[GitHubContract]:
    """One for the whole run: validators are compiled once; violations fail at the end."""
    schemas.need()
    contract = GitHubContract()
    yield contract
    contract.assert_clean()

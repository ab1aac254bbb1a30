"""All actions that this machine stands in for; any other fails its step, by name."""

from __future__ import annotations

from app.sandbox.actions.runner.checkout import CHECKOUT
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.setups import SETUP_NODE, SETUP_PYTHON
from app.sandbox.actions.runner.storage import CACHE, DOWNLOAD, UPLOAD
from app.sandbox.actions.runner.uses import StandIn

STAND_INS: tuple[StandIn, ...] = (CHECKOUT, SETUP_PYTHON, SETUP_NODE, CACHE, UPLOAD, DOWNLOAD)


def find(said: str) -> StandIn:
    """By `owner/name@ref`; which ref does not matter here, but there must be one."""
    name, _, ref = said.partition("@")
    for one in STAND_INS:
        if one.name == name.lower() and ref:
            return one
    known = ", ".join(one.name for one in STAND_INS)
    raise StepFailed(f"The sandbox does not know the action {said[:200]}; it stands in for {known}")

"""The model that a demo's agent talks to: the real one where its key is set, else the fake."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.agents import agent_type
from app.sandbox.models import FakeModels, Script, builtin_scripts, load_script

# Whose API each agent speaks.
_PROVIDERS = {"claude": "ANTHROPIC", "droid": "ANTHROPIC", "codex": "OPENAI"}
_FAKE_KEY = "sandbox"  # the fake wants a key, and any will do


@dataclass(frozen=True, slots=True)
class Model:
    """Settings for the app, and what to tell the person who watches; "" where there is no model."""

    environ: Mapping[str, str]
    said: str


@contextmanager
def model(agent: str, scenario: str) -> Iterator[Model]:
    """For as long as the block runs; the fake plays the scenario's script."""
    if not agent_type(agent).metered:
        yield Model({}, "")
        return
    provider, names, key = _PROVIDERS[agent], key_names(agent), _key(agent)
    if key is not None:
        said = f"The model is real: {provider.title()}'s, with your key, at your cost."
        yield Model({names[0]: key, **_own_url(provider)}, said)
        return
    fake = FakeModels(script_for(scenario))
    fake.start()
    try:
        said = (
            f"{names[1]} is not set, so the scripted model server of the sandbox answers {agent}."
        )
        yield Model({names[0]: _FAKE_KEY, f"ORC_{provider}_URL": fake.url}, said)
    finally:
        fake.stop()


def is_real(agent: str) -> bool:
    """Whether it thinks, so that it can do what a stranger asks."""
    return agent_type(agent).metered and _key(agent) is not None


def key_names(agent: str) -> tuple[str, str]:
    """The variables that may hold the key of a metered agent's model."""
    provider = _PROVIDERS[agent]
    return f"ORC_{provider}_API_KEY", f"{provider}_API_KEY"


def _key(agent: str) -> str | None:
    return next((os.environ[name] for name in key_names(agent) if os.environ.get(name)), None)


def script_for(scenario: str) -> Script:
    """The built-in one of the scenario's name; else the default one."""
    scripts = builtin_scripts()
    return load_script(scripts.get(scenario, scripts["default"]))


def _own_url(provider: str) -> dict[str, str]:
    name = f"ORC_{provider}_URL"
    return {name: os.environ[name]} if os.environ.get(name) else {}

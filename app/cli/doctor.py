"""`orc doctor`: tries everything the app needs, and says of each what is wrong and what to do."""

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, dataclass

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
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings]) + "\n")
    else:
        for finding in findings:
            mark = "✓" if finding.good else "✗"
            sys.stdout.write(f"{mark} {finding.what}: {finding.detail}\n")
            if finding.advice:
                sys.stdout.write(f"    {finding.advice}\n")
    return 0 if all(finding.good for finding in findings) else 1


async def _examine() -> list[Finding]:
    findings = [_git()]
    try:
        settings = load_settings()
        app_key(settings)
    except SettingsError as error:
        advice = "See docs/operating.md for every variable."
        return [*findings, Finding("settings", good=False, detail=str(error), advice=advice)]
    findings.append(Finding("settings", good=True, detail="complete"))
    findings.append(await _try("database", lambda: _database(settings)))
    findings.append(await _try("GitHub App", lambda: _github(settings)))
    return findings


def _git() -> Finding:
    found = shutil.which("git")
    if found is None:
        return Finding("git", good=False, detail="not on PATH", advice="Install git.")
    return Finding("git", good=True, detail=found)


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

"""How single values of orchestrator.yml are written, and what they mean. It knows no keys."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

import agent_image
from app.agents import AGENTS

_INSTALL = Path(agent_image.__file__).parent / "install"
CAPABILITIES = tuple(sorted(path.stem for path in _INSTALL.glob("*.sh")))
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
MAX_SECONDS = 24 * 3600.0
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?) ?(MB|GB)")
_MIB = {"MB": 1, "GB": 1024}
# A name, as DNS has it; not an address, which would say nothing of who answers there.
_HOST = re.compile(
    r"(?=.{1,253}(?::|\Z))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::([0-9]{1,5}))?"
)
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]{1,100}")
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")
_PRICED = re.compile(r"[A-Za-z0-9*?\[][A-Za-z0-9._:/*?\[\]-]{0,99}")
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# What no JSON writes in another way, as agents' output is JSON.
_PROMISE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,:!_-]{1,78}[A-Za-z0-9]")


def _seconds(value: object) -> object:
    if not isinstance(value, str) or (match := _DURATION.fullmatch(value.strip())) is None:
        raise ValueError('write a duration such as "90s", "10m" or "1h"')
    seconds = float(match.group(1)) * _SECONDS[match.group(2)]
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError("write more than 0s, and at most 24h")
    return seconds


def _bytes(value: object) -> object:
    if not isinstance(value, str) or (match := _SIZE.fullmatch(value.strip())) is None:
        raise ValueError('write a size such as "512MB" or "2GB"')
    size = int(float(match.group(1)) * _MIB[match.group(2)]) << 20
    if not 64 << 20 <= size <= 1 << 40:
        raise ValueError("write at least 64MB, and at most 1024GB")
    return size


def _host(value: str) -> str:
    match = _HOST.fullmatch(value)
    if match is None or not 0 < int(match.group(1) or 443) < 65_536:
        raise ValueError(
            "write a host's name in lower case, such as pypi.org or pypi.org:443; "
            "no URL, no address, no pattern"
        )
    return value


def _promise(value: str) -> str:
    if _PROMISE.fullmatch(value) is None:
        raise ValueError(
            "write 3 to 80 letters, digits, spaces and any of . , : ! _ - such as ALL DONE; "
            "it begins and ends with a letter or digit"
        )
    return value


def _login(value: str) -> str:
    if _LOGIN.fullmatch(name := value.removeprefix("@")) is None:
        raise ValueError("write a person's login, such as octocat; teams can't be assigned")
    return name


def _login_or_team(value: str) -> str:
    name = value.removeprefix("@")
    if _LOGIN.fullmatch(name) is None and _TEAM.fullmatch(name) is None:
        raise ValueError('write a login, or a team as its organisation names it: "acme/on-call"')
    return name


def _agent(value: str) -> str:
    return _one_of(value, "agent", tuple(agent.name for agent in AGENTS))


def _capability(value: str) -> str:
    return _one_of(value, "capability", CAPABILITIES)


def _one_of(value: str, kind: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"there is no {kind} {value[:40]!r}; write one of: {', '.join(known)}")
    return value


def _repository(value: str) -> str:
    if _REPOSITORY.fullmatch(value) is None:
        raise ValueError("write a repository's name without its owner, such as requests")
    return value


def _model(value: str) -> str:
    if _MODEL.fullmatch(value) is None:
        raise ValueError("write a model's name, such as claude-sonnet-4")
    return value


def _priced(value: str) -> str:
    if _PRICED.fullmatch(value) is None:
        raise ValueError("write a model's name or a pattern, such as claude-sonnet-*")
    return value


Size = Annotated[int, BeforeValidator(_bytes)]
Host = Annotated[str, AfterValidator(_host)]
Promise = Annotated[str, AfterValidator(_promise)]
Agent = Annotated[str, AfterValidator(_agent)]
Capability = Annotated[str, AfterValidator(_capability)]
Repository = Annotated[str, AfterValidator(_repository)]
Label = Annotated[str, Field(min_length=1, max_length=50)]
Usd = Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)]
Duration = Annotated[float, BeforeValidator(_seconds)]
Model = Annotated[str, AfterValidator(_model)]
PricedModel = Annotated[str, AfterValidator(_priced)]
Login = Annotated[str, AfterValidator(_login)]
LoginOrTeam = Annotated[str, AfterValidator(_login_or_team)]

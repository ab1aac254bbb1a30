"""How single values of orchestrator.yml are written, and what they mean. It knows no keys."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

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
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")
_TEAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# What no JSON writes in another way, as agents' output is JSON.
_PROMISE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .,:!_-]{1,78}[A-Za-z0-9]")


def _seconds(value: object) -> object:
    if not isinstance(value, str) or (match := _DURATION.fullmatch(value.strip())) is None:
        raise ValueError('write a duration such as "90s", "10m" or "1h"')
    return float(match.group(1)) * _SECONDS[match.group(2)]


def _bytes(value: object) -> object:
    if not isinstance(value, str) or (match := _SIZE.fullmatch(value.strip())) is None:
        raise ValueError('write a size such as "512MB" or "2GB"')
    return int(float(match.group(1)) * _MIB[match.group(2)]) << 20


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


Size = Annotated[int, BeforeValidator(_bytes), Field(ge=64 << 20, le=1 << 40)]
Host = Annotated[str, AfterValidator(_host)]
Promise = Annotated[str, AfterValidator(_promise)]
Capability = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Label = Annotated[str, Field(min_length=1, max_length=50)]
Usd = Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)]
Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, le=MAX_SECONDS)]
MODEL = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$"
PricedModel = Annotated[str, Field(pattern=r"^[A-Za-z0-9*?\[][A-Za-z0-9._:/*?\[\]-]{0,99}$")]
Login = Annotated[str, AfterValidator(_login)]
LoginOrTeam = Annotated[str, AfterValidator(_login_or_team)]

"""Has the engine build one image, and keeps its log. It decides neither what is built nor when."""

import io
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import requests

from app.images.error import BuildError
from app.images.recipe import Recipe

LABEL = "orc.image"
CAPABILITIES = "orc.capabilities"
Show = Callable[[str], None]

# A step may be silent this long, and a log be this long.
_IDLE_SECONDS = 1800
_LOG_BYTES = 10_000_000
_TAIL_LINES = 20
# Docker knows these build arguments of itself: neither history nor environment keep them.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY")
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\xa0-\U0010ffff]")


class _Failed(Exception):
    """Why the engine did not make the image."""


def build(client: docker.DockerClient, recipe: Recipe, log: Path, show: Show) -> None:
    """Build it, with the log's lines in `log` and shown. Raises BuildError; blocks for minutes."""
    proxies = _proxies(os.environ)
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    with log.open("w") as file:

        def say(line: str) -> None:
            tail.append(_clean(line, proxies))
            if file.tell() < _LOG_BYTES:
                file.write(f"{tail[-1]}\n")
                file.flush()
            show(tail[-1])

        try:
            for line in _run(client, recipe, proxies):
                say(line)
        except _Failed as error:
            say(f"{error}")
            raise BuildError(_failure(recipe, tail, log)) from None


def _failure(recipe: Recipe, tail: Iterable[str], log: Path) -> str:
    names = recipe.capabilities
    lines = "\n".join(f"  {line}" for line in tail)
    return (
        f"the image with {', '.join(names)} could not be built. The last lines of its log:\n"
        f"{lines}\nAll of them are in {log}. Correct what they name, then build it again: "
        f"orc images build {' '.join(names)}"
    )


def _run(client: docker.DockerClient, recipe: Recipe, proxies: Mapping[str, str]) -> Iterator[str]:
    """The lines of a build. Raises _Failed."""
    try:
        for part in client.api.build(
            fileobj=io.BytesIO(recipe.context()),
            custom_context=True,
            tag=recipe.tag,
            buildargs={"BASE_IMAGE": recipe.base_image, **proxies},
            use_config_proxy=False,
            labels={LABEL: "1", CAPABILITIES: ",".join(recipe.capabilities)},
            rm=True,
            forcerm=True,
            timeout=_IDLE_SECONDS,
            decode=True,
        ):
            if "error" in part:
                raise _Failed(" ".join(str(part["error"]).split()))
            yield from _lines(part)
    # The texts of these have the request's address in them, and so the proxies.
    except docker.errors.APIError as error:
        raise _Failed(f"the Docker engine refused: {error.explanation}") from None
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise _Failed(f"the Docker engine is gone ({type(error).__name__})") from None


def _lines(part: Mapping[str, Any]) -> Iterator[str]:
    if part.get("stream"):
        yield from (line for line in str(part["stream"]).splitlines() if line.strip())
    elif part.get("status") and not part.get("progressDetail"):
        yield f"{part.get('id', '')} {part['status']}".strip()


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    names = (*_PROXIES, *(name.lower() for name in _PROXIES))
    return {name: environ[name] for name in names if environ.get(name)}


def _clean(line: str, proxies: Mapping[str, str]) -> str:
    """Fit for a terminal, and without what a proxy's address may have of a password."""
    for value in proxies.values():
        who, at, _ = value.rpartition("@")
        if at:
            line = line.replace(who, "(proxy)").replace(who.rpartition("//")[2], "(proxy)")
    return _UNPRINTABLE.sub(" ", line)

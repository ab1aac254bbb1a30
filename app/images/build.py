"""Has the engine build one image, and keeps its log. It decides neither what is built nor when."""

import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import docker
import requests

from app.images.error import BuildError
from app.images.log import BuildLog, Show, lines
from app.images.recipe import Recipe

LABEL = "orc.image"  # the Dockerfile sets it to 1
CAPABILITIES = "orc.capabilities"

# A step may be silent this long.
_IDLE_SECONDS = 1800
# Docker knows these build arguments of itself: neither history nor environment keep them.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY")


class _Failed(Exception):
    """Why the engine did not make the image."""


def build(client: docker.DockerClient, recipe: Recipe, file: Path, show: Show) -> None:
    """Build it, its log kept in `file` and shown. Raises BuildError; blocks for minutes."""
    proxies = _proxies(os.environ)
    with file.open("w", encoding="utf-8") as kept:
        log = BuildLog(kept, show, proxies.values())
        try:
            for line in _run(client, recipe, proxies):
                log.add(line)
        except _Failed as error:
            log.add(str(error))
            raise BuildError(_failure(recipe, log.tail, file)) from None


def _run(client: docker.DockerClient, recipe: Recipe, proxies: Mapping[str, str]) -> Iterator[str]:
    try:
        for part in client.api.build(
            fileobj=io.BytesIO(recipe.context()),
            custom_context=True,
            tag=recipe.tag,
            buildargs={"BASE_IMAGE": recipe.base_image, **proxies},
            use_config_proxy=False,
            labels={CAPABILITIES: ",".join(recipe.capabilities)},
            rm=True,
            forcerm=True,
            timeout=_IDLE_SECONDS,
            decode=True,
        ):
            if "error" in part:
                raise _Failed(" ".join(str(part["error"]).split()))
            yield from lines(part)
    # The texts of these hold the request's address, and so the proxies.
    except docker.errors.APIError as error:
        raise _Failed(f"the Docker engine refused: {error.explanation}") from None
    except (docker.errors.DockerException, requests.RequestException) as error:
        raise _Failed(f"the Docker engine is gone ({type(error).__name__})") from None


def _failure(recipe: Recipe, tail: tuple[str, ...], file: Path) -> str:
    names = recipe.capabilities
    return "\n".join(
        (
            f"the image with {', '.join(names)} could not be built; its log ends:",
            *(f"  {line}" for line in tail),
            f"All of it is in {file}. Correct what it names, then build the image again:",
            f"  orc images build {' '.join(names)}",
        )
    )


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    names = (*_PROXIES, *(name.lower() for name in _PROXIES))
    return {name: environ[name] for name in names if environ.get(name)}

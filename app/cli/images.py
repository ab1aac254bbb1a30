"""`orc images`: the images that agents run in, seen, built and removed by hand.

The app does the same by itself. Heavy imports wait until a command is called.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from app.images.images import Image, Images

images = typer.Typer(help="The images that agents run in.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Value = TypeVar("Value")
_DAY = 86_400.0


@images.command("list")
def list_(as_json: Json = False) -> None:
    """List the images there are, the last used first."""
    found = _with_images(lambda images: images.there())
    if as_json:
        _print(
            json.dumps({"images": [{**asdict(image.built), "used": image.used} for image in found]})
        )
    elif not found:
        _print("There are no images yet: each is built when a run first needs it.")
    else:
        rows = [("TAG", "SIZE", "LAST USED", "CAPABILITIES"), *map(_row, found)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            _print("  ".join(cells).rstrip())


@images.command()
def build(
    capabilities: Annotated[list[str], typer.Argument(help="What it must hold: git, python, …")],
    as_json: Json = False,
) -> None:
    """Build the image that holds these capabilities, unless it is there; print its tag.

    Its log goes to standard error.
    """
    from app.images.capability import in_order
    from app.images.error import UnknownCapabilityError

    try:
        holds = in_order(capabilities)
    except UnknownCapabilityError as error:
        raise typer.BadParameter(str(error), param_hint="CAPABILITIES") from None
    show = _ignore if as_json else _show
    tag = ensure(capabilities, show)
    _print(json.dumps({"tag": tag, "capabilities": holds}) if as_json else tag)


@images.command()
def prune(
    days: Annotated[float, typer.Option(min=0, help="Unused for so many days.")] = 7.0,
    as_json: Json = False,
) -> None:
    """Remove the images that were not used lately, and print their tags.

    One that a container uses stays, whatever its age.
    """
    removed = _with_images(lambda images: images.collect(time.time(), days * _DAY))
    if as_json:
        _print(json.dumps({"removed": removed}))
    else:
        _print("\n".join(removed) or f"No image has been unused for {days:g} days.")


def ensure(capabilities: Iterable[str], show: Callable[[str], None] | None = None) -> str:
    """The tag of the image that holds them, built if it is not there, its log shown.

    Where that fails, the reason is on standard error and typer.Exit is raised.
    """
    return _with_images(lambda images: images.ensure(capabilities), show)


def _with_images(
    work: "Callable[[Images], Awaitable[Value]]", show: Callable[[str], None] | None = None
) -> Value:
    """What the work gives. Where an image or the engine is at fault, the command ends with 1."""
    import docker

    from app.cli.machine import no_docker
    from app.images.error import ImageError
    from app.images.images import Images
    from app.images.recipe import Source
    from app.settings import load_image_settings

    async def run() -> Value:
        return await work(Images(client, source, settings.state_dir, show or _ignore))

    settings = load_image_settings()
    source = Source(settings.base_image, settings.extra_ca)
    try:
        client = docker.from_env()
    except docker.errors.DockerException as error:
        _fail(no_docker(error))
    try:
        return asyncio.run(run())
    except ImageError as error:
        _fail(str(error))
    finally:
        client.close()


def _row(image: "Image") -> tuple[str, str, str, str]:
    days = int((time.time() - image.used) / _DAY)
    used = "today" if days < 1 else f"{days} day{'s' * (days > 1)} ago"
    built = image.built
    return (built.tag, f"{built.size / 1e6:.0f} MB", used, ", ".join(built.capabilities))


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"orc: {message}\n")
    raise typer.Exit(1)


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _show(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _ignore(_: str) -> None:
    pass

"""An image is built when it is first asked for, once, and its log is kept."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import docker
import pytest

from app.images.error import BuildError, ImageError, UnknownCapabilityError
from app.images.images import Images
from app.images.recipe import Source, tag
from tests.integration.images.conftest import Workshop

ROOT = Path(__file__).parents[3]
# What another process of the app does; it prints the log.
ENSURE = """
import asyncio, pathlib, sys, docker
from app.images.images import Images
from app.images.recipe import Source
base, package, state = sys.argv[1:]
source = Source(base, package=pathlib.Path(package))
images = Images(docker.from_env(), source, pathlib.Path(state), print)
print(asyncio.run(images.ensure({"python"})))
"""


async def test_it_is_built_once_and_labelled(workshop: Workshop) -> None:
    name = await workshop.images().ensure({"python"})
    assert name == tag({"python"}, workshop.source)
    assert await workshop.images().ensure(["git", "python"]) == name
    assert workshop.built == 1
    labels = workshop.client.images.get(name).labels
    assert labels == {
        "orc.image": "1",
        "orc.capabilities": "git,python",
        "orc.test": workshop.mark,
    }
    (image,) = [each.built for each in await workshop.images().there() if each.built.tag == name]
    assert image.capabilities == ("git", "python")
    assert image.size > 100_000_000
    assert workshop.client.containers.run(name, ["/snake"], entrypoint="cat", remove=True) == (
        b"snake\n"
    )


async def test_a_log_is_kept_and_shown(workshop: Workshop) -> None:
    workshop.script("python", "printf 'red\\033[31m and\\033[0m\\n'", "seq 2 | sed 's/^/line /'")
    name = await workshop.images().ensure({"python"})
    log = workshop.state_dir / "images" / f"{name.partition(':')[2]}.log"
    assert log.read_text().splitlines() == workshop.lines
    assert "red and" in workshop.lines
    assert "line 2" in workshop.lines


async def test_those_who_ask_at_once_get_one_build(workshop: Workshop) -> None:
    first, second = workshop.images(), workshop.images()
    names = await asyncio.gather(*(each.ensure({"python"}) for each in (first, second) * 3))
    assert len(set(names)) == 1
    assert workshop.built == 1


async def test_two_images_are_built_side_by_side(workshop: Workshop) -> None:
    images = workshop.images()
    names = await asyncio.gather(images.ensure({"python"}), images.ensure({"git"}))
    assert len(set(names)) == 2
    assert workshop.built == 2


def test_processes_that_ask_at_once_get_one_build(workshop: Workshop) -> None:
    source = workshop.source
    given = (source.base_image, str(source.package), str(workshop.state_dir))
    command = [sys.executable, "-c", ENSURE, *given]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate()[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert {lines[-1] for lines in said} == {tag({"python"}, source)}
    assert sum("Successfully tagged" in line for lines in said for line in lines) == 1


async def test_a_cancelled_caller_leaves_the_build_to_the_next(workshop: Workshop) -> None:
    begun, loop = asyncio.Event(), asyncio.get_running_loop()

    def show(line: str) -> None:
        workshop.lines.append(line)
        loop.call_soon_threadsafe(begun.set)

    images = workshop.images(show)
    caller = asyncio.create_task(images.ensure({"python"}))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    name = await images.ensure({"python"})
    assert workshop.there(name)
    assert workshop.built == 1


async def test_a_failing_script_is_an_error_with_the_end_of_its_log(workshop: Workshop) -> None:
    workshop.script(
        "python", "seq 100 >&2", "echo 'E: Unable to locate package frob' >&2", "exit 7"
    )
    with pytest.raises(BuildError) as caught:
        await workshop.images().ensure({"python"})
    message = str(caught.value)
    assert "  E: Unable to locate package frob\n" in message
    assert "returned a non-zero code: 7" in message
    assert "  100\n" in message
    assert "  50\n" not in message
    assert "orc images build git python" in message
    (log,) = (workshop.state_dir / "images").glob("*.log")
    assert str(log) in message
    assert "50" in log.read_text().splitlines()

    workshop.script("python", "true")
    assert workshop.there(await workshop.images().ensure({"python"}))


async def test_what_a_failed_build_leaves_is_no_container_and_is_collected(
    workshop: Workshop,
) -> None:
    workshop.script("python", "exit 7")
    with pytest.raises(BuildError):
        await workshop.images().ensure({"python"})
    (left,) = workshop.left()
    assert workshop.client.containers.list(all=True, filters={"ancestor": left}) == []
    await workshop.images().collect(time.time())
    assert workshop.left() == [left]  # young: somebody may be building on it
    dangling = workshop.client.api.images(filters={"dangling": True, "label": "orc.image=1"})
    assert left in {image["Id"] for image in dangling}


async def test_an_unknown_capability_builds_nothing(workshop: Workshop) -> None:
    with pytest.raises(UnknownCapabilityError, match="use some of: git, python"):
        await workshop.images().ensure({"python", "rust"})
    assert workshop.lines == []


async def test_a_missing_base_image_is_named(workshop: Workshop) -> None:
    source = Source("127.0.0.1:1/no-such-base", package=workshop.source.package)
    images = Images(workshop.client, source, workshop.state_dir)
    with pytest.raises(BuildError, match=r"127\.0\.0\.1:1"):
        await images.ensure({"python"})


async def test_an_engine_that_hangs_up_is_said(workshop: Workshop, tmp_path: Path) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_unix_server(hang_up, tmp_path / "docker.sock"):
        client = docker.DockerClient(base_url=f"unix://{tmp_path}/docker.sock", version="1.41")
        images = Images(client, workshop.source, workshop.state_dir)
        for work in (images.ensure({"python"}), images.there(), images.collect(0)):
            with pytest.raises(ImageError, match="See that it runs"):
                await work
        client.close()

"""Images go when nobody has used them for a week, and only then."""

import os
import time

import docker
import pytest
import requests

from app.executors.lock import try_lock
from tests.integration.images.conftest import Workshop

DAY = 86_400.0


def used(workshop: Workshop, tag: str, days_ago: float) -> None:
    """As if it had been asked for last so many days ago."""
    then = time.time() - days_ago * DAY
    os.utime(workshop.state_dir / "images" / f"{tag.partition(':')[2]}.lock", (then, then))


@pytest.mark.parametrize(
    ("days_ago", "goes"),
    [
        pytest.param(0, False, id="used today"),
        pytest.param(6.9, False, id="used this week"),
        pytest.param(7.1, True, id="unused for a week"),
    ],
)
async def test_age(days_ago: float, goes: bool, workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    used(workshop, tag, days_ago)
    assert (tag in await images.collect(time.time())) == goes
    assert workshop.there(tag) != goes
    left = {path.suffix for path in (workshop.state_dir / "images").glob(f"{tag[-12:]}.*")}
    assert left == (set() if goes else {".lock", ".log"})


async def test_only_the_old_one_goes(workshop: Workshop) -> None:
    images = workshop.images()
    old, young = await images.ensure({"python"}), await images.ensure({"git"})
    used(workshop, old, 8)
    assert await images.collect(time.time()) == (old,)
    assert workshop.there(young)


async def test_to_ask_for_an_image_is_to_use_it(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    used(workshop, tag, 8)
    await images.ensure({"python"})
    assert await images.collect(time.time()) == ()
    assert workshop.there(tag)


async def test_what_a_container_uses_stays(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    container = workshop.client.containers.create(tag, network_mode="none")  # not even started
    try:
        used(workshop, tag, 8)
        assert await images.collect(time.time()) == ()
        assert workshop.there(tag)
    finally:
        container.remove(force=True)
    assert await images.collect(time.time()) == (tag,)


async def test_an_image_that_is_being_asked_for_stays(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    used(workshop, tag, 8)
    lock = try_lock(workshop.state_dir / "images" / f"{tag[-12:]}.lock")
    assert lock
    with lock:
        assert await images.collect(time.time()) == ()
    assert await images.collect(time.time()) == (tag,)


async def test_an_image_of_unknown_age_counts_as_used_now(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    (workshop.state_dir / "images" / f"{tag[-12:]}.lock").unlink()
    assert await images.collect(time.time()) == ()
    assert workshop.there(tag)


async def test_what_is_left_of_images_that_are_gone_goes_in_silence(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    workshop.client.images.remove(tag)
    used(workshop, tag, 8)
    assert await images.collect(time.time()) == ()
    assert not list((workshop.state_dir / "images").glob(f"{tag[-12:]}.*"))


async def test_a_collected_image_is_built_again(workshop: Workshop) -> None:
    images = workshop.images()
    tag = await images.ensure({"python"})
    used(workshop, tag, 8)
    await images.collect(time.time())
    assert await images.ensure({"python"}) == tag
    assert workshop.there(tag)
    assert workshop.built == 2


async def test_images_without_our_label_are_not_ours(workshop: Workshop) -> None:
    workshop.client.images.get(workshop.base_image).tag("orc-agent", "not-ours")
    try:
        assert "orc-agent:not-ours" not in {
            each.built.tag for each in await workshop.images().there()
        }
    finally:
        workshop.client.images.remove("orc-agent:not-ours")


async def test_two_that_collect_at_once(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine refuses the second; what the first is doing is enough."""

    def busy(*_: object, **__: object) -> None:
        answer = requests.Response()
        answer.status_code = 409
        raise docker.errors.APIError("a prune operation is already running", response=answer)

    monkeypatch.setattr("docker.models.images.ImageCollection.prune", busy)
    assert await workshop.images().collect(time.time()) == ()

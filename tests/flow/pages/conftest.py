"""The pages over the scene, behind a client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.sandbox.pages import routes
from tests.flow.pages import scene as scenes


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> scenes.Scene:
    return scenes.build(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def client(scene: scenes.Scene) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=routes(scene)), follow_redirects=False) as client:
        yield client

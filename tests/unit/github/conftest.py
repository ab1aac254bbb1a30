"""An Api whose every request is answered by a test, and the App's key that signs them."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import respx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.domain.ref import RepoRef
from app.github.api import Api
from app.github.auth import AppKey, Purpose, access

URL = "https://github.test/api/v3"
GRAPHQL = "https://github.test/api/graphql"
REPO = RepoRef(11, "acme", "weather", 3)
BOARD = access(REPO, Purpose.BOARD)


@dataclass(frozen=True)
class Keys:
    private: str
    public: str


@pytest.fixture(scope="session")
def keys() -> Keys:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, spki)
    return Keys(private.decode(), public.decode())


@dataclass
class GitHub:
    """Routes of respx, and the tokens it gave out, numbered."""

    router: respx.MockRouter
    minted: list[dict[str, Any]] = field(default_factory=list)
    expires: str = "2099-01-01T00:00:00Z"

    def __post_init__(self) -> None:
        self.router.post(f"{URL}/app/installations/3/access_tokens").mock(side_effect=self._mint)

    def _mint(self, request: httpx.Request) -> httpx.Response:
        self.minted.append(json.loads(request.content))
        token = f"ghs_sEcReT{len(self.minted)}"
        return httpx.Response(201, json={"token": token, "expires_at": self.expires})

    def route(self, method: str, path: str, *answers: httpx.Response | Exception) -> respx.Route:
        url = GRAPHQL if path == "graphql" else f"{URL}{path}"
        return self.router.route(method=method, url=url).mock(side_effect=list(answers))


@pytest.fixture
def github() -> Iterator[GitHub]:
    with respx.mock(assert_all_called=False) as router:
        yield GitHub(router)


@pytest.fixture
async def api(keys: Keys, github: GitHub) -> AsyncIterator[Api]:
    async with Api(URL, AppKey("12345", keys.private), retry_seconds=0.0) as made:
        yield made

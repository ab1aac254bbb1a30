"""Tokens: as narrow as their purpose, renewed in time, minted once however many ask."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from freezegun import freeze_time

from app.github.auth import Access, AppKey, Purpose, Token, Tokens, access
from tests.unit.github.conftest import BOARD, REPO, Keys

START = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Mint:
    """Tokens of an hour, numbered."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, dict[str, Any]]] = []
        self.fails = 0

    async def __call__(self, installation: int, body: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0)
        self.asked.append((installation, body))
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        expires = datetime.now(UTC) + timedelta(hours=1)
        return {"token": f"ghs_{len(self.asked)}", "expires_at": expires.isoformat()}


# What a token may do


WIDE = {
    Purpose.CI: {"actions"},
    Purpose.SCAFFOLD: {"workflows"},
    Purpose.FOUND: {"administration"},
}


@pytest.mark.parametrize("purpose", Purpose)
def test_what_is_wide_has_a_purpose_of_its_own(purpose: Purpose) -> None:
    """So GitHub itself refuses what our own checks might miss."""
    names = dict(purpose.value)
    wide = names.keys() & {"workflows", "administration", "secrets", "members", "actions"}
    assert wide == WIDE.get(purpose, set())
    assert set(names.values()) <= {"read", "write"}
    assert names.get("actions", "read") == "read"


@pytest.mark.parametrize(
    ("purpose", "writes"),
    [
        (Purpose.BOARD, {"checks", "issues", "pull_requests"}),
        (Purpose.CODE, {"contents"}),
        (Purpose.SCAFFOLD, {"contents", "workflows"}),
        (Purpose.FOUND, {"administration"}),
        (Purpose.SETTLE, {"contents", "pull_requests"}),
        (Purpose.SURVEY, set()),
    ],
)
def test_what_each_may_write(purpose: Purpose, writes: set[str]) -> None:
    assert {name for name, level in purpose.value if level == "write"} == writes


async def test_a_token_is_for_one_repository_and_purpose() -> None:
    mint = Mint()
    await Tokens(mint).get(access(REPO, Purpose.CODE))
    assert mint.asked == [
        (3, {"permissions": {"contents": "write", "metadata": "read"}, "repository_ids": [11]})
    ]


async def test_a_survey_s_token_is_for_all_repositories() -> None:
    mint = Mint()
    await Tokens(mint).get(Access(3, None, Purpose.SURVEY))
    assert "repository_ids" not in mint.asked[0][1]


async def test_tokens_are_not_shared_between_purposes_repositories_or_installations() -> None:
    mint = Mint()
    tokens = Tokens(mint)
    wanted = [
        Access(3, 11, Purpose.BOARD),
        Access(3, 11, Purpose.CODE),
        Access(3, 12, Purpose.BOARD),
        Access(4, 11, Purpose.BOARD),
        Access(3, None, Purpose.BOARD),
    ]
    assert len({await tokens.get(one) for one in wanted}) == len(wanted)


# When it is minted


async def test_concurrent_callers_mint_once() -> None:
    mint = Mint()
    tokens = Tokens(mint)
    assert set(await asyncio.gather(*(tokens.get(BOARD) for _ in range(20)))) == {"ghs_1"}
    assert len(mint.asked) == 1


async def test_different_tokens_do_not_wait_for_each_other() -> None:
    """One that hangs holds up nobody else."""
    hangs = asyncio.Event()

    async def mint(_: int, body: dict[str, Any]) -> dict[str, Any]:
        if "repository_ids" in body:
            await hangs.wait()
        return {"token": "ghs", "expires_at": "2099-01-01T00:00:00Z"}

    tokens = Tokens(mint)
    stuck = asyncio.create_task(tokens.get(BOARD))
    await asyncio.sleep(0)
    assert await tokens.get(Access(3, None, Purpose.SURVEY)) == "ghs"
    hangs.set()
    assert await stuck == "ghs"


@pytest.mark.parametrize(
    ("minutes", "minted"),
    [(0, 1), (30, 1), (54.9, 1), (55.1, 2), (59, 2), (61, 2), (600, 2)],
)
async def test_renewed_five_minutes_before_its_end(minutes: float, minted: int) -> None:
    mint = Mint()
    tokens = Tokens(mint)
    with freeze_time(START, real_asyncio=True) as clock:
        await tokens.get(BOARD)
        clock.tick(timedelta(minutes=minutes))
        assert await tokens.get(BOARD) == f"ghs_{minted}"
    assert len(mint.asked) == minted


async def test_an_evicted_one_is_minted_anew() -> None:
    mint = Mint()
    tokens = Tokens(mint)
    await tokens.get(BOARD)
    tokens.evict(BOARD)
    tokens.evict(BOARD)
    assert await tokens.get(BOARD) == "ghs_2"


async def test_a_failure_is_not_kept() -> None:
    mint = Mint()
    mint.fails = 1
    tokens = Tokens(mint)
    with pytest.raises(ConnectionError):
        await tokens.get(BOARD)
    assert await tokens.get(BOARD) == "ghs_2"


async def test_who_gives_up_waiting_does_not_stop_the_others() -> None:
    mint = Mint()
    tokens = Tokens(mint)
    first, second = (asyncio.create_task(tokens.get(BOARD)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).startswith("ghs_")


@pytest.mark.parametrize("text", ["2026-03-04T06:06:07Z", "2026-03-04T06:06:07.123Z",
                                  "2026-03-04T06:06:07+00:00"])  # fmt: skip
async def test_times_as_github_and_enterprise_write_them(text: str) -> None:
    async def mint(_: int, __: dict[str, Any]) -> dict[str, Any]:
        return {"token": "ghs", "expires_at": text}

    with freeze_time(START, real_asyncio=True):
        assert await Tokens(mint).get(BOARD) == "ghs"


# The App's own


def test_the_app_signs_as_github_wants_it(keys: Keys) -> None:
    with freeze_time(START):
        signed = AppKey("12345", keys.private).sign()
        claims = jwt.decode(signed, keys.public, algorithms=["RS256"])
    at = int(START.timestamp())
    assert claims == {"iss": "12345", "iat": at - 60, "exp": at + 540}
    assert claims["exp"] - at <= 600
    assert claims["exp"] - claims["iat"] <= 600


def test_another_key_s_signature_does_not_count(keys: Keys) -> None:
    signed = AppKey("12345", keys.private).sign()
    head, payload, _ = signed.split(".")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(f"{head}.{payload}.AAAA", keys.public, algorithms=["RS256"])


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN RSA PRIVATE KEY-----\nAA==\n"])
def test_a_bad_key_is_told_at_once(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - OpenSSL words it
        AppKey("12345", text)


def test_nothing_secret_in_reprs(keys: Keys) -> None:
    assert "ghs_" not in repr(Token("ghs_secret", START))
    assert "ghs_" not in f"{Token('ghs_secret', START)}"
    key = AppKey("12345", keys.private)
    assert "BEGIN" not in repr(key) + repr(vars(key))

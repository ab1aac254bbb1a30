"""The forms of a database's address."""

import pytest

from app.db.url import DatabaseUrlError, asyncpg, libpq, with_search_path


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p%40@h:5432/db?sslmode=require",
        "postgresql://u:p%40@h:5432/db?sslmode=require",
        "postgresql+asyncpg://u:p%40@h:5432/db?sslmode=require",
        " postgresql+psycopg://u:p%40@h:5432/db?sslmode=require\n",
    ],
    ids=["short", "plain", "asyncpg", "psycopg, with spaces"],
)
def test_every_form_is_one(url: str) -> None:
    plain = "postgresql://u:p%40@h:5432/db?sslmode=require"
    assert libpq(url) == plain
    assert asyncpg(url) == plain


@pytest.mark.parametrize("url", ["mysql://h/db", "h/db", "", "postgresql:", "sqlite:///x"])
def test_other_things_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="postgresql://user"):
        libpq(url)


def test_the_password_is_not_in_the_error() -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        libpq("mysql://user:hunter2@h/db")
    assert "hunter2" not in str(caught.value)


def test_what_asyncpg_does_not_know_is_left_out() -> None:
    url = "postgresql://h/db?channel_binding=require&sslmode=require"
    assert libpq(url) == url
    assert asyncpg(url) == "postgresql://h/db?sslmode=require"


def test_a_socket_folder_is_kept() -> None:
    url = "postgresql://postgres@/db?host=/run/pg"
    assert libpq(url) == url
    assert asyncpg(url) == "postgresql://postgres@/db?host=%2Frun%2Fpg"


def test_the_search_path_is_added() -> None:
    url = with_search_path("postgres://h/db?options=-cwork_mem%3D1MB", "checkpoint")
    assert url == "postgresql://h/db?options=-cwork_mem%3D1MB%20-csearch_path%3Dcheckpoint"

"""The forms of a PostgreSQL address. It connects to nothing."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_SCHEMES = ("postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg")
_LIBPQ_ONLY = {"channel_binding", "gssencmode", "options"}  # asyncpg would refuse to start


class DatabaseUrlError(ValueError):
    """DATABASE_URL can't be used; says what it should look like."""


def libpq(url: str) -> str:
    """The form psycopg reads: postgresql://… with all parameters. Raises DatabaseUrlError."""
    parts = urlsplit(url.strip())
    if parts.scheme not in _SCHEMES or not (parts.netloc or parts.query):
        raise DatabaseUrlError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/database, "
            f"but starts with {parts.scheme or 'nothing'!r}."
        )
    return urlunsplit(("postgresql", *parts[1:])).replace("postgresql:/?", "postgresql:///?")


def asyncpg(url: str) -> str:
    """The form asyncpg reads; SQLAlchemy opens its connections through it too."""
    parts = urlsplit(libpq(url))
    query = [
        (k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in _LIBPQ_ONLY
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def with_search_path(url: str, schema: str) -> str:
    """The libpq form whose connections create and find tables in `schema`."""
    parts = urlsplit(libpq(url))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query["options"] = f"{query.get('options', '')} -csearch_path={schema}".strip()
    encoded = urlencode(query).replace("+", "%20")  # libpq does not read + as a space
    return urlunsplit((parts.scheme, parts.netloc, parts.path, encoded, ""))

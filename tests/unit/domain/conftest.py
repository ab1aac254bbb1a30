"""Names of tests that mutmut can pass on: pytest itself does not find those that it has escaped."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Its own name where a text is not plain; None: as ever."""
    text = val.decode("latin-1") if isinstance(val, bytes) else val
    odd = isinstance(text, str) and not (text.isascii() and text.isprintable() and "\\" not in text)
    return argname if odd else None

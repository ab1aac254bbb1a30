"""The certificates that this process's HTTP clients trust. It chooses none: the machine does."""

import functools
import ssl

import httpx


@functools.cache
def trusted() -> ssl.SSLContext:
    """Read once, since that takes longer than all else a client needs."""
    return httpx.create_ssl_context()

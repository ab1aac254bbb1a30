"""Answers without reading: no server can be faster, so its rate is the load generator's limit."""

import asyncio
import os
from typing import cast

import uvloop

ANSWER = b"HTTP/1.1 202 Accepted\r\ncontent-length: 9\r\n\r\naccepted\n"
LENGTH = b"content-length: "


class Raw(asyncio.Protocol):
    """Counts bytes up to the end of each request; its head is in the first piece."""

    def __init__(self) -> None:
        self._left = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._left:
            start = data.index(LENGTH) + len(LENGTH)
            length = int(data[start : data.index(b"\r", start)])
            self._left = data.index(b"\r\n\r\n") + 4 + length
        self._left -= len(data)
        if not self._left and self._transport is not None:
            self._transport.write(ANSWER)


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Raw, "127.0.0.1", int(os.environ["BENCH_PORT"]))
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())

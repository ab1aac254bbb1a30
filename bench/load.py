"""The load generator, a process of its own: each connection sends, awaits the answer, sends anew.

Every request has a new GUID. No HTTP library: the generator must outpace every server.
"""

import argparse
import asyncio
import json
import os
import time
import uuid
from collections import Counter
from itertools import count, cycle
from pathlib import Path
from typing import cast

import uvloop

from bench.payloads import Shot, shots
from bench.stats import percentile

GUID = b"\0GUID\0"


class Gun:
    """What all connections share: the next request, and what came back."""

    def __init__(self, requests: list[bytes]) -> None:
        self.latencies: list[float] = []
        self.answers: Counter[bytes] = Counter()
        self.lost = 0
        self._prefix = uuid.uuid4().bytes.hex()[:20].encode()
        self._numbers = count()
        self._parts = cycle([tuple(request.split(GUID)) for request in requests])

    def request(self) -> bytes:
        number = b"%s%012x" % (self._prefix, next(self._numbers))
        return number.join(next(self._parts))

    def reset(self) -> None:
        self.latencies.clear()
        self.answers.clear()


class Connection(asyncio.Protocol):
    """One request at a time, until `stopped`."""

    def __init__(self, gun: Gun) -> None:
        self._gun = gun
        self._transport: asyncio.Transport | None = None
        self._answer = b""
        self._sent = 0.0
        self.waiting = False
        self.stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.send()

    def send(self) -> None:
        if self._transport is not None:
            self.waiting = True
            self._sent = time.perf_counter()
            self._transport.write(self._gun.request())

    def data_received(self, data: bytes) -> None:
        answer = self._answer + data if self._answer else data
        result = whole(answer)
        if result is None:
            self._answer = answer
            return
        self._answer = b""
        self.waiting = False
        self._gun.latencies.append(time.perf_counter() - self._sent)
        self._gun.answers[result] += 1
        if not self.stopped:
            self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.stopped:
            self._gun.lost += 1

    def close(self) -> None:
        self.stopped = True
        if self._transport is not None:
            self._transport.close()


def whole(answer: bytes) -> bytes | None:
    """Status and body, or None while a part is missing. Every server here gives a length."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return None
    _, _, rest = head.lower().partition(b"content-length:")
    length = int(rest.partition(b"\r")[0] or 0)
    return None if len(body) < length else head[9:12] + b" " + body


def request(shot: Shot, port: int) -> bytes:
    head = (
        f"POST /webhooks HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n"
        f"User-Agent: GitHub-Hookshot/044aadd\r\nContent-Type: application/json\r\n"
        f"X-GitHub-Delivery: \0GUID\0\r\nX-GitHub-Event: {shot.event}\r\n"
        f"X-GitHub-Hook-ID: 1\r\nX-GitHub-Hook-Installation-Target-ID: 1\r\n"
        f"X-GitHub-Hook-Installation-Target-Type: integration\r\n"
        f"X-Hub-Signature-256: {shot.signature}\r\ncontent-length: {len(shot.body)}\r\n\r\n"
    )
    return head.encode() + shot.body


async def fire(
    gun: Gun, port: int, connections: int, seconds: float, warm: float
) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    made = []
    for _ in range(connections):
        _, connection = await loop.create_connection(lambda: Connection(gun), "127.0.0.1", port)
        made.append(connection)
    await asyncio.sleep(warm)
    early = Counter(gun.answers)
    gun.reset()
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    latencies = sorted(gun.latencies)
    for connection in made:
        connection.stopped = True
    for _ in range(250):  # the last answers: at most five seconds
        await asyncio.sleep(0.02)
        if not any(connection.waiting for connection in made):
            break
    for connection in made:
        connection.close()
    answers = gun.answers + early
    return {
        "rate": len(latencies) / wall,
        "p50_ms": percentile(latencies, 50) * 1000,
        "p99_ms": percentile(latencies, 99) * 1000,
        "cpu": cpu / wall,
        "lost": gun.lost,
        "answers": {answer.decode(): times for answer, times in answers.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--warm", type=float, default=0.3)
    args = parser.parse_args()
    requests = [
        request(shot, args.port) for shot in shots(args.packages, os.environ["BENCH_SECRET"])
    ]
    result = uvloop.run(fire(Gun(requests), args.port, args.connections, args.seconds, args.warm))
    print(json.dumps(result))


if __name__ == "__main__":
    main()

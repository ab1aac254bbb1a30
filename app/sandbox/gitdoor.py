"""The git door as an ASGI app: faults and records around git over HTTP."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.types import Receive, Scope, Send

from app.sandbox.auth import Tokens
from app.sandbox.faults import Faults
from app.sandbox.githttp import GitReply, GitRequest, serve
from app.sandbox.records import Fault, FaultKind, GitRecord
from app.sandbox.wire import drop_connection, read_body, read_headers, send_answer
from app.sandbox.world import World

_GIT = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_AFTER: frozenset[FaultKind] = frozenset({"write_then_fail", "write_then_drop"})
_MAX_PACK = 200_000_000


class GitDoor:
    def __init__(self, world: World, tokens: Tokens, faults: Faults) -> None:
        self.world, self.tokens, self.faults = world, tokens, faults
        self.requests: list[GitRecord] = []

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Serves a git request; False when this is none."""
        match = _GIT.fullmatch(scope["path"])
        if match is None:
            return False
        started = time.perf_counter()
        owner, repo, rest = match.groups()
        headers, body = read_headers(scope), await read_body(receive, _MAX_PACK)
        query = scope["query_string"].decode("latin-1")
        request = GitRequest(scope["method"], owner, repo, rest, query, headers, body)
        reply = await self._git_reply(request, send)
        seconds = time.perf_counter() - started
        path, at = scope["path"], self.world.now()
        status = reply.status if reply else 0
        self.requests.append(GitRecord(request.method, path, request.service, status, seconds, at))
        if reply:
            await send_answer(send, reply.status, reply.headers, reply.body)
        return True

    def _fault(self, request: GitRequest) -> Fault | None:
        """git first asks without credentials, and for refs before it writes: not what is meant."""
        if "authorization" not in request.headers:
            return None
        writes = request.rest == "git-receive-pack"
        skip: frozenset[FaultKind] = frozenset() if writes else _AFTER
        return self.faults.take(f"git:{request.service}", skip=skip)

    async def _git_reply(self, request: GitRequest, send: Send) -> GitReply | None:
        fault = self._fault(request)
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        elif fault and fault.kind == "unauthorized":
            return GitReply(401, {"www-authenticate": 'Basic realm="GitHub"'})
        elif fault and fault.kind not in _AFTER:
            return GitReply(fault.status)
        reply = await asyncio.to_thread(serve, self.world, self.tokens, request)
        if fault and fault.kind == "write_then_fail":
            return GitReply(fault.status)
        if fault and fault.kind == "write_then_drop":
            await drop_connection(send)
            return None
        return reply

"""POST /v1/command: who calls, may they, is it sound, and only then the command itself.

Whatever an agent sends is hostile. What can't be read, is not granted or names what is not the
token's own is refused here; the client's own checks count for nothing.
"""

import asyncio
import hashlib
import json

import structlog
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from agent_image.orchestrator.arguments import Arguments, problems
from app.engine.ports import Postponed, Refused, Unanswered
from app.gateway.commands import body
from app.gateway.commands.answer import Answer, failure, success
from app.gateway.commands.binding import bind
from app.gateway.commands.body import Request
from app.gateway.commands.command import Caller, Command
from app.gateway.commands.journal import Journal
from app.gateway.commands.ledger import Kept, Ledger, Run
from app.gateway.commands.ports import Outside
from app.gateway.commands.refusal import Error, Refusal
from app.gateway.commands.registry import COMMANDS
from app.gateway.entry import Entry
from app.gateway.entry import Refused as NotAdmitted
from app.gateway.token import Claims

log = structlog.get_logger(__name__)
_BODY_SECONDS = 10.0


class CommandApi:
    """An ASGI application. `entry` reads the token, and refuses that of a run that is over."""

    def __init__(self, entry: Entry, outside: Outside, ledger: Ledger | None = None) -> None:
        self._entry = entry
        self._outside = outside
        self._ledger = Ledger() if ledger is None else ledger
        self._journal = Journal()

    async def end(self, run_id: str) -> None:
        """The run is over: keep nothing of it."""
        self._ledger.forget(run_id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self.answer(scope, receive)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(answer.body)),
        ]
        if not answer.ok:
            headers.append((b"connection", b"close"))  # the rest of the body is not read
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """The answer to one request, whatever it is."""
        claims: Claims | None = None
        try:
            if scope["method"] != "POST":
                raise Refusal(Error.VALIDATION, "Commands are POSTed.")
            token = _bearer(dict(scope["headers"]))
            claims = await self._admit(token)
            with self._ledger.entered(claims.run_id) as run:
                return await self._take(claims, run, await _read(receive, token))
        except Refusal as refusal:
            self._journal.refused(claims, "", refusal)
            return failure(refusal)

    async def _admit(self, token: str) -> Claims:
        try:
            return await self._entry.claims(token)
        except NotAdmitted as refused:
            error = Error.UNAUTHORIZED if refused.retry_after is None else Error.UNANSWERED
            raise Refusal(error, f"{refused.reason}.") from None

    async def _take(self, claims: Claims, run: Run, raw: bytes) -> Answer:
        request = body.read(raw)
        try:
            command = _permitted(request.command, claims)
            arguments = _checked(command, request)
            bind(command, arguments, claims)
            return await self._once(command, arguments, claims, run, request)
        except Refusal as refusal:
            self._journal.refused(claims, request.command, refusal)
            return failure(refusal)

    async def _once(  # the parts of one call
        self, command: Command, arguments: Arguments, claims: Claims, run: Run, request: Request
    ) -> Answer:
        asked = _digest(command, arguments)
        kept = run.answers.get(request.call)
        if kept is not None and kept.asked != asked:
            raise Refusal(Error.CONFLICT, "This call was used for something else: take a new UUID.")
        if kept is None:
            if command.speaks:
                self._ledger.speak(run, request.call, last=command.last)
            caller = Caller(claims, f"{claims.run_id}.{request.call}", self._outside)
            work = asyncio.create_task(self._perform(command, arguments, caller))
            kept = Kept(asked, work)
            self._ledger.keep(run, request.call, kept)
        # who hangs up ends only the waiting, not what others may wait for too
        return await asyncio.shield(kept.answer)

    async def _perform(self, command: Command, arguments: Arguments, caller: Caller) -> Answer:
        try:
            done = await _handled(command, arguments, caller)
        except Refusal as refusal:
            self._journal.refused(caller.claims, command.name, refusal)
            return failure(refusal)
        self._journal.done(caller.claims, command.name)
        return done


async def _handled(command: Command, arguments: Arguments, caller: Caller) -> Answer:
    """What the command answers; everything that goes wrong outside is a Refusal."""
    try:
        return success(await command.handle(arguments, caller))
    except Refusal:
        raise
    except Refused as refused:
        if refused.status == 404:
            raise Refusal(Error.NOT_FOUND, "GitHub knows no such thing, or hides it.") from None
        message = f"GitHub refuses it: {refused.message[:200]}"
        raise Refusal(Error.REFUSED, message) from None
    except (Unanswered, Postponed):
        raise Refusal(
            Error.UNANSWERED, "GitHub does not answer now. Go on, and try again in a minute."
        ) from None
    except Exception:
        log.exception("command failed", command=command.name, run=caller.claims.run_id)
        message = "The system failed at this. Try again once; then go on without it."
        raise Refusal(Error.INTERNAL, message) from None


def _permitted(name: str, claims: Claims) -> Command:
    """The command of this name, if the token grants it. Who may nothing learns of nothing."""
    if not claims.allows(name):
        allowed = [command.name for command in COMMANDS if claims.allows(command.name)]
        raise Refusal(
            Error.PERMISSION_DENIED,
            f"This run may not use {name}.",
            {"role": claims.role, "allowed": allowed},
        )
    for command in COMMANDS:
        if command.name == name:
            return command
    raise Refusal(Error.NOT_FOUND, f"There is no command {name}. See: orchestrator --help")


def _checked(command: Command, request: Request) -> Arguments:
    try:
        return command.arguments.model_validate(request.arguments)
    except ValidationError as error:
        message = f"{command.name} was given what it can't take."
        raise Refusal(Error.VALIDATION, message, problems(error)) from None


def _digest(command: Command, arguments: Arguments) -> str:
    text = json.dumps([command.name, arguments.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _bearer(headers: dict[bytes, bytes]) -> str:
    kind, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refusal(Error.UNAUTHORIZED, "Show the run's token: Authorization: Bearer $ORC_TOKEN.")
    return token


async def _read(receive: Receive, token: str) -> bytes:
    """The body, if it is small, comes in time, and does not give the token away."""
    parts, size, more = [], 0, True
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while more:
                message = await receive()
                part = message.get("body", b"")
                size += len(part)
                if size > body.MAX_BODY:
                    raise Refusal(
                        Error.TOO_LARGE, f"A call has at most {body.MAX_BODY} bytes: say less."
                    )
                parts.append(part)
                more = message.get("more_body", False)
    except TimeoutError:
        raise Refusal(Error.VALIDATION, "The rest of the call did not come in time.") from None
    raw = b"".join(parts)
    if token.encode() in raw:
        raise Refusal(Error.VALIDATION, "The call holds the run's own token: leave it out.")
    return raw

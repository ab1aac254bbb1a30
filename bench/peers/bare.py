"""A bare Starlette route: it checks the HMAC as GitHub's documentation does, and nothing else."""

import hashlib
import hmac
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.serve import serve

SECRET = os.environ["BENCH_SECRET"].encode()


async def webhooks(request: Request) -> Response:
    body = await request.body()
    expected = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.headers.get("x-hub-signature-256", "")):
        return Response(status_code=401)
    return Response("accepted\n", status_code=202)


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/webhooks", webhooks, methods=["POST"])]))

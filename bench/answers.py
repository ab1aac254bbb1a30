"""Answers each GET with an issue that changed since the last, and each POST with a token."""

import json
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bench.install import PACKAGES
from bench.payloads import shots
from bench.serve import serve

TOKEN = {"token": "ghs_bench", "expires_at": "2099-01-01T00:00:00Z"}
VERSIONS = count()


def application() -> Starlette:
    issue = json.loads(shots(PACKAGES, "unused")[0].body)["issue"]

    async def changed(_request: Request) -> Response:
        version = next(VERSIONS)
        headers = {
            "etag": f'"{version}"',
            "cache-control": "private, max-age=60, s-maxage=60",
            "vary": "Accept, Authorization, Cookie, X-GitHub-OTP",
        }
        return JSONResponse({**issue, "body": f"version {version}"}, headers=headers)

    async def token(_request: Request) -> Response:
        return JSONResponse(TOKEN, status_code=201)

    return Starlette(
        routes=[
            Route("/repos/acme/weather/issues/1", changed, methods=["GET"]),
            Route("/app/installations/1/access_tokens", token, methods=["POST"]),
        ]
    )


if __name__ == "__main__":
    serve(application())

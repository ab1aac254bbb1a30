"""Whether the service is up; deployments ask before they send people to it."""

from starlette.requests import Request
from starlette.responses import JSONResponse


async def show(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})

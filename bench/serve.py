"""Serves an application as `orc serve` does; the settings are those of app/cli/serve.py."""

import logging
import os

import uvicorn
from starlette.types import ASGIApp


def serve(application: ASGIApp) -> None:
    logging.basicConfig(level=logging.WARNING)
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(os.environ["BENCH_PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )

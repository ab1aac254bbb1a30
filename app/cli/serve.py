"""`orc serve`: the app under uvicorn, until it is told to stop."""

import logging
import sys

import structlog
import uvicorn

from app.settings import Settings, load_settings
from app.wiring import application


def serve() -> None:
    """Settings from the environment; SIGTERM and SIGINT end it, and leave agents running."""
    settings = load_settings()
    configure_logging(settings)
    uvicorn.run(
        application(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,  # nobody asks for the address of a delivery
        timeout_graceful_shutdown=10,
    )


def configure_logging(settings: Settings) -> None:
    """Lines on standard error: for people, or JSON for machines."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    colors = sys.stderr.isatty()
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if settings.log_format == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )

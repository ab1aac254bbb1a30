"""`orc serve`: the app under uvicorn, until it is told to stop."""

import logging
import sys

import structlog
import uvicorn

from app.cli.listening import NotListening, listening
from app.cli.machine import Lacking, see_git, see_state_dir
from app.cli.starting import Starting
from app.settings import Settings, load_settings
from app.wiring import app_key, application

log = structlog.get_logger(__name__)


def serve() -> int:
    """Settings from the environment; SIGTERM and SIGINT end it, and leave agents running.

    The exit code: 1 where it did not start for a reason that the operator can mend. Raises
    SettingsError.
    """
    settings = load_settings()
    app_key(settings)
    configure_logging(settings)
    try:
        see_git()
        see_state_dir(settings.state_dir)
        sockets = listening(settings.host, settings.port)
    except (Lacking, NotListening) as error:
        return _failed(str(error))
    if settings.executor == "process":
        log.warning("agents run as this user, WITHOUT isolation; set ORC_EXECUTOR=docker")
    app = Starting(application(settings))
    try:
        uvicorn.Server(_config(app)).run(sockets)
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        if app.failed is None:
            raise
        return _failed(app.failed)
    finally:
        for one in sockets:
            one.close()
    return 0


def _config(app: Starting) -> uvicorn.Config:
    return uvicorn.Config(
        app,
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


def _failed(why: str) -> int:
    sys.stderr.write(f"orc: {why}\n")
    return 1


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

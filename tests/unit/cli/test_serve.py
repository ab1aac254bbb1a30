"""`orc serve` that can't start says in a sentence why, and what to do; its own faults it shows."""

import errno
import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from docker.errors import DockerException
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from app.cli import serve
from app.cli.listening import NotListening, listening
from app.cli.machine import Lacking, no_docker, see_docker, see_state_dir
from app.cli.starting import Starting
from app.db.database import DatabaseError
from app.engine.ports import Postponed, Refused, Unanswered
from app.settings import Settings, SettingsError


class Failing:
    """An app whose lifespan fails as Starlette's does: told as a traceback, then raised."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "lifespan.startup.failed", "message": "Traceback …"})
        raise self._error


NO_ENGINE = DockerException("no engine")
MENDED = [
    (DatabaseError("DATABASE_URL must look like this."), "DATABASE_URL must look like this."),
    (Unanswered("GET /app: no answer"), "GitHub does not answer: GET /app: no answer. Check ORC_G"),
    (Refused(401, "GET /app", "Bad credentials"), "GitHub refuses the App: GET /app: 401 Bad"),
    (Postponed(datetime(2026, 1, 2, tzinfo=UTC), "GET /app"), "GitHub asks to wait: GET /app;"),
    (NO_ENGINE, "no Docker engine answers at unix:///none: no engine. Start one"),
]


@pytest.fixture(autouse=True)
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is set for the whole process is set back."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///none")
    log = logging.getLogger("uvicorn.error")
    level = log.level
    yield
    log.setLevel(level)


async def began(error: Exception) -> tuple[Starting, list[Message]]:
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    app = Starting(Failing(error))
    with pytest.raises(type(error)):
        await app({"type": "lifespan"}, receive, send)
    return app, told


@pytest.mark.parametrize(("error", "says"), MENDED, ids=lambda case: type(case).__name__)
async def test_what_can_be_mended_is_a_sentence(error: Exception, says: str) -> None:
    app, told = await began(error)
    assert app.failed is not None
    assert app.failed.startswith(says)
    assert told == [{"type": "lifespan.startup.failed"}]


async def test_what_is_our_fault_keeps_its_traceback() -> None:
    app, told = await began(KeyError("oops"))
    assert app.failed is None
    assert told == [{"type": "lifespan.startup.failed", "message": "Traceback …"}]


# Before anything is started


def start(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> int:
    """As far as the server, which must not be started."""

    def never(*_: object) -> None:
        raise AssertionError("it was started")

    monkeypatch.setattr(serve, "load_settings", lambda: settings)
    monkeypatch.setattr(serve, "configure_logging", lambda settings: None)
    monkeypatch.setattr(uvicorn, "Server", never)
    return serve.serve()


def settings_in(folder: Path, port: int = 0) -> Settings:
    given = {"app_id": "1", "webhook_secret": "hush", "state_dir": folder, "port": port}
    return Settings.model_validate(given)


def test_a_missing_key_is_told_before_it_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsError, match="ORC_PRIVATE_KEY"):
        start(monkeypatch, settings_in(tmp_path))


def test_a_taken_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "app_key", lambda settings: None)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert start(monkeypatch, settings_in(tmp_path, port)) == 1
    assert capsys.readouterr().err == f"orc: port {port} is taken; set ORC_PORT\n"


def test_without_isolation_it_warns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "app_key", lambda settings: None)
    with capture_logs() as logs, pytest.raises(AssertionError, match="it was started"):
        start(monkeypatch, settings_in(tmp_path))
    assert [(line["log_level"], "ORC_EXECUTOR=docker" in line["event"]) for line in logs] == [
        ("warning", True)
    ]


@pytest.mark.parametrize(
    "host", ["nowhere.invalid", "192.0.2.1", "x" * 64 + ".y"], ids=["unknown", "not ours", "long"]
)
def test_a_host_that_is_none(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if host == "nowhere.invalid":  # no name is looked up outside

        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotListening, match="is no address of this machine; set ORC_HOST"):
        listening(host, 0)


def test_a_port_for_the_mighty_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(NotListening, match="port 80 is not for every user; set ORC_PORT"):
        listening("127.0.0.1", 80)


def test_an_address_of_its_own_is_taken() -> None:
    taken = listening("127.0.0.1", 0)
    assert [one.getsockname()[0] for one in taken] == ["127.0.0.1"]
    for one in taken:
        one.close()


# The machine


def test_a_state_folder_that_can_not_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Lacking, match=r"Not a directory. Set ORC_STATE_DIR"):
        see_state_dir(tmp_path / "file" / "state")


def test_a_state_folder_is_made(tmp_path: Path) -> None:
    see_state_dir(tmp_path / "a" / "b")
    assert [*(tmp_path / "a" / "b").iterdir()] == []


def test_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "gopher://none")
    with pytest.raises(Lacking, match=r"at gopher://none: .*Start one.*DOCKER_HOST"):
        see_docker()


def test_of_libraries_errors_the_innermost_counts() -> None:
    error = DockerException("('Connection aborted.', FileNotFoundError(2, 'No such file'))")
    error.__cause__ = ConnectionError("HTTPConnectionPool")
    error.__cause__.__context__ = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert "at unix:///none: No such file or directory. Start one" in no_docker(error)

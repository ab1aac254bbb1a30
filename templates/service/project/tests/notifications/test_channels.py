import asyncio
import json
import smtplib
from email.message import EmailMessage
from typing import Self

import httpx2
import pytest
from pydantic import SecretStr

from app.notifications.__main__ import channels
from app.notifications.channels.channel import NotDelivered, Refused
from app.notifications.channels.mail import Mail
from app.notifications.channels.telegram import Telegram
from app.notifications.notification import Notification
from app.notifications.settings import Settings

LETTER = Notification(channel="email", to="ada@example.com", subject="Hello", text="Good day")
SECRET = "s3cr3t"


class FakeServer(smtplib.SMTP):
    """A mail server that keeps what it takes, or raises the problem it has."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.taken: list[EmailMessage] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def send_message(  # type: ignore[override]
        self, msg: EmailMessage
    ) -> dict[str, tuple[int, bytes]]:
        if self.problem:
            raise self.problem
        self.taken.append(msg)
        return {}


def mail(server: FakeServer) -> Mail:
    return Mail(SecretStr(f"smtps://bot:{SECRET}@mail"), "bot@example.com", lambda _: server)


def test_a_letter_is_mailed() -> None:
    server = FakeServer()
    asyncio.run(mail(server).send(LETTER))
    (message,) = server.taken
    assert (message["From"], message["To"]) == ("bot@example.com", "ada@example.com")
    assert (message["Subject"], message.get_content()) == ("Hello", "Good day\n")


@pytest.mark.parametrize(
    ("problem", "raised"),
    [
        (smtplib.SMTPRecipientsRefused({}), Refused),
        (smtplib.SMTPAuthenticationError(535, SECRET.encode()), NotDelivered),
        (ConnectionRefusedError(SECRET), NotDelivered),
    ],
    ids=["recipient", "login", "connection"],
)
def test_what_the_mail_server_refuses(problem: Exception, raised: type[Exception]) -> None:
    with pytest.raises(raised) as caught:
        asyncio.run(mail(FakeServer(problem)).send(LETTER))
    assert SECRET not in str(caught.value)


def test_a_message_is_sent_to_telegram() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"ok": True})

    channel = Telegram(SecretStr(SECRET), httpx2.MockTransport(answer))
    asyncio.run(channel.send(Notification(channel="telegram", to="7", text="Good day")))
    (request,) = seen
    assert request.url == f"https://api.telegram.org/bot{SECRET}/sendMessage"
    assert json.loads(request.content) == {"chat_id": "7", "text": "Good day"}


@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, Refused), (403, Refused), (401, NotDelivered), (429, NotDelivered), (0, NotDelivered)],
    ids=["no-chat", "blocked", "token", "too-fast", "no-connection"],
)
def test_what_telegram_refuses(status: int, raised: type[Exception]) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if not status:
            raise httpx2.ConnectError(f"no way to {request.url}", request=request)
        return httpx2.Response(status)

    channel = Telegram(SecretStr(SECRET), httpx2.MockTransport(answer))
    with pytest.raises(raised) as caught:
        asyncio.run(channel.send(LETTER))
    assert SECRET not in str(caught.value)


def test_a_channel_without_settings_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATIONS_SMTP_URL", "")
    monkeypatch.setenv("NOTIFICATIONS_TELEGRAM_TOKEN", SECRET)
    assert list(channels(Settings())) == ["telegram"]

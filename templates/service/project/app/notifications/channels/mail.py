"""Sends e-mail by SMTP."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from app.notifications.channels.channel import NotDelivered, Refused
from app.notifications.notification import Notification

TIMEOUT = 30.0


def connect(url: str) -> smtplib.SMTP:
    """`smtps://` is encrypted from the start; `smtp://` as soon as the server offers it."""
    parts = urlsplit(url)
    context = ssl.create_default_context()
    host = parts.hostname or "localhost"
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


@dataclass(frozen=True, slots=True)
class Mail:
    url: SecretStr
    sender: str
    connect: Callable[[str], smtplib.SMTP] = connect

    async def send(self, notification: Notification, /) -> None:
        await asyncio.to_thread(self._send, notification)

    def _send(self, notification: Notification) -> None:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, notification.to
        message["Subject"] = notification.subject
        message.set_content(notification.text)
        try:
            with self.connect(self.url.get_secret_value()) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused:
            raise Refused("The mail server takes nothing for this address.") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"The mail server did not take it: {type(error).__name__}") from None

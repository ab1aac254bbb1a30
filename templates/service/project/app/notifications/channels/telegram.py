"""Sends messages as a Telegram bot."""

from dataclasses import dataclass

import httpx2
from pydantic import SecretStr

from app.notifications.channels.channel import NotDelivered, Refused
from app.notifications.notification import Notification

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class Telegram:
    token: SecretStr
    transport: httpx2.AsyncBaseTransport | None = None

    async def send(self, notification: Notification, /) -> None:
        url = f"https://api.telegram.org/bot{self.token.get_secret_value()}/sendMessage"
        said = {"chat_id": notification.to, "text": notification.text}
        try:
            async with httpx2.AsyncClient(transport=self.transport, timeout=TIMEOUT) as client:
                answer = await client.post(url, json=said)
        except httpx2.HTTPError as error:
            raise NotDelivered(f"Telegram was not reached: {type(error).__name__}") from None
        if answer.status_code in (400, 403):
            raise Refused(f"Telegram takes nothing for this chat: {answer.status_code}")
        if answer.status_code != 200:
            raise NotDelivered(f"Telegram did not take it: {answer.status_code}")

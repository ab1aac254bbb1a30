"""What a way to a person must do, and how it says that it can't."""

from typing import Literal, Protocol

from app.notifications.notification import Notification

Kind = Literal["email", "telegram"]


class NotDelivered(Exception):
    """Why it could not be sent now; it is tried again. It repeats no secret."""


class Refused(Exception):
    """Why it can't ever be sent. It repeats no secret."""


class Channel(Protocol):
    async def send(self, notification: Notification, /) -> None:
        """Raises NotDelivered and Refused."""

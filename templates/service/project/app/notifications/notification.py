"""What is sent to whom, over which channel."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class Notification(BaseModel):
    """`to` is an e-mail address, or the number of a Telegram chat."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    channel: Literal["email", "telegram"]
    to: Line
    text: Text
    subject: Line = "Notification"

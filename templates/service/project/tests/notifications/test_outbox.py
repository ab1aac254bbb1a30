from pathlib import Path

from app.notifications.notification import Notification
from app.notifications.outbox import Outbox

HELLO = Notification(channel="email", to="ada@example.com", text="Hello")


def test_what_is_put_in_waits(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    assert outbox.waiting() == []
    outbox.put(HELLO)
    (letter,) = outbox.waiting()
    assert Notification.model_validate_json(letter.read_bytes()) == HELLO


def test_what_was_sent_waits_no_more(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(HELLO)
    (letter,) = outbox.waiting()
    outbox.sent(letter)
    assert outbox.waiting() == []
    assert [path.name for path in (tmp_path / "sent").iterdir()] == [letter.name]


def test_what_failed_lies_beside_the_reason(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.put(HELLO)
    (letter,) = outbox.waiting()
    outbox.failed(letter, "no such address")
    assert outbox.waiting() == []
    assert (tmp_path / "failed" / f"{letter.stem}.txt").read_text() == "no such address"

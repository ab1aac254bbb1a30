"""What GitHub can't hold: sessions, accounts, checkpoints, locks. Losing it all loses no task."""

from app.db.database import Database

__all__ = ["Database"]

"""What GitHub can't hold: sessions, checkpoints, locks. Losing all of it loses no task."""

from app.db.database import Database

__all__ = ["Database"]

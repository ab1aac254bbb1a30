"""The one place that builds objects and says which talks to which. It decides nothing."""

from app.wiring.app import application
from app.wiring.keys import app_key, read_record

__all__ = ["app_key", "application", "read_record"]

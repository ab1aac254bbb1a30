"""The command API: what agents may ask of the system, and the one place where that is decided."""

from app.gateway.commands.api import CommandApi
from app.gateway.commands.ports import Outside

__all__ = ["CommandApi", "Outside"]

"""Calls Alembic on an open connection. Imported only when there is something to migrate."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from app.db.migrations import folder


def config() -> Config:
    """Alembic's configuration, without a file."""
    made = Config()
    made.set_main_option("script_location", str(folder()).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(connection: Connection) -> None:
    """To the newest version, in the caller's transaction."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")

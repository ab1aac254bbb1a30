"""orchestrator.yml of an organisation and its projects, read into a policy. It opens no file."""

from app.config.read import MAX_FILE, ConfigError, parse
from app.config.resolve import resolve
from app.config.schema import Config

__all__ = ["MAX_FILE", "Config", "ConfigError", "parse", "resolve"]

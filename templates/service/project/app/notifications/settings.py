"""What the sender reads from its environment; env.contract.yaml explains each."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables that begin with NOTIFICATIONS_; an empty one is none."""

    model_config = SettingsConfigDict(
        env_prefix="NOTIFICATIONS_", env_ignore_empty=True, frozen=True
    )

    outbox: Path = Path("outbox")
    smtp_url: SecretStr | None = None
    sender: str | None = None
    telegram_token: SecretStr | None = None

"""What the bot reads from its environment; env.contract.yaml explains each."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables that begin with TG_BOT_."""

    model_config = SettingsConfigDict(env_prefix="TG_BOT_", frozen=True)

    token: SecretStr

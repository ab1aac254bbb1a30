"""What the HTTP service reads from its environment; env.contract.yaml explains each."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Variables that begin with BACKEND_."""

    model_config = SettingsConfigDict(env_prefix="BACKEND_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)

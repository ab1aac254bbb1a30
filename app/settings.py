"""The operator's settings, from the environment and .env. It opens nothing."""

import json
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_ENV_FILE = ".env"


class SettingsError(Exception):
    """Which variable is wrong or missing, and what it should hold."""


class ImageSettings(BaseSettings):
    """Those that agents' images need. No App has to be registered for them."""

    model_config = SettingsConfigDict(env_prefix="ORC_", env_file=_ENV_FILE, extra="ignore")

    state_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_state_dir("codegen-orchestrator")),
        description="workspaces, mirrors, and the embedded PostgreSQL",
    )
    base_image: str = Field(
        "python:3.12-slim-bookworm", min_length=1, description="what agents' images are built on"
    )
    extra_ca: Path | None = Field(
        None, description="a folder of certificates that images and runs trust as well"
    )


class KeySettings(BaseSettings):
    """The App's private key, by itself or in a file."""

    model_config = ImageSettings.model_config

    private_key: SecretStr | None = Field(None, description="the App's private key, as PEM")
    private_key_file: Path | None = Field(None, description="a file that holds it instead")

    def key(self) -> str:
        """As text. Raises SettingsError where there is none to be read."""
        if self.private_key is not None:
            return self.private_key.get_secret_value()
        if self.private_key_file is None:
            raise SettingsError("set ORC_PRIVATE_KEY or ORC_PRIVATE_KEY_FILE to the App's key")
        try:
            return self.private_key_file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SettingsError(
                f"ORC_PRIVATE_KEY_FILE: {self.private_key_file} can't be read: {why}"
            ) from None


class Settings(ImageSettings, KeySettings):
    """Environment variables of the same names in capitals, with ORC_ in front."""

    app_id: str = Field(min_length=1, description="the GitHub App's id")
    webhook_secret: SecretStr = Field(min_length=1, description="the webhook's secret")
    github_url: str = Field(
        "https://api.github.com",
        pattern=r"^https?://",
        description="the REST API; https://HOST/api/v3 for GitHub Enterprise",
    )
    database_url: Annotated[
        SecretStr | None, Field(None, validation_alias="DATABASE_URL", description="PostgreSQL")
    ]
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on")
    slots: int = Field(5, ge=1, description="runs at the same time")
    sweep_seconds: float = Field(900.0, gt=0, description="time between sweeps")
    review_seconds: float = Field(
        20.0, ge=0, description="how long reviewers must say nothing before work on it begins"
    )
    progress_seconds: float = Field(5.0, ge=0, description="how long progress edits wait for more")
    retry_seconds: float = Field(1.0, gt=0, description="first wait after an answer failed to come")
    paced: bool = Field(
        True,
        description="spread writes as github.com asks; false for a server without rate limits",
    )
    executor: Literal["process", "docker"] = Field("process", description="where agents run")
    run_environment: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="variables for every run, as JSON; agents see them, so no secrets",
    )
    anthropic_api_key: SecretStr | None = Field(None, description="for claude and droid")
    anthropic_url: str = Field(
        "https://api.anthropic.com", pattern=r"^https?://", description="Anthropic's API"
    )
    openai_api_key: SecretStr | None = Field(None, description="for codex")
    openai_url: str = Field(
        "https://api.openai.com", pattern=r"^https?://", description="OpenAI's API"
    )
    scenario: Path | None = Field(None, description="what the scripted agent does")
    log_format: Literal["console", "json"] = Field("console", description="how logs are written")

    @field_validator("paced")
    @classmethod
    def _not_on_github(cls, paced: bool, info: ValidationInfo) -> bool:
        """Sent as fast as they come, writes get an App blocked there."""
        host = urlsplit(info.data.get("github_url", "")).hostname
        if not paced and host == "api.github.com":
            raise ValueError("api.github.com has rate limits: leave it unset")
        return paced

    @field_validator("run_environment", mode="before")
    @classmethod
    def _object(cls, said: object) -> object:
        """Read here, what is wrong with it is told beside what is wrong with the others."""
        if not isinstance(said, str):
            return said
        try:
            return json.loads(said)
        except ValueError:
            raise ValueError(
                'write a JSON object, such as {"PIP_INDEX_URL": "https://…"}'
            ) from None


Kind = TypeVar("Kind", bound=BaseSettings)


def load_settings() -> Settings:
    """From the environment. Raises SettingsError that names every variable at fault.

    Of the App's key it only tells that there is none where others are at fault; see `key`.
    """
    try:
        return _load(Settings)
    except SettingsError as error:
        raise SettingsError("\n".join([str(error), *_no_key()])) from None


def load_image_settings() -> ImageSettings:
    """The same, as far as images need it."""
    return _load(ImageSettings)


def _no_key() -> list[str]:
    try:
        _load(KeySettings).key()
    except SettingsError as error:
        return [] if str(error).startswith(_ENV_FILE) else [str(error)]
    return []


def _load(kind: type[Kind]) -> Kind:
    try:
        return kind()
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from None
    except UnicodeDecodeError:
        raise SettingsError(
            f"{_ENV_FILE}: it is not text; write lines such as NAME=value"
        ) from None
    except OSError as error:
        raise SettingsError(f"{_ENV_FILE}: it can't be read: {error.strerror}") from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        name = str(problem["loc"][0])
        field = Settings.model_fields.get(name)
        variable = name if name.isupper() else f"ORC_{name.upper()}"
        meaning = f" ({field.description})" if field and field.description else ""
        what = "is not set" if problem["type"] == "missing" else problem["msg"]
        lines.append(f"{variable}{meaning}: {what.removeprefix('Value error, ')}")
    return lines

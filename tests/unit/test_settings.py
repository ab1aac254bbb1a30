"""Settings: whatever is missing or wrong is named, all at once, and no secret is told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, load_settings
from app.wiring import app_key

GOOD = {
    "ORC_APP_ID": "12345",
    "ORC_PRIVATE_KEY": "-----BEGIN…",
    "ORC_WEBHOOK_SECRET": "hush",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and an environment without anything of ours."""
    import os

    for name in list(os.environ):
        if name.startswith("ORC_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> Settings:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def complaint(monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load(monkeypatch, environ)
    return str(caught.value)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, GOOD)
    assert settings.github_url == "https://api.github.com"
    assert (settings.host, settings.port, settings.slots) == ("127.0.0.1", 8080, 5)
    assert settings.database_url is None


def test_a_server_of_one_s_own_may_have_no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, GOOD).paced
    own = {"ORC_GITHUB_URL": "https://ghe.acme.test/api/v3", "ORC_PACED": "false"}
    assert not load(monkeypatch, GOOD | own).paced


def test_all_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaint(monkeypatch, {})
    assert said.splitlines() == [
        "ORC_APP_ID (the GitHub App's id): is not set",
        "ORC_WEBHOOK_SECRET (the webhook's secret): is not set",
        "set ORC_PRIVATE_KEY or ORC_PRIVATE_KEY_FILE to the App's key",
    ]


WRONG = [
    ("ORC_APP_ID", "", "the GitHub App's id", "at least 1 character"),
    ("ORC_WEBHOOK_SECRET", "", "the webhook's secret", "at least 1"),
    ("ORC_GITHUB_URL", "github.acme.test", "https://HOST/api/v3", "pattern '^https?://'"),
    ("ORC_PORT", "http", "port to listen on", "valid integer"),
    ("ORC_PORT", "65536", "port to listen on", "less than or equal to 65535"),
    ("ORC_PORT", "-1", "port to listen on", "greater than or equal to 0"),
    ("ORC_SLOTS", "0", "runs at the same time", "greater than or equal to 1"),
    ("ORC_SWEEP_SECONDS", "0", "time between sweeps", "greater than 0"),
    ("ORC_RETRY_SECONDS", "soon", "first wait", "valid number"),
    ("ORC_PROGRESS_SECONDS", "-1", "progress edits", "greater than or equal to 0"),
    ("ORC_PACED", "false", "spread writes", "api.github.com has rate limits"),
    ("ORC_PACED", "slowly", "spread writes", "valid boolean"),
    ("ORC_RUN_ENVIRONMENT", "foo", "variables for every run", "write a JSON object, such as"),
    ("ORC_RUN_ENVIRONMENT", "[1]", "variables for every run", "valid dictionary"),
    ("ORC_RUN_ENVIRONMENT", '{"A": 1}', "variables for every run", "valid string"),
    ("ORC_EXECUTOR", "cloud", "where agents run", "'process'"),
    ("ORC_LOG_FORMAT", "xml", "how logs are written", "'console' or 'json'"),
]


@pytest.mark.parametrize(
    ("variable", "value", "meaning", "what"), WRONG, ids=[f"{v}={x}" for v, x, _, _ in WRONG]
)
def test_what_is_wrong_is_named(
    variable: str, value: str, meaning: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (line,) = complaint(monkeypatch, GOOD | {variable: value}).splitlines()
    assert line.startswith(f"{variable} (")
    assert meaning in line
    assert what in line


def test_everything_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"ORC_PORT": "x", "ORC_SLOTS": "0", "ORC_RUN_ENVIRONMENT": "foo"}
    said = complaint(monkeypatch, wrong | {"ORC_PRIVATE_KEY": "PEM"})
    assert [line.split(" ")[0] for line in said.splitlines()] == [
        "ORC_APP_ID",
        "ORC_WEBHOOK_SECRET",
        "ORC_PORT",
        "ORC_SLOTS",
        "ORC_RUN_ENVIRONMENT",
    ]


def test_no_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = GOOD | {"DATABASE_URL": "postgresql://orc:hunter2@db/orc"}
    settings = load(monkeypatch, environ)
    assert "hush" not in f"{settings!r}{settings}"
    assert "hunter2" not in f"{settings!r}{settings}"
    assert "BEGIN" not in f"{settings!r}{settings}"
    said = complaint(monkeypatch, environ | {"ORC_PORT": "x"})
    assert not any(word in said for word in ("hush", "hunter2", "BEGIN"))


# .env


def test_a_file_env_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["# the App", "ORC_APP_ID=7", 'ORC_WEBHOOK_SECRET="a b"', "UNKNOWN=1", "ORC_OTHER=2"]
    (tmp_path / ".env").write_text("\n".join([*lines, "DATABASE_URL=postgresql://db/orc"]))
    settings = load(monkeypatch, {})
    assert settings.app_id == "7"
    assert settings.webhook_secret.get_secret_value() == "a b"
    assert settings.database_url
    assert settings.database_url.get_secret_value() == "postgresql://db/orc"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ORC_APP_ID=7\nORC_SLOTS=9\n")
    settings = load(monkeypatch, GOOD)
    assert (settings.app_id, settings.slots) == ("12345", 9)


def test_a_file_env_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    said = complaint(monkeypatch, GOOD)
    assert said == ".env: it is not text; write lines such as NAME=value"


def test_variables_for_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = GOOD | {"ORC_RUN_ENVIRONMENT": '{"PIP_INDEX_URL": "https://pip.acme.test"}'}
    settings = load(monkeypatch, environ)
    assert settings.run_environment == {"PIP_INDEX_URL": "https://pip.acme.test"}


# The App's key


def key_of(monkeypatch: pytest.MonkeyPatch, **environ: str) -> str:
    good = {name: value for name, value in GOOD.items() if name != "ORC_PRIVATE_KEY"}
    return load(monkeypatch, good | environ).key()


def test_the_key_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_of(monkeypatch, ORC_PRIVATE_KEY="PEM") == "PEM"


def test_the_key_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.pem").write_text("PEM")
    assert key_of(monkeypatch, ORC_PRIVATE_KEY_FILE="key.pem") == "PEM"


def test_no_key_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="set ORC_PRIVATE_KEY or ORC_PRIVATE_KEY_FILE"):
        key_of(monkeypatch)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda file: None, "No such file or directory"),
        (lambda file: file.mkdir(), "Is a directory"),
        (lambda file: file.write_bytes(b"\xff\xfe\x00"), "not text"),
    ],
    ids=["missing", "a folder", "binary"],
)
def test_a_key_file_that_can_not_be_read(
    make: object, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(make)
    make(tmp_path / "key.pem")
    with pytest.raises(
        SettingsError, match=f"ORC_PRIVATE_KEY_FILE: key.pem can't be read: .*{why}"
    ):
        key_of(monkeypatch, ORC_PRIVATE_KEY_FILE="key.pem")


@pytest.mark.parametrize("text", ["not a key", "-----BEGIN RSA PRIVATE KEY-----\nMA==\n-----END"])
def test_what_is_no_key_is_told_before_anything_starts(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, GOOD | {"ORC_PRIVATE_KEY": text})
    with pytest.raises(SettingsError, match="ORC_PRIVATE_KEY") as caught:
        app_key(settings)
    assert text not in str(caught.value)

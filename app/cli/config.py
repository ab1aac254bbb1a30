"""`orc config check`: what a configuration file means, or what is wrong with it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from app.cli.policy import written
from app.config import Config, ConfigError, parse, resolve


def check(files: list[Path], repository: str | None, *, as_json: bool) -> int:
    """The exit code: 0 all good, 1 a file is wrong or can't be read."""
    try:
        layers = [_read(file) for file in files]
    except ConfigError as error:
        if as_json:
            sys.stdout.write(json.dumps({"valid": False, "error": str(error)}) + "\n")
        else:
            sys.stderr.write(f"{error}\n")
        return 1
    policy = _policy(layers, repository)
    if as_json:
        sys.stdout.write(json.dumps({"valid": True, "policy": policy}) + "\n")
    else:
        yaml.safe_dump(policy, sys.stdout, sort_keys=False, allow_unicode=True)
    return 0


def _read(file: Path) -> Config:
    try:
        return parse(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise ConfigError(f"{file}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: can't be read: it is not UTF-8 text") from None


def _policy(layers: Sequence[Config], repository: str | None) -> dict[str, Any]:
    """For one repository, or as the files say it of all that they name."""
    said = [layer.triggers.intake for layer in layers if layer.triggers.intake is not None]
    intake = said[-1] if said else ()
    first = layers[0].new_projects
    founding = first.repositories if first else ()
    if repository is not None:
        name = repository.rpartition("/")[2]
        policy = resolve(name, *layers)
        return written(policy, [name] if policy.intake else [], [name])
    return written(resolve(founding[0] if founding else "", *layers), intake, founding)

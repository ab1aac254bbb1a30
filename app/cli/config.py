"""`orc config check`: what a configuration file means, or what is wrong with it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from app.config import Config, ConfigError, parse, resolve


def check(files: list[Path], *, as_json: bool) -> int:
    """The exit code: 0 all good, 1 a file is wrong or can't be read."""
    layers: list[Config] = []
    for file in files:
        try:
            layers.append(parse(file.read_text(), str(file)))
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            unread = not isinstance(error, ConfigError)
            message = f"{file}: can't be read: {error}" if unread else str(error)
            if as_json:
                sys.stdout.write(json.dumps({"valid": False, "error": message}) + "\n")
            else:
                sys.stderr.write(f"{message}\n")
            return 1
    policy = asdict(resolve("", *layers))
    if as_json:
        sys.stdout.write(json.dumps({"valid": True, "policy": policy}, default=str) + "\n")
    else:
        width = max(map(len, policy))
        sys.stdout.writelines(
            f"{key:<{width}}  {value}".rstrip() + "\n" for key, value in policy.items()
        )
    return 0

"""Finds credentials in text an agent added. It must never repeat one, nor take long over a trap.

The patterns are detect-secrets'; those that guess from entropy or keywords are left out, since
they cry at every lockfile. Some of its patterns take quadratic time on a line made for that, so
each looks only at a window behind one of its own fixed words, and the whole search has a budget.
"""

import functools
import importlib
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

BUDGET = 10.0  # seconds of this process for one commit
_BEFORE, _AFTER, _STEP = 300, 3_000, 1_000  # characters around a fixed word
# plugin module, class, the words without which its patterns can't match (compared in lower case)
_PLUGINS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aws", "AWSKeyDetector", ("akia", "asia", "abia", "acca", "a3t", "aws")),
    ("azure_storage_key", "AzureStorageKeyDetector", ("accountkey=",)),
    ("github_token", "GitHubTokenDetector", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    (
        "gitlab_token",
        "GitLabTokenDetector",
        ("glpat-", "gldt-", "glft-", "glsoat-", "glrt-", "glcbt-", "glimt-", "glptt-", "gr1348941"),
    ),
    ("jwt", "JwtTokenDetector", ("eyj",)),
    ("npm", "NpmDetector", (":_authtoken",)),
    ("openai", "OpenAIDetector", ("t3blbkfj",)),
    ("private_key", "PrivateKeyDetector", (" private key", "putty-user-key-file")),
    ("pypi_token", "PypiTokenDetector", ("pypi-age",)),
    ("sendgrid", "SendGridDetector", ("sg.",)),
    ("slack", "SlackDetector", ("xox", "hooks.slack.com")),
    ("square_oauth", "SquareOAuthDetector", ("sq0csp-",)),
    ("stripe", "StripeDetector", ("k_live_",)),
)
# Newer than detect-secrets' patterns.
_OWN = (
    ("GitHub Token", r"github_pat_[A-Za-z0-9_]{50,}", ("github_pat_",)),
    ("GitHub Token", r"ghs_[A-Za-z0-9_.-]{36,}", ("ghs_",)),
    ("Anthropic Key", r"sk-ant-[A-Za-z0-9_-]{30,}", ("sk-ant-",)),
    ("OpenAI Key", r"sk-(?:proj|svcacct)-[A-Za-z0-9_-]{40,}", ("sk-proj-", "sk-svcacct-")),
)


class TooLongError(Exception):
    """The text could not be searched within the budget; treat it as not searched."""


class Found(NamedTuple):
    """A credential: its kind, and the number (from 1) and the text of the line it is on."""

    kind: str
    line: int
    text: str


def find(text: str, until: float) -> Iterator[Found]:
    """Every line with a credential, once per kind; `until` is on time.monotonic()'s clock."""
    lower = text.lower() if text.isascii() else _lower(text)
    for kind, detector, words in _detectors():
        seen: set[int] = set()
        for at in _places(lower, words):
            if time.monotonic() > until:
                raise TooLongError
            start = max(text.rfind("\n", 0, at) + 1, at - _BEFORE)
            end = text.find("\n", at)
            window = text[start : min(end if end >= 0 else len(text), at + _AFTER)]
            if any(not hit.upper().endswith("EXAMPLE") for hit in detector(window)):
                line = text.count("\n", 0, at) + 1
                if line not in seen:
                    seen.add(line)
                    yield Found(kind, line, _line(text, at))


def _lower(text: str) -> str:
    """ASCII lower case only, so that positions stay the same."""
    return text.translate({c: c + 32 for c in range(65, 91)})


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]


def _places(lower: str, words: tuple[str, ...]) -> Iterator[int]:
    """Where a window is worth opening: a little apart when they crowd on one line."""
    for word in words:
        at = lower.find(word)
        while at >= 0:
            yield at
            step = at + len(word)
            crowd = lower.find("\n", at, at + _STEP)
            at = lower.find(word, step)
            if 0 <= at < step + _STEP and crowd < 0:
                at = _last_before(lower, word, step, step + _STEP)


def _last_before(lower: str, word: str, start: int, end: int) -> int:
    last = lower.rfind(word, start, end)
    return last if last >= 0 else lower.find(word, start)


@functools.cache
def _detectors() -> tuple[tuple[str, Any, tuple[str, ...]], ...]:
    """Imported on first use: detect-secrets brings in requests."""
    import re

    detectors: list[tuple[str, Any, tuple[str, ...]]] = []
    for module, name, words in _PLUGINS:
        plugin = getattr(importlib.import_module(f"detect_secrets.plugins.{module}"), name)()
        detectors.append((plugin.secret_type, plugin.analyze_string, words))
    for kind, pattern, words in _OWN:
        detectors.append((kind, re.compile(pattern).findall, words))
    return tuple(detectors)

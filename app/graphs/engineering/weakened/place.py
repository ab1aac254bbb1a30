"""What a file is by its path: tests, what decides which tests run and how, or neither. Pure."""

import re
import shlex
import sys
from collections.abc import Collection
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({"test", "tests", "spec", "specs", "__tests__", "e2e", "testing"})
_TEST_NAME = re.compile(
    r"(test_.*|.*_test|tests?|conftest)\.py|.*[._-](test|spec|cy)\.[cm]?[jt]sx?|.*_test\.\w+"
    r"|.*(Test|Tests|Spec|IT)\.(java|kt|cs|scala|php)|.*_spec\.rb|test_.*\.\w+",
    re.DOTALL,
)
_SETTINGS = re.compile(
    r"conftest\.py|\.?pytest\.(ini|toml)|tox\.ini|noxfile\.py|setup\.(cfg|py)|pyproject\.toml"
    r"|(gnu)?makefile|.*\.mk|justfile|taskfile\.ya?ml|tasks\.py|dodo\.py|rakefile|\.rspec"
    r"|package\.json|\.mocharc.*|(jest|vitest|vite|karma|playwright|cypress|ava|babel)\.config\..*"
    r"|\.?(jest|ava|nyc)rc.*|phpunit.*\.xml|pom\.xml|build\.gradle(\.kts)?|build\.xml"
    r"|\.gitlab-ci\.yml|jenkinsfile|azure-pipelines\.yml|\.travis\.yml|\.gitattributes"
    r"|\.npmrc|\.yarnrc.*|\.?pnpmfile\.c?js|bunfig\.toml|deno\.jsonc?|nextest\.toml"
    r"|\.tool-versions|\.?mise\.toml|\.coveragerc|\.env|\.envrc|\.python-version",
    re.IGNORECASE | re.DOTALL,
)
_SETTINGS_FOLDERS = frozenset({".github", ".circleci", ".buildkite", ".woodpecker", ".cargo"})
# Committed, they stand in for what was installed.
_INSTALLED = frozenset({"node_modules", ".venv", "venv", "site-packages", ".tox", ".nox"})
_PACKAGE_DATA = (".egg-info", ".dist-info")
# Python looks in the checkout first, so a file of such a name is run instead of the real one.
_RUNNERS = frozenset(
    {
        *("pytest", "_pytest", "py", "pluggy", "iniconfig", "coverage", "xdist", "pytest_cov"),
        *("tox", "nox", "hypothesis", "sitecustomize", "usercustomize", "unittest"),
    }
)
_STDLIB = sys.stdlib_module_names - {"test", "this", "antigravity"}
# Where tests stand among the code that they test.
_HELD = re.compile(
    r"^[ \t]*(?:async +)?def test_|^[ \t]*class \w+\([^)\n]{0,200}TestCase"
    r"|#\[(?:\w+::)?test\]|@Test\b|^func Test"
    r"|^[ \t]*(?:it|test|describe)(?:\.\w+)*[ \t]*\([ \t]*['\"`]",
    re.MULTILINE,
)
_CODE = re.compile(r".*\.(py[iw]?|[cm]?[jt]sx?|go|rs|java|kt|cs|rb|php|scala|sh|toml|ini|cfg|mk)")
_PACKAGES = re.compile(r"(.*requirements.*|constraints)\.(txt|in)|pyproject\.toml|setup\.(py|cfg)")
_PROSE = frozenset({".md", ".rst", ".adoc", ".csv", ".svg", ".po", ".css", ".html"})


def is_test(path: str) -> bool:
    parts = PurePosixPath(path)
    return (
        any(part.lower() in _TEST_FOLDERS for part in parts.parts[:-1])
        or _TEST_NAME.fullmatch(parts.name) is not None
    )


def holds_tests(text: str | None) -> bool:
    return text is not None and _HELD.search(text) is not None


def is_data(path: str) -> bool:
    """What tests compare with: a snapshot, an expected answer."""
    name = PurePosixPath(path).name
    return name.endswith((".snap", ".golden")) or (is_test(path) and not _CODE.fullmatch(name))


def lists_packages(path: str) -> bool:
    return _PACKAGES.fullmatch(PurePosixPath(path).name) is not None


def is_prose(path: str) -> bool:
    """Nothing in it runs."""
    return PurePosixPath(path).suffix.lower() in _PROSE


def decides(path: str, named: Collection[str]) -> str:
    """Why the file decides which tests run, and how; empty where it doesn't.

    `named` are the paths that the test command names.
    """
    parts = PurePosixPath(path).parts
    name = parts[-1] if parts else ""
    stem = name.partition(".")[0]
    if path in named:
        return "the test command names it"
    if _INSTALLED & set(parts[:-1]) or name.endswith(".pth"):
        return "it stands in for an installed package"
    if any(part.endswith(_PACKAGE_DATA) for part in parts):
        return "it can name plugins of the test runner"
    if _RUNNERS & {stem if name.endswith((".py", ".so")) else "", *parts[:-1]}:
        return "it can be imported in place of the test runner's own"
    if len(parts) <= 2 and _STDLIB & ({parts[0]} if parts[1:] else {name.removesuffix(".py")}):
        return "it can be imported in place of Python's own"
    if _SETTINGS.fullmatch(name) or (parts and parts[0] in _SETTINGS_FOLDERS):
        return "it says which tests run, or how"
    return ""


def named_in(command: str) -> frozenset[str]:
    """Words of the test command that may be paths, as they stand in the repository."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    plain = (str(PurePosixPath(word)) for word in words if not word.startswith(("-", "/", "$")))
    return frozenset(word for word in plain if word not in (".", ".."))

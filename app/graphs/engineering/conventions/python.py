"""How a Python project is tested: with pytest, on what is there, else on what pip can load."""

import re
import shlex
from collections.abc import Iterator

from app.graphs.engineering.conventions.read import ini_sections, strings, table, toml_table
from app.graphs.engineering.conventions.tree import Files
from app.graphs.engineering.conventions.way import Way

MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py", "pytest.ini")
_TESTS = re.compile(r"(?:.*/)?(?:test_[^/]+|[^/]+_test|conftest)\.py")
_SOURCE = re.compile(r"src/(?:[^/]+/)?[^/]+\.py")
_GROUPS = frozenset({"test", "tests", "testing", "dev", "develop", "development"})
_LISTS = tuple(f"requirements{part}.txt" for part in ("", "-dev", "-test", "_dev", "_test"))
# PEP 508, without addresses: what pip would take for an option or a path is left out.
_NEED = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]{0,80})\s*(\[[A-Za-z0-9,._ -]{0,80}\])?([^@]{0,120})"
)
_MOST = 100
_CHECK = (
    "import sys; from importlib.metadata import distribution as d; [d(n) for n in sys.argv[1:]]"
)


def find(files: Files) -> Way | None:
    tested = has_tests(files)
    manifest = next((name for name in (*MANIFESTS, *_LISTS) if name in files), None)
    if manifest is None and not tested:
        return None
    needs = list(dict.fromkeys(_needs(files)))[:_MOST]
    lists = [name for name in _LISTS if name in files]
    paths = ["src"] if _is_src_layout(files) else []
    loads = bool(needs or lists)
    before = _load(files, needs, lists) if loads else ""
    paths += ["$deps"] if loads else []
    env = f'PYTHONPATH="{":".join(paths)}${{PYTHONPATH:+:$PYTHONPATH}}" ' if paths else ""
    return Way(
        f'{before}{env}python -m pytest --junitxml "$ORC_OUT/junit.xml"',
        _why(manifest, tested=tested, src="src" in paths, loads=loads),
        frozenset({"python"}),
    )


def has_tests(files: Files) -> bool:
    return any(_TESTS.fullmatch(path) for path in files)


def _why(manifest: str | None, *, tested: bool, src: bool, loads: bool) -> str:
    said = f"{manifest} makes it a Python project" if manifest else "There are test_*.py"
    if not tested:
        said += " without tests yet"
    said += ", tested with pytest"
    said += "; its packages are in src/" if src else ""
    return said + ("; what it needs is loaded with pip where it is missing." if loads else ".")


def _is_src_layout(files: Files) -> bool:
    """And nobody has told pytest so."""
    pytest = table(table(_pyproject(files, "tool")).get("pytest"))
    options = {**table(pytest.get("ini_options")), **pytest}
    said = [
        *strings(options.get("pythonpath")),
        ini_sections(files.text("pytest.ini")).get("pytest", {}).get("pythonpath", ""),
        ini_sections(files.text("setup.cfg")).get("tool:pytest", {}).get("pythonpath", ""),
    ]
    return any(_SOURCE.fullmatch(path) for path in files) and not any("src" in one for one in said)


def _pyproject(files: Files, name: str) -> object:
    return toml_table(files.text("pyproject.toml")).get(name)


def _load(files: Files, needs: list[str], lists: list[str]) -> str:
    """Loads all of it beside the project unless everything is there."""
    listed = [line for name in lists for line in files.text(name).splitlines()]
    names = [name for need in (*needs, *listed) if (name := _plain_name(need))][:_MOST]
    load = shlex.join([*needs, *(part for name in lists for part in ("-r", name))])
    return (
        f"deps=$(mktemp -d); python -c {shlex.quote(_CHECK)} {shlex.join(names)} 2>/dev/null || "
        f'python -m pip install --quiet --target "$deps" {load}; '
    )


def _plain_name(need: str) -> str:
    """The name of what is needed in any case; "" for a comment, an option, or some cases' need."""
    match = _NEED.fullmatch(need.partition("#")[0].strip())
    return match.group(1) if match and ";" not in need else ""


def _needs(files: Files) -> Iterator[str]:
    """What it declares for itself and its tests, as far as it has the form of a name."""
    project = table(_pyproject(files, "project"))
    own = str(project.get("name", "")).lower()
    said = strings(project.get("dependencies"))
    for groups in (project.get("optional-dependencies"), _pyproject(files, "dependency-groups")):
        for name, needs in table(groups).items():
            said += strings(needs) if name in _GROUPS else []
    poetry = table(table(_pyproject(files, "tool")).get("poetry"))
    said += [name for name in strings(poetry.get("dependencies")) if name != "python"]
    for name, group in table(poetry.get("group")).items():
        said += strings(table(group).get("dependencies")) if name in _GROUPS else []
    options = ini_sections(files.text("setup.cfg")).get("options", {})
    said += options.get("install_requires", "").split("\n")
    for need in (text.strip() for text in said):
        match = _NEED.fullmatch(need)
        if match and match.group(1).lower() not in (own, "pytest"):
            yield need

"""How a repository is said to be tested, by what is in it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from app.graphs.engineering.conventions import Entry, Way, find
from app.graphs.ports import GivenUp


@dataclass(frozen=True)
class Paper:
    """A tree on paper."""

    files: Mapping[str, str | bytes]

    def entries(self) -> Iterator[Entry]:
        for path in self.files:
            yield Entry(path, len(self.read(path, 1 << 30)))

    def read(self, path: str, limit: int) -> bytes:
        said = self.files[path]
        return (said.encode() if isinstance(said, str) else said)[:limit]


def found(files: Mapping[str, str | bytes]) -> Way:
    way = find(Paper(files))
    assert way is not None
    return way


def script(said: str, **packages: str) -> dict[str, str]:
    return {"package.json": json.dumps({"scripts": {"test": said}, "devDependencies": packages})}


PYTEST = 'python -m pytest --junitxml "$ORC_OUT/junit.xml"'
TEST = {"tests/test_a.py": ""}

WAYS = {
    "pytest": (TEST, PYTEST),
    "no tests yet": ({"pyproject.toml": ""}, PYTEST),
    "tests only beside the code": ({"a/b_test.py": ""}, PYTEST),
    "src": ({**TEST, "src/a/__init__.py": ""}, "PYTHONPATH=\"src${PYTHONPATH:+:$PYTHONPATH}\" "),
    "src that pytest knows": (
        {**TEST, "src/a/b.py": "",
         "pyproject.toml": '[tool.pytest.ini_options]\npythonpath=["src"]'},
        PYTEST,
    ),
    "src that pytest.ini knows": (
        {**TEST, "src/a/b.py": "", "pytest.ini": "[pytest]\npythonpath = src lib"}, PYTEST
    ),
    "src that setup.cfg knows": (
        {**TEST, "src/a/b.py": "", "setup.cfg": "[tool:pytest]\npythonpath = src"}, PYTEST
    ),
    "needs": (
        {**TEST, "pyproject.toml": '[project]\nname="a"\ndependencies=["b[c]>=1 ; d"]'},
        "pip install --quiet --target \"$deps\" 'b[c]>=1 ; d'; ",
    ),
    "needs of tests": (
        {**TEST, "pyproject.toml": '[dependency-groups]\ntest=["b", {include-group="c"}]\nc=["d"]'},
        ' b 2>/dev/null || python -m pip install --quiet --target "$deps" b; ',
    ),
    "needs of Poetry": (
        {**TEST, "pyproject.toml": '[tool.poetry.dependencies]\npython="3"\nb="^1"\n'
                                   '[tool.poetry.group.dev.dependencies]\nc={version="1"}'},
        ' --target "$deps" b c; ',
    ),
    "needs in lists": (
        {**TEST, "requirements.txt": "# all\nb==1  # c\n-r d.txt\n", "requirements-dev.txt": "e"},
        ' --target "$deps" -r requirements.txt -r requirements-dev.txt; ',
    ),
    "needs in setup.cfg": (
        {**TEST, "setup.cfg": "[options]\ninstall_requires =\n  b\n  c>1\n"}, " b 'c>1'; "
    ),
    "Node's runner": (script("node --test"), "$report\" npm test; "),
    "Node's runner, none named": ({"package.json": "{}", "a.test.js": ""}, "\" node --test; "),
    "npm's own words": (script('echo "Error: no test specified" && exit 1'), "node --test; "),
    "vitest": (script("tsc && vitest run"), "--reporter=junit --outputFile.junit="),
    "jest with its reporter": (script("jest", **{"jest-junit": "1"}), "--reporters=jest-junit"),
    "jest": (script("NODE_ENV=test jest --ci"), '--json --outputFile="$said"'),
    "mocha": (script("mocha 'a/**'"), "--reporter xunit --reporter-option output="),
    "packages": (script("mocha", mocha="1"), "[ -d node_modules ] || npm install "),
    "packages that are locked": (
        {**script("mocha", mocha="1"), "package-lock.json": "{}"}, "|| npm ci "
    ),
    "make": ({"Makefile": "test:\n\tpytest -q\n", **TEST}, "--junitxml=$report\" make test; code="),
    "make by another name": ({"GNUmakefile": "check: a\na:\n\tpy.test\n"}, "\" make check; "),
    "make as CI does": (
        {"Makefile": "verify:\n\tpytest\n",
         ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n    - run: |\n        make  verify\n"
                                     "    - run: make test-all\n"},
        "make verify; ",
    ),
    "make by variables": (
        {"Makefile": "RUN = $(ONE)\nONE := pytest\ntest: ; $(RUN)\n"}, "=$report\" make test"
    ),
    "make with npm": (
        {"Makefile": "test:\n\tcd web && npm test\n",
         "web/package.json": script("node --test")["package.json"]},
        "--test-reporter=junit --test-reporter-destination=$report\" make test; ",
    ),
    "make with what is not there": ({"Makefile": "test:\n\tuv run pytest\n", **TEST}, PYTEST),
    "packages in folders": (
        {"a b/pyproject.toml": "", "a b/test_a.py": "", "c/package.json": "{}", "c/d/setup.py": ""},
        "all=$(mktemp -d); code=0; (cd './a b' && ",
    ),
    "packages below one at the top": ({"pyproject.toml": "", "c/package.json": "{}"}, PYTEST),
    "no target": ({"Makefile": "build:\n\tcc\ntest := 1\n", **TEST}, PYTEST),
}  # fmt: skip


@pytest.mark.parametrize(("files", "part"), WAYS.values(), ids=WAYS.keys())
def test_the_command_fits_what_is_there(files: dict[str, str], part: str) -> None:
    way = found(files)
    assert part in way.command
    assert "\n" not in way.command
    assert way.why.endswith(".")


UNCOUNTED = {
    "a runner of its own": script("node run.js"),
    "a runner after another": script("mocha && ./more.sh"),
    "a target of who knows what": {"Makefile": "test:\n\t./run\n"},
}


@pytest.mark.parametrize("files", UNCOUNTED.values(), ids=UNCOUNTED.keys())
def test_a_mere_exit_code_is_told(files: dict[str, str]) -> None:
    way = found(files)
    assert not way.counted
    assert "its exit code counts as one test." in way.why


CAPABILITIES = {
    "pytest": (TEST, {"python"}),
    "Node's runner": (script("node --test"), {"node"}),
    "make": ({"Makefile": "test:\n\tpytest && node a.js\n"}, {"make", "node", "python"}),
    "packages": (
        {"a/setup.py": "", "a/test_a.py": "", "b/package.json": "{}", "b/a.test.js": ""},
        {"node", "python"},
    ),
}


@pytest.mark.parametrize(("files", "needed"), CAPABILITIES.values(), ids=CAPABILITIES.keys())
def test_what_the_command_needs_is_known(files: dict[str, str], needed: set[str]) -> None:
    assert found(files).capabilities == needed


NOTHING: dict[str, dict[str, str]] = {
    "nothing": {},
    "words": {"README.md": "run pytest"},
    "only CI": {".github/workflows/ci.yml": "- run: ./test all\n"},
    "another language's, below": {"tools/go.mod": "module a\n"},
}


@pytest.mark.parametrize("files", NOTHING.values(), ids=NOTHING.keys())
def test_where_nothing_says_a_way_there_is_none(files: dict[str, str]) -> None:
    assert find(Paper(files)) is None


GO = {"go.mod": "module a\n"}
OTHERS = {
    "Go": (GO, "This is a Go project (go.mod)", "`go`"),
    "Go by make": ({**GO, "Makefile": "test:\n\tgo test ./...\n", **TEST}, "(go.mod)", "`go`"),
    "Go with tools of Node's": ({**GO, "package.json": "{}"}, "(go.mod)", "`go`"),
    "Go with tools of Python's": ({**GO, "pyproject.toml": ""}, "(go.mod)", "`go`"),
    "Go with a page": ({**GO, "web/package.json": "{}", "web/a.test.js": ""}, "(go.mod)", "`go`"),
    "Rust": ({"Cargo.toml": ""}, "This is a Rust project (Cargo.toml)", "install/rust.sh"),
    "Java": ({"build.gradle": ""}, "This is a Java project (build.gradle)", "`java`"),
}


@pytest.mark.parametrize(("files", "what", "capability"), OTHERS.values(), ids=OTHERS.keys())
def test_in_other_languages_a_person_is_told_what_to_write(
    files: dict[str, str], what: str, capability: str
) -> None:
    with pytest.raises(GivenUp) as told:
        find(Paper(files))
    for part in (what, capability, ".github/orchestrator.yml", "`test.command`", "`capabilities`"):
        assert part in str(told.value)


BESIDE_OTHERS = {
    "pytest": ({"Cargo.toml": "", **TEST}, PYTEST),
    "make that comes to pytest": (
        {"Cargo.toml": "", "Makefile": "test:\n\tpytest\n", **TEST}, "make test"
    ),
    "Node's runner": ({"Gemfile": "", **script("node --test")}, "npm test"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "part"), BESIDE_OTHERS.values(), ids=BESIDE_OTHERS.keys())
def test_tests_that_are_known_count_beside_other_languages(
    files: dict[str, str], part: str
) -> None:
    assert part in found(files).command


def test_a_package_without_tests_does_not_fail_those_that_have_some() -> None:
    files = {"a/setup.py": "", "a/test_a.py": "", "b/setup.py": "", "c/package.json": "{}"}
    command = found(files).command
    assert "./a" in command
    assert "./b" not in command
    assert "./c" not in command


def test_packages_that_are_tested_by_an_exit_code_are_not_counted() -> None:
    files = {f"{folder}/{name}": text for folder in "ab" for name, text in script("./run").items()}
    way = found(files)
    assert not way.counted
    assert way.why == "2 of its folders hold a package each, and all are tested."

"""How a repository is said to be tested, by what is in it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from app.graphs.engineering.conventions import Conventions, Entry, Unfound, find


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


def found(files: Mapping[str, str | bytes]) -> Conventions:
    return find(Paper(files))


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
    conventions = found(files)
    assert part in conventions.test_command
    assert "\n" not in conventions.test_command
    assert conventions.why.endswith(".")


UNCOUNTED = {
    "a runner of its own": script("node run.js"),
    "a runner after another": script("mocha && ./more.sh"),
    "a target of who knows what": {"Makefile": "test:\n\t./run\n"},
}


@pytest.mark.parametrize("files", UNCOUNTED.values(), ids=UNCOUNTED.keys())
def test_a_mere_exit_code_is_told(files: dict[str, str]) -> None:
    conventions = found(files)
    assert not conventions.way.counted
    assert "its exit code counts as one test." in conventions.why


def test_what_has_to_be_loaded_is_told() -> None:
    assert found(script("mocha", mocha="1")).way.network
    assert not found(script("mocha")).way.network
    assert found({**TEST, "requirements.txt": "b"}).way.network
    assert not found(TEST).way.network


def test_other_ways_and_instructions_are_told() -> None:
    conventions = found(
        {
            "Makefile": "test:\n\tpytest\n",
            **TEST,
            "CLAUDE.md": "",
            "docs/AGENTS.md": "",
            ".github/workflows/ci.yaml": "- run: pip install .\n- run: pytest -x\n- run: 'tox'\n",
        }
    )
    assert conventions.capabilities == {"make", "python"}
    assert [way.command for way in conventions.alternatives] == [PYTEST]
    assert conventions.instructions == ("CLAUDE.md",)
    assert conventions.ci == ("pytest -x", "tox")


def test_without_make_the_next_way_is_taken() -> None:
    tree = Paper({"Makefile": "test:\n\tpytest\n", **TEST})
    conventions = find(tree, available={"python"})
    assert conventions.test_command == PYTEST
    assert conventions.alternatives[0].capabilities == {"make", "python"}


NOTHING: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "Nothing here says how it is tested"),
    "words": ({"README.md": "run pytest"}, "no Makefile with a target `test`"),
    "only CI": ({".github/workflows/ci.yml": "- run: ./test all\n"}, "CI runs `./test all`."),
    "Go": ({"go.mod": "module a\n", "Makefile": "test:\n\tgo test ./...\n"}, "no capability `go`"),
    "Rust": ({"Cargo.toml": ""}, "This is a Rust project (Cargo.toml)"),
}


@pytest.mark.parametrize(("files", "said"), NOTHING.values(), ids=NOTHING.keys())
def test_where_nothing_is_found_a_person_is_told_what_to_write(
    files: dict[str, str], said: str
) -> None:
    with pytest.raises(Unfound) as told:
        found(files)
    assert said in str(told.value)
    assert ".github/orchestrator.yml" in str(told.value)
    assert "  command: " in str(told.value)


def test_what_images_can_not_have_is_named() -> None:
    with pytest.raises(Unfound, match="needs: make, python"):
        find(Paper({"Makefile": "test:\n\tpytest\n"}), available=())


def test_a_package_without_tests_does_not_fail_those_that_have_some() -> None:
    files = {"a/setup.py": "", "a/test_a.py": "", "b/setup.py": "", "c/package.json": "{}"}
    command = found(files).test_command
    assert "./a" in command
    assert "./b" not in command
    assert "./c" not in command


def test_packages_that_are_tested_by_an_exit_code_are_not_counted() -> None:
    files = {f"{folder}/{name}": text for folder in "ab" for name, text in script("./run").items()}
    conventions = found(files)
    assert not conventions.way.counted
    assert conventions.why == "2 of its folders hold a package each, and all are tested."

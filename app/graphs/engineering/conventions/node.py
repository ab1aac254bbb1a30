"""How a Node project is tested: its script `test`, with that runner's own JUnit report."""

import re
from collections.abc import Mapping
from typing import Any

from app.graphs.engineering.conventions.read import json_table, table
from app.graphs.engineering.conventions.shell import by_exit_code, gathered, hooks
from app.graphs.engineering.conventions.tree import Files
from app.graphs.engineering.conventions.way import Way

_NODE = frozenset({"node"})
_HOOKS = hooks(python=False, node=True)
_MOST = 40  # package.json that are read
_NONE = re.compile(r"no test specified")
_OWN = re.compile(r"\bnode\b[^\n;&|]*\s--test\b")
_LAST = re.compile(r"[^;&|]*\Z")
_TESTS = re.compile(r"(?:.*/)?(?:tests?/.+|[^/]+[.\-_]test|test(?:-[^/]+)?)\.[cm]?[jt]s")
# Jest writes JUnit only with a package of its own, and JSON always.
_JEST_CASES = (
    'const fs=require("fs"),e=s=>String(s).replace(/[^ -~]/g," ").replace(/[<>&"]/g,'
    'c=>"&#"+c.charCodeAt()+";"),[,i,o]=process.argv,c=(f,n,b)=>`<testcase classname="${e(f)}" '
    'name="${e(n)}">${b}</testcase>`,x=m=>`<failure message="${e(m).slice(0,2000)}"/>`;'
    "fs.writeFileSync(o,`<testsuite>${JSON.parse(fs.readFileSync(i)).testResults.map(f=>"
    "f.assertionResults.map(a=>c(f.name,a.fullName,"
    'a.status=="failed"?x(a.failureMessages.join(" "))'
    ':a.status=="passed"?"":"<skipped/>")).join("")+(f.status=="failed"&&!f.assertionResults.some('
    'a=>a.status=="failed")?c(f.name,"(the whole file)",x(f.message)):"")).join("")}</testsuite>`)'
)


def find(files: Files) -> Way | None:
    if "package.json" not in files:
        return None
    package = json_table(files.text("package.json"))
    script = _script(package)
    if "workspaces" in package and not has_tests(files):
        return None
    loads = bool(table(package.get("dependencies")) or table(package.get("devDependencies")))
    before = _install(files) if loads else ""
    command, why, counted = _run(script, package)
    if command is None:
        command = by_exit_code("npm test", _HOOKS)
    return Way(before + command, why, _NODE, counted=counted)


def has_tests(files: Files) -> bool:
    script = _script(json_table(files.text("package.json")))
    found = "package.json" in files and any(_TESTS.fullmatch(path) for path in files)
    return bool(script) or found


def scripts(files: Files) -> str:
    """The scripts `test` of all packages, a line each."""
    found = files.named("package.json")[:_MOST]
    return "\n".join(_script(json_table(files.text(path))) for path in found)


def _script(package: Mapping[str, Any]) -> str:
    script = table(package.get("scripts")).get("test")
    return script if isinstance(script, str) and not _NONE.search(script) else ""


def _install(files: Files) -> str:
    how = "ci" if "package-lock.json" in files else "install"
    return f"[ -d node_modules ] || npm {how} --no-audit --no-fund; "


def _run(script: str, package: Mapping[str, Any]) -> tuple[str | None, str, bool]:
    """The command, or None for one whose exit code is all; and why."""
    if not script:
        why = "There is no script `test`, so Node's own runner looks for tests."
        return gathered("node --test", _HOOKS), why, True
    if _OWN.search(script):
        why = "The script `test` of package.json starts Node's own runner, which writes JUnit."
        return gathered("npm test", _HOOKS), why, True
    last = _LAST.search(script)
    words = set(last.group().split()) if last else set()
    for name, command in _RUNNERS:
        if name in words:
            why = f"The script `test` of package.json starts {name}, which is told to write JUnit."
            return command(package), why, True
    why = (
        "The script `test` of package.json is a runner of its own: should it leave no report and "
        "print no TAP, its exit code counts as one test."
    )
    return None, why, False


def _vitest(_: Mapping[str, Any]) -> str:
    return (
        "CI=1 npm test -- --reporter=default --reporter=junit "
        '--outputFile.junit="$ORC_OUT/junit.xml"'
    )


def _mocha(_: Mapping[str, Any]) -> str:
    return 'npm test -- --reporter xunit --reporter-option output="$ORC_OUT/junit.xml"'


def _jest(package: Mapping[str, Any]) -> str:
    if "jest-junit" in table(package.get("devDependencies")):
        return (
            'CI=1 JEST_JUNIT_OUTPUT_FILE="$ORC_OUT/junit.xml" '
            "npm test -- --reporters=default --reporters=jest-junit"
        )
    return (
        'said=$(mktemp); CI=1 npm test -- --json --outputFile="$said"; code=$?; '
        f'node -e \'{_JEST_CASES}\' "$said" "$ORC_OUT/junit.xml"; exit $code'
    )


_RUNNERS = (("vitest", _vitest), ("jest", _jest), ("mocha", _mocha))

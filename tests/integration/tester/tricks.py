"""Ways to fool a tester, each as a small change with the verdict that is honest."""

from app.domain.finding import Kind
from app.domain.run import RunLimits
from app.domain.verdict import Outcome
from tests.integration.tester.bench import BROKEN, GREEN_REPORT, HONEST, PYTEST, Trick

TESTS = "tests/test_price.py"
OLD = HONEST[TESTS]
REPORT = f'printf "{GREEN_REPORT}" > "$ORC_OUT/junit.xml"'
PLAIN_REPORT = GREEN_REPORT.replace("\\", "")
QUICK = RunLimits(1.0, 20.0)
WRITES = f"""
import os
def forge():
    with open(os.environ["ORC_OUT"] + "/junit.xml", "w") as file:
        file.write({PLAIN_REPORT!r})
"""


def tests(body: str) -> dict[str, str | None]:
    """The honest code broken, with other tests."""
    return {"shop.py": BROKEN, TESTS: body}


def conftest(text: str) -> dict[str, str | None]:
    return {"shop.py": BROKEN, "tests/conftest.py": text}


def shell(script: str) -> str:
    """A test command that needs no pytest, which takes longer than all the rest."""
    return f"cd tests && {script}"


def report(inner: str, attributes: str = "") -> str:
    return f"printf '%s' '<testsuite{attributes}>{inner}</testsuite>' > \"$ORC_OUT/junit.xml\""


OK, BAD = '<testcase name="a"/>', '<testcase name="b"><failure message="3 is not 2"/></testcase>'
DROPPED = f"printf '%s' '<testsuite>{OK}</testsuite>' > \"$ORC_OUT/a.xml\"; "
# Where the results of either executor are made.
FORGED_RUN = f"""for at in "$ORC_OUT/.." /run/orc/results; do
  mkdir -p "$at/out"
  printf "{GREEN_REPORT}" > "$at/out/junit.xml"
  echo '{{"reason": "exited", "exit_code": 0}}' > "$at/result.json"
done 2>/dev/null
kill -9 $PPID
kill -9 $$
"""
BOMB = (
    '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
)

# Nothing that a change does to the tests may matter less than its honest verdict.
TRICKS: dict[str, Trick] = {
    # what is honest
    "nothing at all": Trick({"README.md": "hello\n"}, Outcome.PASSED),
    "broken code": Trick({"shop.py": BROKEN}, Outcome.FAILED),
    # the report and the exit code
    "exit 0 with failures in the report": Trick(
        {"shop.py": BROKEN}, Outcome.FAILED, command=shell(report(BAD))
    ),
    "exit 0 whatever pytest says": Trick(
        {"shop.py": BROKEN}, Outcome.FAILED, command=f"{PYTEST} || true"
    ),
    "exit 1 with a green report": Trick(
        {}, Outcome.CRASHED, command=shell(report(OK) + "; exit 1")
    ),
    "totals hide a failure": Trick(
        {}, Outcome.FAILED, command=shell(report(OK + BAD, ' tests="2" failures="0" errors="0"'))
    ),
    "negative totals": Trick({}, Outcome.BAD_REPORT, command=shell(report(OK, ' failures="-1"'))),
    "totals without cases": Trick({}, Outcome.NO_TESTS, command=shell(report("", ' tests="99"'))),
    "a failure that is skipped too": Trick(
        {},
        Outcome.FAILED,
        command=shell(report(f'{OK}<testcase name="b"><skipped/><failure/></testcase>')),
    ),
    "retried until green": Trick(
        {}, Outcome.FAILED, command=shell(report(f'{BAD}<testcase name="b"/>'))
    ),
    "a second report that is green": Trick(
        {},
        Outcome.FAILED,
        command=shell(report(BAD) + f"; {DROPPED} cp $ORC_OUT/a.xml $ORC_OUT/z.xml"),
    ),
    "duplicated names": Trick(
        {}, Outcome.FAILED, command=shell(report(OK + '<testcase name="a"><error/></testcase>'))
    ),
    "no report": Trick({}, Outcome.NO_REPORT, command="true"),
    "a report that is no XML": Trick(
        {}, Outcome.BAD_REPORT, command='echo "3 passed" > "$ORC_OUT/junit.xml"'
    ),
    "an entity bomb": Trick(
        {},
        Outcome.BAD_REPORT,
        command=f"printf '%s' '{BOMB}<testsuite>{OK}&c;</testsuite>' > $ORC_OUT/junit.xml",
    ),
    "nested without end": Trick(
        {},
        Outcome.BAD_REPORT,
        command="python -S -c 'print(\"<testsuite>\" * 300000)' > $ORC_OUT/junit.xml",
    ),
    "a symlinked report": Trick(
        {"old.txt": PLAIN_REPORT},
        Outcome.NO_REPORT,
        {Kind.REPORT: "old.txt"},
        command='ln -s "$PWD/old.txt" "$ORC_OUT/junit.xml"',
    ),
    "a report that is a pipe": Trick({}, Outcome.NO_REPORT, command='mkfifo "$ORC_OUT/junit.xml"'),
    "a report from another time": Trick(  # times are told, and never believed
        {},
        Outcome.PASSED,
        command=shell(report('<testcase name="a" time="-1"/>', ' timestamp="1999-01-01" time="0"')),
    ),
    "failures in a report that is too large to keep": Trick(
        {},
        Outcome.BAD_REPORT,
        command=shell(
            DROPPED + f"{{ printf '%s' '<testsuite>{BAD}<system-out>'; head -c 17000000 /dev/zero "
            "| tr '\\0' x; echo '</system-out></testsuite>'; } > $ORC_OUT/b.xml"
        ),
    ),
    "failures behind a thousand files": Trick(
        {},
        Outcome.BAD_REPORT,
        command=shell(
            DROPPED + "for n in {1000..2100}; do : > $ORC_OUT/b$n.txt; done; "
            f"printf '%s' '<testsuite>{BAD}</testsuite>' > $ORC_OUT/z.xml"
        ),
    ),
    "failures behind two hundred reports": Trick(
        {},
        Outcome.BAD_REPORT,
        command=shell(
            "for n in {100..350}; do printf '%s' '<testsuite><testcase name=\"a\"/></testsuite>' "
            f"> $ORC_OUT/$n.xml; done; printf '%s' '<testsuite>{BAD}</testsuite>' > $ORC_OUT/z.xml"
        ),
    ),
    "the report of an older commit, committed": Trick(
        {"shop.py": BROKEN, "reports/junit.xml": PLAIN_REPORT},
        Outcome.NO_REPORT,
        {Kind.REPORT: "reports/junit.xml"},
        command="true",
        reports=("reports/*.xml",),
    ),
    "a report that was there before": Trick(
        {"shop.py": BROKEN},
        Outcome.NO_REPORT,
        command="true",
        reports=("reports/*.xml",),
        base={"reports/junit.xml": PLAIN_REPORT},
    ),
    # the run itself
    "a test ends the runner with 0": Trick(
        tests("import os\n\n\ndef test_one():\n    os._exit(0)\n"),
        Outcome.NO_REPORT,
        {Kind.ENDS_RUN: TESTS, Kind.TEST_GONE: TESTS},
    ),
    "a test kills the runner": Trick(
        tests("import os\n\n\ndef test_one():\n    os.kill(os.getpid(), 9)\n"),
        Outcome.NO_REPORT,
        {Kind.ENDS_RUN: TESTS},
    ),
    "a test kills the runner's parent": Trick(
        {"kill.sh": "kill -9 $PPID; kill -9 $$\n"},
        Outcome.CRASHED,
        {Kind.ENDS_RUN: "kill.sh", Kind.SETTINGS: "kill.sh"},
        command="exec bash kill.sh",
    ),
    "a run that writes its own result": Trick(
        {"shop.py": BROKEN, "kill.sh": FORGED_RUN},
        Outcome.PASSED,  # this executor isolates nothing; see test_contained.py
        {Kind.ENDS_RUN: "kill.sh", Kind.REPORT: "kill.sh", Kind.SETTINGS: "kill.sh"},
        command="exec bash kill.sh",
    ),
    "a test that never ends": Trick(
        {}, Outcome.TIMED_OUT, command=shell(report(OK) + "; sleep 100"), limits=QUICK
    ),
    "a test that prints nothing": Trick(
        {},
        Outcome.TIMED_OUT,
        command=shell(report(OK) + "; sleep 100"),
        limits=RunLimits(20.0, 0.5),
    ),
    "output without end": Trick(
        {}, Outcome.TIMED_OUT, command=shell(report(OK) + "; yes"), limits=QUICK
    ),
    "a child that mends the report afterwards": Trick(
        {},
        Outcome.FAILED,
        command=shell(
            report(BAD) + "; (setsid sh -c 'sleep 0.3; cp $ORC_OUT/../ok.xml $ORC_OUT/junit.xml' &)"
        ),
    ),
    # the tests
    "no tests": Trick({TESTS: None}, Outcome.NO_TESTS, {Kind.FILE_GONE: TESTS}),
    "every test skipped": Trick(
        tests("import pytest\n\npytestmark = pytest.mark.skip\n" + OLD),
        Outcome.NO_TESTS,
        {Kind.SKIPPED: TESTS},
    ),
    "every test expected to fail": Trick(
        tests(OLD.replace("def test", "@pytest.mark.xfail\ndef test") + "import pytest\n").copy()
        | {TESTS: "import pytest\n" + OLD.replace("def test", "@pytest.mark.xfail\ndef test")},
        Outcome.PASSED,  # one of them passes all the same
        {Kind.SKIPPED: TESTS, Kind.NOT_RUN: TESTS},
    ),
    "the failing tests deleted": Trick(
        tests("from shop import price\n\n\ndef test_none():\n    assert price(0) == 0\n"),
        Outcome.PASSED,
        {Kind.TEST_GONE: TESTS, Kind.FEWER_RUN: "(the report)"},
        before=3,
    ),
    "the failing tests renamed": Trick(
        tests(OLD.replace("test_one", "check_one").replace("test_two", "_two")),
        Outcome.PASSED,
        {Kind.TEST_GONE: TESTS},
    ),
    "tests changed to assert True": Trick(
        tests(OLD.replace("price(1) == 2", "True").replace("price(2) == 4", "price(2) or True")),
        Outcome.PASSED,
        {Kind.ALWAYS_TRUE: TESTS, Kind.CHECKS_LESS: TESTS},
    ),
    "tests without their checks": Trick(
        tests(OLD.replace("assert price", "price")), Outcome.PASSED, {Kind.CHECKS_LESS: TESTS}
    ),
    "tests that catch their failures": Trick(
        tests(
            OLD.replace("    assert", "    with suppress(Exception):\n        assert")
            + "from contextlib import suppress\n"
        ),
        Outcome.PASSED,
        {Kind.CHECKS_LESS: TESTS},
    ),
    "tests that expect what is wrong": Trick(
        tests(OLD.replace("== 2", "== 3").replace("== 4", "== 6")),
        Outcome.PASSED,
        {Kind.CHANGED: TESTS},
    ),
    "tests that return first": Trick(
        tests(OLD.replace("    assert", "    return\n    assert")),
        Outcome.PASSED,
        {Kind.CHECKS_LESS: TESTS},
    ),
    "a name given twice": Trick(
        tests(OLD.replace("test_two", "test_none").replace("test_one", "test_none")),
        Outcome.PASSED,
        {Kind.TEST_GONE: TESTS},
    ),
    "tests that are skipped inside": Trick(
        {
            "shop.py": BROKEN,
            TESTS: "import pytest\n"
            + OLD.replace("(): ", "()")
            .replace("    assert price(1)", "    pytest.skip()\n    assert price(1)")
            .replace("    assert price(2)", "    pytest.importorskip('none')\n    assert price(2)"),
        },
        Outcome.PASSED,
        {Kind.SKIPPED: TESTS},
    ),
    "a test that changes the others": Trick(
        {
            "shop.py": BROKEN,
            "tests/test_first.py": "import pathlib\n\npathlib.Path(__file__).with_name("
            "'test_price.py').write_text('def test_ok(): assert 1')\n\n\n"
            "def test_it():\n    assert 1 + 1 == 2\n",
        },
        Outcome.PASSED,
        {Kind.AT_COLLECTION: "tests/test_first.py"},
    ),
    # what runs them
    "a conftest that turns failures into passes": Trick(
        conftest(
            "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\n"
            "def pytest_runtest_makereport(item, call):\n"
            "    report = yield\n    report.outcome = 'passed'\n    return report\n"
        ),
        Outcome.PASSED,
        {Kind.HOOK: "tests/conftest.py", Kind.SETTINGS: "tests/conftest.py"},
    ),
    "a conftest that turns failures into skips": Trick(
        conftest(
            "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\n"
            "def pytest_runtest_makereport(item, call):\n"
            "    report = yield\n    if report.failed:\n        report.outcome = 'skipped'\n"
            "        report.longrepr = ('a', 1, 'b')\n    return report\n"
        ),
        Outcome.PASSED,
        {Kind.HOOK: "tests/conftest.py"},
    ),
    "a conftest that takes tests out": Trick(
        conftest(
            "def pytest_collection_modifyitems(items):\n"
            "    items[:] = [item for item in items if 'none' in item.name]\n"
        ),
        Outcome.PASSED,
        {Kind.HOOK: "tests/conftest.py", Kind.FEWER_RUN: "(the report)"},
        before=3,
    ),
    "a conftest that forges the report at the end": Trick(
        conftest(WRITES + "import atexit\natexit.register(os._exit, 0)\natexit.register(forge)\n"),
        Outcome.PASSED,
        {Kind.REPORT: "tests/conftest.py", Kind.ENDS_RUN: "tests/conftest.py"},
    ),
    "the code forges the report": Trick(
        {"shop.py": BROKEN + WRITES + "forge()\nos._exit(0)\n"},
        Outcome.PASSED,
        {Kind.REPORT: "shop.py", Kind.ENDS_RUN: "shop.py"},
    ),
    "a sitecustomize that forges the report": Trick(
        {"sitecustomize.py": WRITES + "forge()\nos._exit(0)\n"},
        Outcome.PASSED,
        {Kind.SETTINGS: "sitecustomize.py", Kind.REPORT: "sitecustomize.py"},
        command=f"export PYTHONPATH=$PWD; {PYTEST}",
    ),
    "a pytest of its own": Trick(
        {"shop.py": BROKEN, "pytest.py": WRITES + "forge()\n"},
        Outcome.PASSED,
        {Kind.SETTINGS: "pytest.py", Kind.REPORT: "pytest.py"},
    ),
    "options that deselect": Trick(
        {
            "shop.py": BROKEN,
            "pytest.ini": HONEST["pytest.ini"].rstrip() + " -k none\n",
        },
        Outcome.PASSED,
        {Kind.SETTINGS: "pytest.ini"},
    ),
    "options that only collect": Trick(
        {"shop.py": BROKEN, "pytest.ini": "[pytest]\naddopts = --co\n"},
        Outcome.NO_TESTS,
        {Kind.SETTINGS: "pytest.ini"},
    ),
    "options that leave out the report": Trick(
        {"shop.py": BROKEN, "pytest.ini": "[pytest]\naddopts = -p no:junitxml\n"},
        Outcome.NO_REPORT,
        {Kind.SETTINGS: "pytest.ini"},
    ),
    "options that run one file": Trick(
        {
            "shop.py": BROKEN,
            "pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\ntestpaths = good\n",
            "good/test_it.py": "def test_it():\n    assert 1 + 1 == 2\n",
        },
        Outcome.PASSED,
        {Kind.SETTINGS: "pytest.ini", Kind.ALWAYS_TRUE: "good/test_it.py"},
    ),
    "new tests that nothing runs": Trick(
        {"tests/slow/conftest.py": "collect_ignore_glob = ['*']\n", "tests/slow/test_new.py": OLD},
        Outcome.PASSED,
        {Kind.NOT_RUN: "tests/slow/test_new.py", Kind.HOOK: "tests/slow/conftest.py"},
    ),
    "the Makefile's test target": Trick(
        {"shop.py": BROKEN, "Makefile": f"test:\n\t@{REPORT.replace('$', '$$')}\n"},
        Outcome.PASSED,
        {Kind.SETTINGS: "Makefile", Kind.REPORT: "Makefile"},
        command="make -s test",
    ),
    "the script that the command runs": Trick(
        {"shop.py": BROKEN, "run_tests.sh": REPORT + "\n"},
        Outcome.PASSED,
        {Kind.SETTINGS: "run_tests.sh", Kind.REPORT: "run_tests.sh"},
        command="bash ./run_tests.sh",
    ),
    "an assert of its own": Trick(
        conftest(
            "import ast\nimport _pytest.assertion.rewrite as r\n"
            "r.AssertionRewriter.visit_Assert = lambda self, node: "
            "[ast.copy_location(ast.Pass(), node)]\n"
        ),
        Outcome.PASSED,
        {Kind.HOOK: "tests/conftest.py"},
    ),
    "code that knows it is tested": Trick(
        {
            "shop.py": 'import sys\n\n\ndef price(n):\n    return (2 if "pytest" in sys.modules '
            "else 3) * n\n"
        },
        Outcome.PASSED,
        {Kind.TELLS_TEST: "shop.py"},
    ),
    "git's hooks": Trick(
        {
            "shop.py": BROKEN,
            ".githooks/post-checkout": "git checkout -q HEAD^ -- .\n",
            "hooks/post-checkout": "git checkout -q HEAD^ -- .\n",
        },
        Outcome.FAILED,
    ),
    "git's attributes": Trick(
        {".gitattributes": "tests/* export-ignore -text\n* ident\n", "shop.py": BROKEN},
        Outcome.FAILED,
        {Kind.SETTINGS: ".gitattributes"},
    ),
    "a plugin by its name": Trick(
        {
            "shop.py": BROKEN,
            "shop.egg-info/entry_points.txt": "[pytest11]\nshop = green\n",
            "shop.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: shop\nVersion: 1\n",
            "green.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n",
        },
        Outcome.PASSED,
        {Kind.SETTINGS: "shop.egg-info/entry_points.txt", Kind.HOOK: "green.py"},
        command=PYTEST.replace("PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 ", ""),
    ),
}

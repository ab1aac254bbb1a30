"""Lines that a change adds, held against patterns of what changes a test's meaning. Pure.

It sees what is written plainly; words that are put together while they run escape it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from app.domain.finding import Finding, Kind

_LONG = 400  # characters of a line that are looked at
_MOST = 5  # of one kind in one file
_ANYWHERE: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.HOOK,
        re.compile(
            r"\bpytest_(runtest|collection|report|terminal|session|pyfunc|cmdline|configure"
            r"|unconfigure|load_initial|ignore|deselected|plugin|make|exception|assertrepr"
            r"|itemcollected|generate|warning|fixture|pycollect|collect|addoption|addhooks)\w*"
            r"|\bpytest_plugins\b|\bpytest11\b|\bhook(impl|wrapper)\b|\b_pytest\b|\bLogXML\b"
            r"|\bautouse\s*=\s*True|\bTestResult\b|\b(site|user)customize\b|\bPYTEST_(ADDOPTS|PLUGINS)"
            r"|\bAssertionError\s*=[^=]|\b__builtins__\b|\bsetattr\(\s*builtins\b|\bbuiltins\.\w+\s*="
            r"|\bTestCase\.\w+\s*=[^=]|\b(global(This)?\.)?expect\s*=[^=>]|\bsys\.(settrace|setprofile)"
            r"|\baddResult\b|\bsetupFilesAfterEnv\b|\btestResultsProcessor\b|\bcollect_ignore"
            r"|\b__test__\s*=|\bload_tests\b|\bhypothesis\.settings\b"
        ),
    ),
    (
        Kind.REPORT,
        re.compile(
            r"\bjunit[\w.-]*\.xml\b|\bjunit_?xml|\bjunitparser\b|\bORC_(OUT|JOB)\b|<testsuites?\b"
            r"|<testcase\b",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.ENDS_RUN,
        re.compile(
            r"\b_exit\b|\bos\.(abort|kill|killpg|execv?\w*)\b|\bSIGKILL\b|\bgetppid\b|\bpthread_kill\b"
            r"|\batexit\b|\bos\.(fork|setsid)\b|\bstart_new_session\b|\bnohup\b|\bsetsid\b"
            r"|\bprocess\.(exit|kill|abort|on\(\s*['\"](exit|beforeExit))|\bRuntime\.getRuntime\(\)\.halt"
            r"|\bkill\s+-\w+|\bfaulthandler\b|\bsyscall\.Kill\b|\bptrace\b"
        ),
    ),
    (
        Kind.TELLS_TEST,
        re.compile(
            r"\bPYTEST_CURRENT_TEST\b|['\"]_?pytest['\"]\s+in\s+sys\.modules"
            r"|sys\.modules\.get\(\s*['\"]_?(pytest|unittest)|\bJEST_WORKER_ID\b|\bVITEST\b"
            r"|['\"]unittest['\"]\s+in\s+sys\.modules|\bNODE_TEST_CONTEXT\b"
        ),
    ),
)
# Settings that leave tests out, wherever they are written.
_OPTIONS = re.compile(
    r"--(deselect|ignore|ignore-glob|co|collect-only|lf|last-failed|exitfirst|maxfail|no-header"
    r"|testNamePattern|testPathIgnorePatterns|passWithNoTests|bail|forbidOnly|allow-no-tests)\b"
    r"|(?<![\w-])-p\s*no:|\baddopts\b|\|\|\s*(true|:|exit 0)|;\s*(true|exit 0)\s*$|\bset \+e\b"
    r"|\bpassWithNoTests\b|\btestPathIgnorePatterns\b|\bxfail_strict\b|\bcontinue-on-error\b"
)
_PLUGIN = re.compile(r"\bpytest[-_](?!cov\b|asyncio\b|xdist\b)[a-z]\w*|\bflaky\b", re.IGNORECASE)
_ENCODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]{1,40})")
_HARMLESS = r"utf[-_]?8([-_]sig)?|(us-?)?ascii|(iso-?8859-1|latin-?1)"
_MARK = re.compile(
    r"\.(skip|only|todo|fails|failing|fixme|skipIf|runIf)\b\s*[(.`]|\b[xf](it|test|describe|context)\s*\("
    r"|\bt\.Skip|#\[ignore|#\[should_panic|@(Disabled|Ignore|Pending)\b|\bskip:|\bthis\.skip\(|\bpending\s*\("
    r"|\[(Ignore|Skip)\b|\bSkip\s*=|\bmarkTestSkipped\b|\bmarkTestIncomplete\b"
)
_ALWAYS = re.compile(
    r"\bexpect\(\s*(true|1|!0|!false|\"\w*\"|'\w*')\s*\)\s*\.|\bassert(\.ok|\.equal|\.strictEqual)?"
    r"\(\s*(true|1|!0)\s*[,)]|\bassertTrue\(\s*true\b|\bassert!\(\s*true\b|\bassertThat\(\s*true\b"
)
_NAMED = re.compile(
    r"\b(?:it|test|specify|scenario)(?:\.\w+)*\s*\(?\s*(['\"`])(.{1,200}?)\1"
    r"|\bfunc\s+((?:Test|Fuzz|Example)\w*)\s*\(|\bfunction\s+(test\w+)\s*\("
    r"|\b(?:fn|void|fun|def)\s+(\w*[tT]est\w*|should\w+)\s*\("
)
_CHECK = re.compile(
    r"\bexpect\b|\bassert\w*|\bshould\b|\brequire\.\w+\(|\bt\.(?:Error|Fatal)\w*|\bmust\w*\("
)


def encoding(text: str) -> str:
    """The encoding that Python is told to read the text in, where that is not what it seems."""
    told = (_ENCODING.match(line) for line in text.split("\n", 2)[:2])
    name = next((match[1] for match in told if match), "utf-8")
    return "" if re.fullmatch(_HARMLESS, name.lower()) else name


def added(old: str | None, new: str) -> Iterator[tuple[int, str]]:
    """Lines, by number from 1, of which there are more than there were."""
    known = Counter(line.strip() for line in (old or "").split("\n"))
    for number, line in enumerate(new.split("\n"), start=1):
        known[line.strip()] -= 1
        if line.strip() and known[line.strip()] < 0:
            yield number, line.strip()


def anywhere(path: str, old: str | None, new: str) -> Iterator[Finding]:
    """What no code needs to say that has nothing to do with how it is tested."""
    yield from _matched(path, old, new, _ANYWHERE)


def options(path: str, old: str | None, new: str) -> Iterator[Finding]:
    """What leaves tests out, in files that say which tests run."""
    yield from _matched(path, old, new, ((Kind.SETTINGS, _OPTIONS),))


def plugins(path: str, old: str | None, new: str) -> Iterator[Finding]:
    """Packages that can change what the runner does."""
    yield from _matched(path, old, new, ((Kind.HOOK, _PLUGIN),))


def tests(path: str, old: str | None, new: str | None) -> Iterator[Finding]:
    """What can be said of tests in a language that is not parsed here."""
    lost = [name for a, b in _versions(old, new) for name in _lost(a, b)]
    for gone in dict.fromkeys(lost):
        yield Finding(Kind.TEST_GONE, path, 0, gone)
    counts = [(len(_CHECK.findall(a)), len(_CHECK.findall(b))) for a, b in _versions(old, new)]
    fewer = next(((was, now) for was, now in counts if now < was), None)
    if new is not None and fewer:
        yield Finding(Kind.CHECKS_LESS, path, 0, f"{fewer[0]} → {fewer[1]} checks")
    yield from _matched(path, old, new or "", ((Kind.SKIPPED, _MARK), (Kind.ALWAYS_TRUE, _ALWAYS)))


def _matched(
    path: str, old: str | None, new: str, patterns: tuple[tuple[Kind, re.Pattern[str]], ...]
) -> Iterator[Finding]:
    told: Counter[Kind] = Counter()
    for number, line in added(old, new):
        plain = unicodedata.normalize("NFKC", line[:_LONG])  # as Python reads names
        for kind, pattern in patterns:
            if told[kind] < _MOST and pattern.search(plain):
                told[kind] += 1
                yield Finding(kind, path, number, line[:_LONG])


def _versions(old: str | None, new: str | None) -> tuple[tuple[str, str], ...]:
    """Before and after, as written, and without comments: what looks like one may be none."""
    was, now = old or "", new or ""
    return ((was, now), (_bare(was), _bare(now)))


def _lost(old: str, new: str) -> Iterator[str]:
    left = Counter(_names(new))
    for name in _names(old):
        left[name] -= 1
        if left[name] < 0:
            yield name


def _names(text: str) -> list[str]:
    found = (_NAMED.search(line[:_LONG]) for line in text.split("\n"))
    return [next(filter(None, match.groups()[1:]), "") for match in found if match]


def _bare(text: str) -> str:
    """Without what is commented out, as far as that can be told without parsing."""
    kept, at = [], 0
    while (start := text.find("/*", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("*/", start + 2)
        at = len(text) if end < 0 else end + 2
    kept.append(text[at:])
    lines = "".join(kept).split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith(("//", "--", "# ")))

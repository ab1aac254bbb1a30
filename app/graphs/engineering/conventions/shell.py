"""Lines for bash. Of a repository only names that were checked get into one, and those quoted."""

# Reports by a name that nobody can have committed, put together so that each test is counted.
_START = "report=orc-$$-$RANDOM.xml; "
_PYTEST = 'PYTEST_ADDOPTS="$PYTEST_ADDOPTS --junitxml=$report" '
_NODE = (
    'NODE_OPTIONS="$NODE_OPTIONS --test-reporter=spec --test-reporter-destination=stdout '
    '--test-reporter=junit --test-reporter-destination=$report" '
)
_REPORTS = (
    "find . -name node_modules -prune -o -type f -name \"$report\" -exec sed 's/<?xml[^>]*>//' {} +"
)
_WRITTEN = "{{ echo '<testsuites>'; {cases}; echo '</testsuites>'; }} > \"$ORC_OUT/junit.xml\""
# Lines of the Test Anything Protocol are tests; without any, the exit code is the one there is.
_TAP = r"""
function xml(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/"/, "\\&quot;", s);
gsub(/[\001-\037]/, " ", s); return s }
BEGIN { print "<testsuite>" }
/^(not )?ok( |$)/ { n++; bad = $1 == "not"; idle = tolower($0) ~ /# *(skip|todo)/;
s = $0; sub(/^(not )?ok *[0-9]* *-? */, "", s);
printf "<testcase classname=\"TAP\" name=\"%s\">%s</testcase>\n", xml(s),
idle ? "<skipped/>" : bad ? "<failure message=\"not ok\"/>" : "" }
END { if (!n) printf "<testcase classname=\"exit code\" name=\"%s\">%s</testcase>\n", what,
code ? "<failure message=\"it ended with " code "\"/>" : ""; print "</testsuite>" }
"""
_TAKEN = (
    'found=$({reports}); if [ -n "$found" ]; then printf "%s\\n" "$found"; '
    "else awk -v code=$code -v what='{command}' '{tap}' \"$said\"; fi"
)


def hooks(*, python: bool, node: bool) -> str:
    """What makes pytest and Node's own runner write reports, however deep they are started."""
    return (_PYTEST if python else "") + (_NODE if node else "")


def gathered(command: str, env: str) -> str:
    """The command with its reports, from whatever folders, as one. Without any it has no tests."""
    written = _WRITTEN.format(cases=_REPORTS)
    return f"{_START}{env}{command}; code=$?; {written}; exit $code"


def by_exit_code(command: str, env: str = "") -> str:
    """As `gathered`; without reports, what it prints as TAP counts, else its exit code.

    `command` is a constant of ours or made of checked names.
    """
    cases = _TAKEN.format(reports=_REPORTS, command=command, tap=" ".join(_TAP.split()))
    run = f'said=$(mktemp); {env}{command} 2>&1 | tee "$said"; code=${{PIPESTATUS[0]}}'
    return f"{_START}{run}; {_WRITTEN.format(cases=cases)}; exit $code"

"""orchestrator.yml: what every key means, and errors that name file, line, key and what to do."""

from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.config import MAX_FILE, Config, ConfigError, parse, resolve
from app.domain.policy import Merge, PlanApproval, Policy, Role
from app.domain.run import RunLimits

FILE = "acme/.github:orchestrator.yml"


def policy(*texts: str, repository: str = "weather") -> Policy:
    return resolve(repository, *(parse(text, FILE) for text in texts))


def limits(wall: float, idle: float) -> RunLimits:
    return RunLimits(wall_seconds=wall, idle_seconds=idle)


# What the keys mean

EVERY_KEY = """\
triggers:
  label: go
  mention: false
  intake: [weather, news]
who: triage
agent: claude-code
attempts: 5
deadlines:
  agent: 1h
  idle: 90s
  tests: 10m
test:
  command: make test
  reports: ["build/**/*.xml"]
plan_approval: always
merge: on-green
budget_usd: 2.5
"""


def test_every_key() -> None:
    assert policy(EVERY_KEY) == Policy(
        trigger_label="go",
        mention=False,
        intake=True,
        who=Role.TRIAGE,
        agent="claude-code",
        attempts=5,
        agent_limits=limits(3600, 90),
        test_command="make test",
        test_reports=("build/**/*.xml",),
        test_limits=limits(600, 600),
        plan_approval=PlanApproval.ALWAYS,
        merge=Merge.ON_GREEN,
        budget_usd=2.5,
    )


def test_every_key_of_the_model_is_in_the_example() -> None:
    given = yaml.safe_load(EVERY_KEY)
    assert given.keys() == Config.model_fields.keys()
    for name in ("triggers", "deadlines", "test"):
        assert given[name].keys() == type(getattr(Config(), name)).model_fields.keys()


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "null", "~", "{}", "\ufeff"]
)
def test_nothing_is_the_default(text: str) -> None:
    assert policy(text) == policy() == Policy()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("1m", 60), ("1.5m", 90), ("2h", 7200), (" 10s ", 10), ("24h", 86_400),
     ("0.5s", 0.5), ("01m", 60)],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    assert policy(f'deadlines: {{agent: "{text}"}}').agent_limits.wall_seconds == seconds


def test_idleness_ends_no_later_than_the_run() -> None:
    assert policy("deadlines: {agent: 1m}").agent_limits == limits(60, 60)
    assert policy("deadlines: {agent: 1m, idle: 1h}").agent_limits == limits(60, 60)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("attempts: 5", "attempts: 6"), {"attempts": 6}),
        (("attempts: 5", ""), {"attempts": 5}),
        (("triggers: {label: a, mention: false}", "triggers: {label: b}"),
         {"trigger_label": "b", "mention": False}),
        (("triggers: {mention: false}", "triggers: {mention: true}"), {"mention": True}),
        (("triggers: {intake: [weather]}", "triggers: {intake: []}"), {"intake": False}),
        (("deadlines: {agent: 1h}", "deadlines: {idle: 1m}"), {"agent_limits": limits(3600, 60)}),
        (("test: {command: make}", "test: {reports: [a.xml]}"),
         {"test_command": "make", "test_reports": ("a.xml",)}),
        (("test: {reports: [a.xml]}", "test: {reports: []}"), {"test_reports": ()}),
        (("merge: on-green", "merge: by-person"), {"merge": Merge.BY_PERSON}),
        (("budget_usd: 5", "attempts: 2"), {"budget_usd": 5.0, "attempts": 2}),
        (("attempts: 5", "attempts: null"), {"attempts": 5}),
    ],
)  # fmt: skip
def test_later_layers_override_key_by_key(texts: tuple[str, ...], expected: dict[str, Any]) -> None:
    seen = policy(*texts)
    assert {name: getattr(seen, name) for name in expected} == expected


@pytest.mark.parametrize(("name", "who"), [("triage", Role.TRIAGE), ("admin", Role.ADMIN)])
def test_who(name: str, who: Role) -> None:
    assert policy(f"who: {name}").who is who


# What is wrong

DURATION = 'write a duration such as "90s", "10m" or "1h"'
WRONG = [
    # file                                          line, key, what to do
    ("merge: always", 1, "merge", "'by-person' or 'on-green'"),
    ("plan_approval: maybe", 1, "plan_approval", "'never' or 'always'"),
    ("who: everybody", 1, "who", "'triage', 'write', 'maintain' or 'admin'"),
    ("who: read", 1, "who", "'triage'"),
    ("agent: Claude Code", 1, "agent", "should match pattern"),
    ("agent: 5", 1, "agent", "valid string"),
    ("agent: ''", 1, "agent", "should match pattern"),
    ("attempts: 0", 1, "attempts", "greater than or equal to 1"),
    ("attempts: 21", 1, "attempts", "less than or equal to 20"),
    ("attempts: many", 1, "attempts", "valid integer"),
    ("attempts: true", 1, "attempts", "valid integer"),
    ("attempts: 1.5", 1, "attempts", "valid integer"),
    ("attempts: [3]", 1, "attempts", "valid integer"),
    ("budget_usd: 0", 1, "budget_usd", "greater than 0"),
    ("budget_usd: -1", 1, "budget_usd", "greater than 0"),
    ("budget_usd: .inf", 1, "budget_usd", "finite"),
    ("budget_usd: .nan", 1, "budget_usd", "finite"),
    ("budget_usd: true", 1, "budget_usd", "valid number"),
    ("budget_usd: $5", 1, "budget_usd", "valid number"),
    ("deadlines:\n  agent: 10", 2, "deadlines.agent", DURATION),
    ("deadlines:\n  idle: 10 minutes", 2, "deadlines.idle", DURATION),
    ("deadlines:\n  tests: 1d", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: -1s", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: 1h30m", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: [1s]", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  agent: 0s", 2, "deadlines.agent", "greater than 0"),
    ("deadlines:\n  agent: 25h", 2, "deadlines.agent", "less than or equal to 86400"),
    ("deadlines:\n  agent: " + "9" * 400 + "h", 2, "deadlines.agent", "less than or equal to"),
    ("deadlines:\n", 1, "deadlines", "lines below it"),
    ("test: make test", 1, "test", "lines below it"),
    ("triggers: [label]", 1, "triggers", "lines below it"),
    ("test:\n  command: ''", 2, "test.command", "at least 1 character"),
    ("test:\n  command: " + "x" * 2_001, 2, "test.command", "at most 2000 characters"),
    ("test:\n  reports: a.xml", 2, "test.reports", "write a list"),
    ("test:\n  reports:\n    - a.xml\n    - 5", 4, "test.reports.1", "valid string"),
    ("triggers:\n  label: ''", 2, "triggers.label", "at least 1 character"),
    ("triggers:\n  label: " + "x" * 51, 2, "triggers.label", "at most 50 characters"),
    ("triggers:\n  mention: 'no'", 2, "triggers.mention", "valid boolean"),
    ("triggers:\n  mention: 1", 2, "triggers.mention", "valid boolean"),
    ("triggers:\n\n  intake: weather", 3, "triggers.intake", "write a list"),
    ("attempts: 3\nmerg: on-green", 2, "merg", "no such key; see the list of keys in docs/"),
    ("# hi\n\ntest:\n  comand: x", 4, "test.comand", "no such key; see the list of keys"),
    ("1: 2", 1, "1", "Keys should be strings"),
    ("? [a, b]\n: 1", 1, "not valid YAML", "found unhashable key"),
    ("- attempts: 3", 1, "the file", "`key: value` lines"),
    ("just words", 1, "the file", "`key: value` lines"),
    ("5", 1, "the file", "`key: value` lines"),
]


@pytest.mark.parametrize(
    ("text", "line", "key", "advice"), WRONG, ids=[text[:40] for text, *_ in WRONG]
)
def test_errors_name_file_line_key_and_what_to_do(
    text: str, line: int, key: str, advice: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE)
    said = str(caught.value)
    assert said.startswith(f"{FILE}, line {line}: {key}: ")
    assert advice in said
    assert "Config" not in said.replace(FILE, "")  # no name of ours that a reader can't know


def test_several_errors_are_told_at_once_but_not_endlessly() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("\n".join(f"key{n}: 1" for n in range(50)), FILE)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [f"key{n}" for n in range(5)]


NOT_YAML = [
    ("attempts: 3\nmerge: 'on-green", 2, "unexpected end of stream"),
    ("attempts: 3\n\tmerge: x", 2, "cannot start any token"),
    ("triggers: {label: go", 1, "expected ',' or '}'"),
    ("attempts: 1: 2", 1, "mapping values are not allowed here"),
    ("attempts: 3\n---\nattempts: 4", 2, "another document"),
    ("attempts: 3\nattempts: 4", 2, "attempts is there twice; remove one"),
    ("test:\n  command: a\n  command: b", 3, "command is there twice"),
    ("attempts: 3\n\nmerge: a\0b", 3, "#x0000 is not allowed; remove it"),
    ("merge: \x1b[31m", 1, "#x001b is not allowed"),
    ("a: &a 1\nb: *a", 2, "aliases are not taken; write it out"),
    ("a: &a [*a]", 1, "aliases are not taken"),
    ("<<: 5", 1, "expected a mapping"),
    ("merge: !!bool maybe", 1, "can't be read as bool"),
    ("\nattempts: !!int ''", 2, "can't be read as int"),
    ("attempts: !!int x", 1, "can't be read as int"),
    ("agent: !!timestamp x", 1, "can't be read as timestamp"),
    ("agent: 2001-99-99", 1, "can't be read as timestamp"),
    ("attempts: " + "9" * 5_000, 1, "can't be read as int"),
    ("budget_usd: " + "1:" * 400 + "1.5", 1, "can't be read as float"),
    ("agent: !!python/object/apply:os.system [id]", 1, "could not determine a constructor"),
    ("agent: !mine x", 1, "could not determine a constructor"),
    ("[" * 50_000, 1, "nested too deep"),
    ("{a: " * 20_000, 1, "nested too deep"),
    ("test: " + "[" * 30 + "]" * 30, 1, "nested too deep"),
]


@pytest.mark.parametrize(
    ("text", "line", "what"), NOT_YAML, ids=[text[:30] for text, *_ in NOT_YAML]
)
def test_what_is_no_yaml_names_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, FILE)
    assert str(caught.value).startswith(f"{FILE}, line {line}: not valid YAML: ")
    assert what in str(caught.value)


def bomb(levels: int, link: str) -> str:
    names = [f"n{level}" for level in range(levels)]
    lines = [f"{names[0]}: &{names[0]} {{x: 1}}"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} {link.format(', '.join([f'*{before}'] * 9))}")
    return "\n".join(lines)


@pytest.mark.parametrize("link", ["[{}]", "{{<<: [{}]}}"], ids=["lists", "merges"])
def test_a_bomb_does_not_go_off(link: str) -> None:
    """Expanded, the merges would have 9 to the 30th pairs."""
    with pytest.raises(ConfigError, match="line 2: not valid YAML: aliases are not taken"):
        parse(bomb(30, link), FILE)


def test_too_long() -> None:
    assert parse("#" * MAX_FILE, FILE) == Config()
    with pytest.raises(ConfigError, match=f"{FILE}: longer than {MAX_FILE} characters; shorten"):
        parse("#" * (MAX_FILE + 1), FILE)


# By chance

TOKENS = st.sampled_from(
    ["attempts", "merge", "deadlines", "triggers", "test", "label", ": ", ":", "\n", "\n  ", "- ",
     "[", "]", "{", "}", ", ", "? ", "&a ", "*a", "<<: ", "!!int ", "!!bool ", "!!float ", "!!set ",
     "!!omap ", "!!binary ", "!!timestamp ", "!!null ", "!x ", "'", '"', "|\n", ">\n", "#", "---\n",
     "...\n", "%YAML 1.1\n", "\t", "1", "0o7", "1:2:3", "1e9", ".inf", "~", "yes", "on-green",
     "10m", "2001-01-01", "\\", "\ufeff", "é"]
)  # fmt: skip


@given(text=st.lists(TOKENS, max_size=30).map("".join) | st.text())
def test_any_text_is_a_config_or_a_config_error(text: str) -> None:
    _either(text)


def _either(text: str) -> None:
    try:
        resolve("weather", parse(text, FILE))
    except ConfigError as error:
        said = str(error)
    else:
        said = ""
    assert said == "" or said.startswith(f"{FILE}, line ")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(TOKENS | st.integers(), inner),
    max_leaves=10,
)
KEYS = st.sampled_from([*Config.model_fields, "x"])


@given(data=st.dictionaries(KEYS, VALUES))
def test_any_values(data: dict[str, Any]) -> None:
    _either(yaml.safe_dump(data))

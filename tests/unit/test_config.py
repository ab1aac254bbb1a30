"""orchestrator.yml: what every key means, and errors that name file, line, key and what to do."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from app.agents import AGENTS
from app.config import MAX_FILE, Config, ConfigError, parse, resolve
from app.config.values import CAPABILITIES
from app.domain.policy import (
    Escalation,
    Member,
    Merge,
    NewProjects,
    PlanApproval,
    Policy,
    Price,
    Role,
    RolePolicy,
)
from app.domain.run import Repeat, RunLimits
from app.images.capability import available

FILE = "acme/.github:orchestrator.yml"


def policy(*texts: str, repository: str = "weather") -> Policy:
    return resolve(repository, *(parse(text, FILE) for text in texts))


def limits(wall: float, idle: float) -> RunLimits:
    return RunLimits(wall_seconds=wall, idle_seconds=idle)


# What the keys mean

DEFAULT = replace(Policy(), agents=tuple(agent.name for agent in AGENTS))

EVERY_KEY = """\
triggers:
  label: go
  mention: false
  intake: [weather, news]
who: triage
agent: claude
model: claude-sonnet-4-5
capabilities: [node, browser]
egress: [pypi.org, "files.pythonhosted.org:443"]
attempts: 5
loop: {times: 4, until: ALL DONE}
deadlines:
  agent: 1h
  idle: 90s
  tests: 10m
limits:
  memory: 4GB
  disk: 512MB
  cpus: 1.5
  processes: 300
test:
  command: make test
  reports: ["build/**/*.xml"]
  network: true
repairs: 0
team: [architect, reviewer]
roles:
  reviewer: {agent: codex, model: gpt-5, deadline: 90s, prompt: Look twice.}
plan_approval: always
merge: on-green
reviews: 2
escalate: {assign: ["@wanda"], mention: [acme/on-call]}
budget_usd: 2.5
prices:
  "claude-sonnet-*": {input: 3, cached_input: 0.3, cache_write: 3.75, output: 15}
  gpt-5.5: {input: 5, output: 30}
priorities: [urgent, later]
new_projects: {repositories: [weather], private: false, python: "3.11", node: "24"}
"""


RESOURCES: dict[str, Any] = {
    "memory_bytes": 4 << 30, "disk_bytes": 512 << 20, "cpus": 1.5, "processes": 300,
}  # fmt: skip


def test_every_key() -> None:
    assert policy(EVERY_KEY) == replace(
        DEFAULT,
        trigger_label="go",
        mention=False,
        intake=True,
        who=Role.TRIAGE,
        agent="claude",
        model="claude-sonnet-4-5",
        capabilities=("node", "browser"),
        egress=("pypi.org", "files.pythonhosted.org:443"),
        attempts=5,
        loop=Repeat("ALL DONE", 4),
        new_projects=NewProjects(False, "3.11", "24"),
        agent_limits=RunLimits(3600, 90, **RESOURCES),
        test_command="make test",
        test_reports=("build/**/*.xml",),
        test_limits=RunLimits(600, 600, **RESOURCES),
        test_network=True,
        repairs=0,
        team=frozenset({Member.ARCHITECT, Member.REVIEWER}),
        roles=(
            (
                "reviewer",
                RolePolicy("codex", "gpt-5", RunLimits(90, 90, **RESOURCES), "Look twice."),
            ),
        ),
        plan_approval=PlanApproval.ALWAYS,
        merge=Merge.ON_GREEN,
        reviews=2,
        escalation=Escalation(("wanda",), ("acme/on-call",)),
        budget_usd=2.5,
        prices=(
            ("claude-sonnet-*", Price(3.0, 15.0, 0.3, 3.75)),
            ("gpt-5.5", Price(5.0, 30.0, 5.0, 5.0)),
        ),
        priorities=("urgent", "later"),
    )


def test_every_key_of_the_model_is_in_the_example() -> None:
    given = yaml.safe_load(EVERY_KEY)
    assert given.keys() == Config.model_fields.keys()
    for name in ("triggers", "deadlines", "limits", "test"):
        assert given[name].keys() == type(getattr(Config(), name)).model_fields.keys()


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing yet\n", "---\n", "null", "~", "{}", "\ufeff"]
)
def test_nothing_is_the_default(text: str) -> None:
    assert policy(text) == policy() == DEFAULT


def test_agents_are_those_that_there_are() -> None:
    assert policy().agents == tuple(agent.name for agent in AGENTS)
    assert policy().agent in policy().agents


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("1m", 60), ("1.5m", 90), ("2h", 7200), (" 10s ", 10), ("24h", 86_400),
     ("0.5s", 0.5), ("01m", 60)],
)  # fmt: skip
def test_durations(text: str, seconds: float) -> None:
    assert policy(f'deadlines: {{agent: "{text}"}}').agent_limits.wall_seconds == seconds


@pytest.mark.parametrize(
    ("text", "size"),
    [("64MB", 64 << 20), ("2GB", 2 << 30), ("2 GB", 2 << 30), ("1.5GB", 1536 << 20),
     ("1024GB", 1 << 40)],
)  # fmt: skip
def test_sizes(text: str, size: int) -> None:
    assert policy(f"limits: {{memory: {text}}}").agent_limits.memory_bytes == size


@pytest.mark.parametrize(
    "host", ["pypi.org", "a.b.c.example", "xn--bcher-kva.example", "pypi.org:443", "x1.y2:1",
             "a.org:65535", ("a" * 63 + ".") * 3 + "org"],
)  # fmt: skip
def test_hosts(host: str) -> None:
    assert policy(f'egress: ["{host}"]').egress == (host,)


def flat(usd: float) -> Price:
    return Price(usd, usd, usd, usd)


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
        (("model: a", "model: b"), {"model": "b"}),
        (("egress: [a.org]", "egress: []"), {"egress": ()}),
        (("capabilities: [node]", "attempts: 2"), {"capabilities": ("node",)}),
        (("test: {network: true}", "test: {network: false}"), {"test_network": False}),
        (("priorities: [a]", "priorities: []"), {"priorities": ()}),
        (("limits: {cpus: 2.0}", "limits: {memory: 1GB}"),
         {"agent_limits": replace(Policy().agent_limits, cpus=2.0, memory_bytes=1 << 30),
          "test_limits": replace(Policy().test_limits, cpus=2.0, memory_bytes=1 << 30)}),
        # the first that matches counts: the project's own before the organisation's
        (("prices: {a: {input: 1, output: 1}, b: {input: 2, output: 2}}",
          "prices: {b: {input: 3, output: 3}, c: {input: 4, output: 4}}"),
         {"prices": (("b", flat(3)), ("c", flat(4)), ("a", flat(1)))}),
    ],
)  # fmt: skip
def test_later_layers_override_key_by_key(texts: tuple[str, ...], expected: dict[str, Any]) -> None:
    seen = policy(*texts)
    assert {name: getattr(seen, name) for name in expected} == expected


def test_the_organisation_alone_allows_new_projects() -> None:
    asked = "new_projects: {repositories: [weather]}"
    assert policy(asked, "").new_projects == NewProjects()
    assert policy(asked, "new_projects: {repositories: [news]}").new_projects == NewProjects()
    assert policy("", asked).new_projects is None
    assert policy(asked, repository="news").new_projects is None


@pytest.mark.parametrize(("name", "who"), [("triage", Role.TRIAGE), ("admin", Role.ADMIN)])
def test_who(name: str, who: Role) -> None:
    assert policy(f"who: {name}").who is who


def test_the_documentation_shows_every_key_with_its_default() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "configuration.md").read_text()
    shown, team, roles, founding, prices, called = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert policy(shown) == DEFAULT
    assert yaml.safe_load(shown).keys() == Config.model_fields.keys()
    assert policy(team).team == frozenset(Member)
    assert policy(roles).role("reviewer").agent == "codex"
    assert policy(founding, repository="requests").new_projects == NewProjects()
    assert policy(called).escalation == Escalation(("wanda",), ("acme/on-call",))
    assert policy(prices).prices == (("claude-sonnet-4*", Price(3.0, 15.0, 0.3, 3.75)),)


# What is wrong

DURATION = 'write a duration such as "90s", "10m" or "1h"'
WRONG = [
    # file                                          line, key, what to do
    ("new_projects: true", 1, "new_projects", "lines below it"),
    ("new_projects: {private: true}", 1, "new_projects.repositories", "is not there"),
    ("new_projects: {repositories: []}", 1, "new_projects.repositories", "write at least 1"),
    (
        "new_projects: {repositories: [a], python: 3.12}",
        1,
        "new_projects.python",
        'in quotes: "3.12"',
    ),
    ("new_projects: {repositories: [acme/a]}", 1, "new_projects.repositories.0", "its owner"),
    ("new_projects:\n  repositories: [a]\n  node: 22", 3, "new_projects.node", 'quotes: "22"'),
    ("agent: gpt", 1, "agent", "there is no agent 'gpt'; write one of: scripted, claude, codex"),
    ("roles:\n  lead: {agent: gpt}", 2, "roles.lead.agent", "there is no agent 'gpt'"),
    ("capabilities: [rust]", 1, "capabilities.0", "there is no capability 'rust'; write one of"),
    ("triggers: {intake: [acme/requests]}", 1, "triggers.intake.0", "without its owner"),
    ("merge: always", 1, "merge", "'by-person' or 'on-green'"),
    ("escalate: wanda", 1, "escalate", "lines below it"),
    ("escalate: {assign: wanda}", 1, "escalate.assign", "write a list"),
    ("escalate: {assign: [acme/on-call]}", 1, "escalate.assign.0", "teams can't be assigned"),
    ("escalate: {mention: ['a b']}", 1, "escalate.mention.0", "acme/on-call"),
    ("escalate: {mention: ['@everyone!']}", 1, "escalate.mention.0", "write a login"),
    ("reviews: 11", 1, "reviews", "write at most 10"),
    ("reviews: -1", 1, "reviews", "write at least 0"),
    ("reviews: true", 1, "reviews", "write a whole number"),
    ("plan_approval: maybe", 1, "plan_approval", "'never', 'new-projects' or 'always'"),
    ("team: everybody", 1, "team", "write a list"),
    ("team: [tester]", 1, "team.0", "'analyst', 'lead', 'architect' or 'reviewer'"),
    ("roles:\n  tester: {}", 2, "roles.tester", "'architect', 'developer' or 'reviewer'"),
    ("roles:\n  analyst: {deadline: 5}", 2, "roles.analyst.deadline", DURATION),
    ("roles:\n  analyst: {attempts: 5}", 2, "roles.analyst.attempts", "no such key"),
    ("who: everybody", 1, "who", "'triage', 'write', 'maintain' or 'admin'"),
    ("who: read", 1, "who", "'triage'"),
    ("agent: Claude Code", 1, "agent", "; write one of: scripted, claude, codex, droid"),
    ("agent: 5", 1, "agent", "write text; in quotes"),
    ("agent: ''", 1, "agent", "; write one of: scripted, claude, codex, droid"),
    ("attempts: 0", 1, "attempts", "write at least 1"),
    ("attempts: 21", 1, "attempts", "write at most 20"),
    ("attempts: many", 1, "attempts", "write a whole number"),
    ("attempts: true", 1, "attempts", "write a whole number"),
    ("attempts: 1.5", 1, "attempts", "write a whole number"),
    ("attempts: [3]", 1, "attempts", "write a whole number"),
    ("budget_usd: 0", 1, "budget_usd", "write more than 0"),
    ("budget_usd: -1", 1, "budget_usd", "write more than 0"),
    ("budget_usd: .inf", 1, "budget_usd", "finite"),
    ("budget_usd: .nan", 1, "budget_usd", "finite"),
    ("budget_usd: true", 1, "budget_usd", "write a number"),
    ("budget_usd: $5", 1, "budget_usd", "write a number"),
    ("model: ''", 1, "model", "such as claude-sonnet-4"),
    ("model: a b", 1, "model", "such as claude-sonnet-4"),
    ("model: --help", 1, "model", "such as claude-sonnet-4"),
    ("capabilities: node", 1, "capabilities", "write a list"),
    ("capabilities: [node, Node]", 1, "capabilities.1", "; write one of: browser, "),
    ("capabilities: [../x]", 1, "capabilities.0", "; write one of: browser, "),
    ("capabilities: [" + "x" * 41 + "]", 1, "capabilities.0", "; write one of: browser, "),
    ("egress: pypi.org", 1, "egress", "write a list"),
    *(
        (f"egress:\n- a.org\n- {host}", 3, "egress.1", "write a host's name")
        for host in (
            "localhost",
            "https://pypi.org",
            "pypi.org/simple",
            "'*.org'",
            "PyPI.org",
            "pypi.org.",
            "169.254.169.254",
            "127.0.0.1:80",
            "'[::1]'",
            "a..org",
            "-a.org",
            "a-.org",
            "'a.org:'",
            "a.org:0",
            "a.org:65536",
            "a.org:x",
            "a_b.org",
            "a.org:443:443",
            "user@a.org",
            "''",
            "büch.org",
            "a" * 64 + ".org",
            "a." * 127 + "org",
            "'a.org\\n'",
            "a.0x7f000001",
            "'1.2'",
        )
    ),
    ("egress: [5]", 1, "egress.0", "write text; in quotes"),
    ("egress: [" + "a.org, " * 201 + "]", 1, "egress", "at most 200 items"),
    *(
        (f"limits:\n  memory: {size}", 2, "limits.memory", "write a size such as")
        for size in ("2", "2g", "2GiB", "-1GB", "lots", "[2GB]", "1e3GB", "٢GB")
    ),
    ("limits:\n  disk: 2TB", 2, "limits.disk", 'such as "512MB" or "2GB"'),
    ("limits:\n  memory: 63MB", 2, "limits.memory", "at least 64MB"),
    ("limits:\n  disk: 1025GB", 2, "limits.disk", "at most 1024GB"),
    ("limits:\n  cpus: 0", 2, "limits.cpus", "write at least 0.1"),
    ("limits:\n  cpus: .nan", 2, "limits.cpus", "finite"),
    ("limits:\n  cpus: two", 2, "limits.cpus", "write a number"),
    ("limits:\n  cpus: 257", 2, "limits.cpus", "write at most 256"),
    ("limits:\n  processes: 15", 2, "limits.processes", "write at least 16"),
    ("limits:\n  processes: 100001", 2, "limits.processes", "at most 100,000"),
    ("limits:\n  processes: 20.5", 2, "limits.processes", "write a whole number"),
    ("loop: 5", 1, "loop", "lines below it"),
    ("loop:\n  times: 5", 1, "loop.until", "is not there; add it"),
    ("loop:\n  until: DONE", 1, "loop.times", "is not there; add it"),
    ("loop: {until: DONE, times: 0}", 1, "loop.times", "write at least 1"),
    ("loop: {until: DONE, times: 51}", 1, "loop.times", "write at most 50"),
    ("loop: {until: DONE, times: '5'}", 1, "loop.times", "write a whole number"),
    *(
        (f"loop:\n  times: 5\n  until: {until}", 3, "loop.until", "write 3 to 80 letters, digits")
        for until in (
            "''",
            "ok",
            "a" * 81,
            "' DONE'",
            "<done>",
            "a\\b",
            "fertig für heute",
            '"a\\nb"',
        )
    ),
    ("limits:\n  ram: 2GB", 2, "limits.ram", "no such key"),
    ("limits: 2GB", 1, "limits", "lines below it"),
    ("test:\n  network: 'no'", 2, "test.network", "write true or false"),
    ("prices: 5", 1, "prices", "lines below it"),
    ("prices:\n  a: 5", 2, "prices.a", "lines below it"),
    ("prices:\n  a: {input: 1}", 2, "prices.a.output", "is not there; add it"),
    ("prices:\n  a:\n    input: 1\n    output: -1", 4, "prices.a.output", "write at least 0"),
    ("prices:\n  a: {input: .inf, output: 1}", 2, "prices.a.input", "finite"),
    ("prices:\n  a: {input: '1', output: 1}", 2, "prices.a.input", "write a number"),
    ("prices:\n  a: {input: 1, output: 1, cached: 1}", 2, "prices.a.cached", "no such key"),
    ("prices:\n  a b: {input: 1, output: 1}", 2, "prices.a b", "such as claude-sonnet-*"),
    ("priorities: high", 1, "priorities", "write a list"),
    ("priorities: ['']", 1, "priorities.0", "write something, or leave the key out"),
    ("priorities: [" + "a, " * 21 + "]", 1, "priorities", "at most 20 items"),
    ("deadlines:\n  agent: 10", 2, "deadlines.agent", DURATION),
    ("deadlines:\n  idle: 10 minutes", 2, "deadlines.idle", DURATION),
    ("deadlines:\n  tests: 1d", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: -1s", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: 1h30m", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  tests: [1s]", 2, "deadlines.tests", DURATION),
    ("deadlines:\n  agent: 0s", 2, "deadlines.agent", "more than 0s"),
    ("deadlines:\n  agent: 25h", 2, "deadlines.agent", "at most 24h"),
    ("deadlines:\n  agent: " + "9" * 400 + "h", 2, "deadlines.agent", "at most 24h"),
    ("deadlines:\n", 1, "deadlines", "lines below it"),
    ("test: make test", 1, "test", "lines below it"),
    ("triggers: [label]", 1, "triggers", "lines below it"),
    ("test:\n  command: ''", 2, "test.command", "write something, or leave the key out"),
    ("test:\n  command: " + "x" * 2_001, 2, "test.command", "at most 2000 characters"),
    ("test:\n  reports: a.xml", 2, "test.reports", "write a list"),
    ("test:\n  reports:\n    - a.xml\n    - 5", 4, "test.reports.1", "write text; in quotes"),
    ("triggers:\n  label: ''", 2, "triggers.label", "write something, or leave the key out"),
    ("triggers:\n  label: " + "x" * 51, 2, "triggers.label", "at most 50 characters"),
    ("triggers:\n  mention: 'no'", 2, "triggers.mention", "write true or false"),
    ("triggers:\n  mention: 1", 2, "triggers.mention", "write true or false"),
    ("triggers:\n\n  intake: weather", 3, "triggers.intake", "write a list"),
    (
        "attempts: 3\nmerg: on-green",
        2,
        "merg",
        "no such key; see the list of keys in the app's docs/",
    ),
    ("# hi\n\ntest:\n  comand: x", 4, "test.comand", "no such key; see the list of keys"),
    ("1: 2", 1, "1", "write the key in quotes"),
    ("? [a, b]\n: 1", 1, "not valid YAML", "a key must be a single word"),
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


def test_errors_are_told_from_the_top_of_the_file_on() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("reviews: 11\nwho: me\ntriggers: {label: ''}\nattempts: 0", FILE)
    assert re.findall(r"line (\d)", str(caught.value)) == ["1", "2", "3", "4"]
    assert "Input" not in str(caught.value)


def test_capabilities_are_those_that_images_can_have() -> None:
    assert available() == CAPABILITIES
    assert policy(f"capabilities: [{', '.join(CAPABILITIES)}]").capabilities == CAPABILITIES


NOT_YAML = [
    ("attempts: 3\nmerge: 'on-green", 2, "unexpected end of stream"),
    ("attempts: 3\n\tmerge: x", 2, "use spaces, not tabs"),
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

"""`orc` as operators call it: exit codes, and errors that say what, where, and what to do."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from app.agents import AGENTS
from app.cli.demo import options
from app.cli.demo import run as demo_run
from app.cli.main import app
from app.config import parse, resolve
from app.sandbox.scenario_list import builtin_scenarios

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, no settings, and a demo that must not come so far as to start."""
    for name in list(os.environ):
        if name.startswith("ORC_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setattr(options, "_is_here", lambda program: False)
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def started(*_: object) -> int:
        raise AssertionError("it was started")

    monkeypatch.setattr(demo_run, "_run", started)


def told(result: Result) -> str:
    """What is on standard error, and no number of the system's in it."""
    assert "[Errno" not in result.stderr
    assert "Traceback" not in result.output
    return result.stderr


def orc(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments], env={"TERM": "dumb", "COLUMNS": "300"})


def process(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The console script itself."""
    return subprocess.run(
        [sys.executable, "-c", "from app.cli.main import main; main()", *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


# Usage


@dataclass(frozen=True)
class Case:
    id: str
    arguments: tuple[str, ...]
    says: tuple[str, ...]
    prepare: Callable[[Path], object] = lambda _: None


USAGE = [
    Case("unknown command", ("dance",), ("No such command", "dance")),
    Case("unknown option", ("demo", "--fast"), ("No such option", "--fast")),
    Case("unknown scenario", ("demo", "--scenario", "nope"),
         ("--scenario", "there is no scenario 'nope'",
          "`orc demo --list` names the built-in scenarios")),
    Case("empty scenario", ("demo", "--scenario", "s.yaml"),
         ("--scenario", "s.yaml:1: the file: it is empty: write name, description and"),
         lambda at: (at / "s.yaml").write_text("# nothing\n")),
    Case("scenario that is a list", ("demo", "--scenario", "s.yaml"),
         ("--scenario", "s.yaml:1: the file: it must be `key: value` lines"),
         lambda at: (at / "s.yaml").write_text("- name: x\n")),
    Case("scenario that is none", ("demo", "--scenario", "s.yaml"),
         ("--scenario", "s.yaml:1", "attempts: it is missing: add it"),
         lambda at: (at / "s.yaml").write_text("name: x\ndescription: y\n")),
    Case("scenario that is a folder", ("demo", "--scenario", "s"),
         ("--scenario", "s: can't be read: Is a directory"),
         lambda at: (at / "s").mkdir()),
    Case("unknown agent", ("demo", "--agent", "gandalf"), ("--agent", "gandalf", "scripted")),
    Case("unknown executor", ("demo", "--executor", "cloud"),
         ("--executor", "'cloud'", "use one of: process")),
    Case("repo that is not there", ("demo", "--repo", "none"),
         ("--repo", "none is no git repository", "`git init` and commit first")),
    Case("repo that is a file", ("demo", "--repo", "file"), ("--repo", "no git repository"),
         lambda at: (at / "file").write_text("")),
    Case("repo that is a plain folder", ("demo", "--repo", "plain"),
         ("--repo", "no git repository"), lambda at: (at / "plain").mkdir()),
    Case("repo without a commit", ("demo", "--repo", "empty"),
         ("--repo", "no git repository with a commit"),
         lambda at: subprocess.run(["git", "init", "-q", str(at / "empty")], check=True)),
    Case("issue that is not there", ("demo", "--issue", "i.md"),
         ("--issue", "i.md can't be read: No such file or directory")),
    Case("issue that is a folder", ("demo", "--issue", "i.md"),
         ("--issue", "can't be read: Is a directory"),
         lambda at: (at / "i.md").mkdir()),
    Case("empty issue", ("demo", "--issue", "i.md"),
         ("--issue", "i.md is empty", "its first line is the title"),
         lambda at: (at / "i.md").write_text(" \n\n# \n")),
    Case("binary issue", ("demo", "--issue", "i.md"),
         ("--issue", "i.md can't be read: it is not UTF-8 text"),
         lambda at: (at / "i.md").write_bytes(b"\x89PNG\r\n\x1a\n\0\xff")),
    Case("issue too long", ("demo", "--issue", "i.md"), ("--issue", "65536", "shorten it"),
         lambda at: (at / "i.md").write_text("# T\n" + "x" * 65_537)),
    Case("issue that the script does not know", ("demo", "--issue", "i.md"),
         ("--issue", "knows only its own sample", "--agent claude --executor docker",
          "set ANTHROPIC_API_KEY", "a `--scenario` of your own"),
         lambda at: (at / "i.md").write_text("# Greet\n")),
    Case("agent that is not here", ("demo", "--agent", "claude"),
         ("--agent", "there is no `claude` on PATH; install it or add `--executor docker`")),
    Case("config without a file", ("config", "check"), ("Missing argument", "files")),
]  # fmt: skip


@pytest.mark.parametrize("case", USAGE, ids=lambda case: case.id)
def test_usage_errors(case: Case, tmp_path: Path) -> None:
    case.prepare(tmp_path)
    result = orc(*case.arguments)
    assert result.exit_code == 2, result.output
    for words in case.says:
        assert words in told(result)
    assert result.stdout == ""


def test_without_a_command_it_lists_them() -> None:
    result = orc()
    for command in ("serve", "doctor", "config", "demo"):
        assert command in result.output


@pytest.mark.parametrize("command", [(), ("serve",), ("doctor",), ("config", "check"), ("demo",)])
def test_help(command: tuple[str, ...]) -> None:
    result = orc(*command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_help_of_commands_is_whole() -> None:
    """Nothing is cut off at the end of a line of 80 columns."""
    result = CliRunner().invoke(app, ["--help"], env={"TERM": "dumb", "COLUMNS": "80"})
    assert "..." not in result.output.partition("Commands:")[2]


def test_help_names_agents_and_executors() -> None:
    said = " ".join(orc("demo", "--help").output.split())
    for name in (*(agent.name for agent in AGENTS), *options.EXECUTORS):
        assert name in said


def test_version() -> None:
    result = orc("--version")
    assert (result.exit_code, result.stdout.split()[0]) == (0, "orc")
    assert result.stdout.split()[1][0].isdigit()


# Scenarios


def test_list() -> None:
    result = orc("demo", "--list")
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert names == [*builtin_scenarios()]
    assert all(len(line.split()) > 3 for line in result.stdout.splitlines())


def test_the_list_fits_into_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["demo", "--list"], env={"COLUMNS": "80"})
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    firsts = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert firsts == [*builtin_scenarios()]


def test_list_as_json() -> None:
    result = orc("demo", "--list", "--json")
    found = json.loads(result.stdout)
    assert found.keys() == builtin_scenarios().keys()
    assert all(found.values())


# Configuration


def shown(*arguments: str) -> dict[str, Any]:
    """What is printed as YAML, which JSON must agree with."""
    result, as_json = (
        orc("config", "check", *arguments),
        orc("config", "check", "--json", *arguments),
    )
    assert (result.exit_code, as_json.exit_code) == (0, 0), result.output
    policy: dict[str, Any] = yaml.safe_load(result.stdout)
    assert json.loads(as_json.stdout) == {"valid": True, "policy": policy}
    return policy


def test_a_good_configuration(tmp_path: Path) -> None:
    (tmp_path / "organisation.yml").write_text("attempts: 5\nmerge: on-green\n")
    (tmp_path / "project.yml").write_text("attempts: 2\ntest: {reports: [a.xml]}\n")
    policy = shown("organisation.yml", "project.yml")
    assert (policy["attempts"], policy["merge"], policy["who"]) == (2, "on-green", "write")
    assert policy["test"] == {"reports": ["a.xml"], "network": False}
    assert policy["team"] == []
    assert policy["deadlines"] == {"agent": "30m", "idle": "10m", "tests": "10m"}


def test_what_holds_for_a_repository(tmp_path: Path) -> None:
    text = "triggers: {intake: [desk, lobby]}\nnew_projects: {repositories: [desk]}\n"
    (tmp_path / "a.yml").write_text(text)
    found = {"": shown("a.yml")}
    for name in ("desk", "lobby", "acme/other"):
        found[name] = shown("--repo", name, "a.yml")
    assert {name: policy["triggers"]["intake"] for name, policy in found.items()} == {
        "": ["desk", "lobby"], "desk": ["desk"], "lobby": ["lobby"], "acme/other": [],
    }  # fmt: skip
    assert {name for name, policy in found.items() if "new_projects" in policy} == {"", "desk"}
    assert found["desk"]["new_projects"]["repositories"] == ["desk"]


WHOLE = """\
triggers: {label: do it, mention: false, intake: [desk]}
who: maintain
agent: claude
model: some-model-4
capabilities: [node]
egress: ["pypi.org:8443"]
attempts: 4
repairs: 0
loop: {times: 3, until: "ALL DONE"}
deadlines: {agent: 90s, idle: 1.5m, tests: 2h}
limits: {memory: 512MB, disk: 1.5GB, cpus: 2.5, processes: 99}
test: {command: "make 'test'", reports: ["out/*.xml"], network: true}
team: [reviewer, product-owner]
roles:
  reviewer: {agent: codex, model: m-5, deadline: 5m, idle: 7s, prompt: "Look: twice\\nor more"}
  developer: {}
new_projects: {repositories: [desk], private: false, python: "3.13", node: "24"}
plan_approval: new-projects
merge: on-green
reviews: 2
escalate: {assign: [wanda], mention: [acme/on-call]}
budget_usd: 2.5
prices: {"some-*": {input: 3, output: 15, cached_input: 0.3}}
priorities: ["now: go", later]
"""


@pytest.mark.parametrize(
    "text", [WHOLE, "{}", "deadlines: {agent: 100s}"], ids=["all", "none", "a"]
)
def test_what_is_shown_means_the_same(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(text)
    again = orc("config", "check", "a.yml").stdout
    for name in ("desk", "other"):
        meant = resolve(name, parse(text, "a.yml"))
        assert resolve(name, parse(again, "b.yml")) == meant
        own = orc("config", "check", "--repo", name, "a.yml").stdout
        assert resolve(name, parse(own, "c.yml")) == meant


BAD: list[tuple[str, bytes | None, str]] = [
    ("wrong value", b"attempts: 3\nmerge: always\n", "a.yml, line 2: merge: "),
    ("no YAML", b"attempts: [", "a.yml, line 1: not valid YAML"),
    ("binary", b"\xff\xfe\x00", "a.yml: can't be read: it is not UTF-8 text"),
    ("missing", None, "a.yml: can't be read: No such file or directory"),
]


@pytest.mark.parametrize(("name", "content", "says"), BAD, ids=[name for name, *_ in BAD])
def test_a_bad_configuration(name: str, content: bytes | None, says: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.yml").write_bytes(content)
    result = orc("config", "check", "a.yml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in told(result)
    result = orc("config", "check", "--json", "a.yml")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["valid"] is False
    assert says in found["error"]


# Settings


def test_the_doctor_names_what_is_missing() -> None:
    """The key as well, at once, and each line below the first is indented."""
    result = orc("doctor")
    assert result.exit_code == 1
    first, *more = result.stdout.partition("✗ settings: ")[2].splitlines()
    assert first.startswith("ORC_APP_ID")
    for words, line in zip(
        ("ORC_WEBHOOK_SECRET", "set ORC_PRIVATE_KEY or", "See docs/operating.md"), more, strict=True
    ):
        assert line.startswith(f"    {words}")


def test_the_doctor_as_json() -> None:
    result = orc("doctor", "--json")
    assert result.exit_code == 1
    findings = {finding["what"]: finding for finding in json.loads(result.stdout)}
    assert findings["git"]["good"] is True
    assert findings["settings"]["good"] is False
    assert findings["settings"]["advice"]


@pytest.mark.parametrize("key", [None, "not a key"], ids=["no key", "bad key"])
def test_the_doctor_looks_at_the_key(key: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORC_APP_ID", "1")
    monkeypatch.setenv("ORC_WEBHOOK_SECRET", "hush")
    if key is not None:
        monkeypatch.setenv("ORC_PRIVATE_KEY", key)
    result = orc("doctor")
    assert result.exit_code == 1
    assert "ORC_PRIVATE_KEY" in result.stdout
    assert "hush" not in result.stdout
    assert "not a key" not in result.stdout


def test_serve_without_settings(tmp_path: Path) -> None:
    ended = process("serve", HOME=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stderr.startswith("orc: the settings are not complete\nORC_APP_ID")
    assert "ORC_WEBHOOK_SECRET" in ended.stderr
    assert "ORC_PRIVATE_KEY" in ended.stderr
    assert "docs/operating.md" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_demo_without_git(tmp_path: Path) -> None:
    ended = process("demo", HOME=str(tmp_path), PATH=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (1, "orc: git is not on PATH. Install git.\n")


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("demo", "--help"), ("demo", "--agent", "x"), ("nope",)],
    ids=" ".join,
)
def test_no_color(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Also where a terminal would be forced to be colourful."""
    forced = {"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    ended = process(*arguments, HOME=str(tmp_path), **forced)
    assert "\x1b" not in ended.stdout + ended.stderr

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.scenario import ScenarioError, load_scenario

HEAD = "name: x\ndescription: y\n"

GOOD = (
    HEAD
    + """
issue: {title: Please}
config: {attempts: 3, deadlines: {agent: 30s}}
attempts:
  - - write: {path: a/b.txt, content: "hi\\n"}
    - delete: a
    - symlink: {path: link, target: /etc/passwd}
    - submodule: {path: vendor}
    - commit: A message
    - say: hello
    - tell_time: true
    - report_tokens: {input: 1}
    - ignore_sigterm: true
    - spawn_daemon: true
    - print_gigabyte: true
    - print_binary: true
    - probe:
        - env: KEY
        - proc: KEY
        - search: {pattern: "KEY-[0-9]", under: /etc}
        - file: /run/*.sock
        - write: /etc/x
        - connect: 169.254.169.254:80
        - unix: /run/docker.sock
        - resolve: localhost
        - proxy: example.com:443
        - status: CapEff
    - orchestrator: [project, list]
    - fork_bomb: true
    - fill_disk: big
    - fill_memory: 4294967296
    - loop: noisy
    - hang: 1
    - hang: 0.5
    - fail: can't
    - crash: 3
    - hang:
  - []
"""
)


def test_every_step(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(GOOD)
    scenario = load_scenario(tmp_path / "x.yaml")
    assert [len(steps) for steps in scenario.attempts] == [23, 0]
    assert scenario.config == {"attempts": 3, "deadlines": {"agent": "30s"}}
    assert scenario.issue is not None


def test_a_title_has_its_own_attempts(tmp_path: Path) -> None:
    """Told as the developer's prompt tells it; a title within a line is none."""
    titled = "attempts: [[say: any]]\ntitled:\n  Keep it: [[say: kept], [say: again]]\n"
    (tmp_path / "x.yaml").write_text(HEAD + titled + "roles: {lead: [[say: led]]}\n")
    scenario = load_scenario(tmp_path / "x.yaml")
    told = "<request>\n# Keep it\n\nPlease."
    assert b"kept" in scenario.attempt(1, "developer", told)
    assert b"again" in scenario.attempt(2, "developer", told)
    assert b"any" in scenario.attempt(1, "developer", "# Keep it all\nNot # Keep it\n")
    assert b"led" in scenario.attempt(1, "lead", told)


def steps(*lines: str) -> str:
    return HEAD + "attempts:\n" + "".join(f"  - - {line}\n" for line in lines)


ERRORS = {
    "empty": ("", "x.yaml:1: the file: "),
    "not a mapping": ("- a", "x.yaml:1: the file: "),
    "not YAML": (HEAD + "a: [", "x.yaml:3: not valid YAML"),
    "tab": (HEAD + "\tattempts: []", "x.yaml:3: not valid YAML"),
    "odd tag": (HEAD + "attempts: !!timestamp x", "x.yaml:3: not valid YAML"),
    "python tag": (HEAD + "attempts: !!python/object:os.system x", "x.yaml:3: not valid YAML"),
    "alias": (HEAD + "attempts: &a [*a]", "x.yaml:3: not valid YAML: aliases"),
    "twice": (HEAD + "name: z\n", "x.yaml:3: not valid YAML: name is there twice"),
    "missing": (HEAD, "x.yaml:1: attempts: it is missing: add it"),
    "unknown key": (HEAD + "atempts: []", "x.yaml:3: atempts: there is no such key; the keys here"),
    "no attempt": (HEAD + "attempts: []", "x.yaml:3: attempts: there is no attempt: add"),
    "wrong type": (HEAD + "attempts: []\nissue: {title: 3}", "x.yaml:4: issue.title: "),
    "unknown issue key": (
        steps("say: a") + "issue: {title: a, text: b}",
        "x.yaml:5: issue.text: there is no such key; the keys here are title, body",
    ),
    "date in config": (steps("say: a") + "config: {a: 2026-01-01}", "x.yaml:5: config.a"),
    "unknown step": (
        steps("say: a", "shell: rm"),
        "x.yaml:5: attempts.1.0.shell: there is no such key; the keys here are write, delete",
    ),
    "unknown part": (
        steps("write: {path: a, contents: b}"),
        "x.yaml:4: attempts.0.0.write.contents: there is no such key; the keys here are path,",
    ),
    "no key": (steps("{}"), "x.yaml:4: attempts.0.0: a step has exactly one key"),
    "two keys": (steps("{say: a, fail: b}"), "x.yaml:4: attempts.0.0: a step has exactly one key"),
    "no value": (steps("say:"), "x.yaml:4: attempts.0.0: 'say' has no value"),
    "word": (steps("hang"), "x.yaml:4: attempts.0.0: "),
    "false": (steps("ignore_sigterm: false"), "x.yaml:4: attempts.0.0.ignore_sigterm: "),
    "odd check": (
        steps("probe: [{ping: x}]"),
        "x.yaml:4: attempts.0.0.probe.0.ping: there is no such key; the keys here are env, proc",
    ),
    "two checks in one": (steps("probe: [{env: a, proc: b}]"), "a check has exactly one key"),
    "no checks": (steps("probe: []"), "x.yaml:4: attempts.0.0.probe: "),
    "no port": (steps("probe: [{connect: host}]"), "x.yaml:4: attempts.0.0.probe.0.connect: "),
    "odd loop": (steps("loop: loud"), "x.yaml:4: attempts.0.0.loop: "),
    "no arguments": (steps("orchestrator: []"), "x.yaml:4: attempts.0.0.orchestrator: "),
    "gateway": (HEAD + "gateway: 3\nattempts: [[]]", "x.yaml:3: gateway: "),
    "code": (steps("crash: 256"), "x.yaml:4: attempts.0.0.crash: "),
    "infinite": (steps("hang: .inf"), "x.yaml:4: attempts.0.0.hang: "),
    "absolute": (steps("delete: /etc/passwd"), "x.yaml:4: attempts.0.0.delete: the path must stay"),
    "upwards": (
        steps("write: {path: a/../../b, content: c}"),
        "x.yaml:4: attempts.0.0.write.path: the path must stay inside the workspace",
    ),
    "the root": (steps("delete: ."), "x.yaml:4: attempts.0.0.delete: the path must stay"),
    "NUL": (steps('delete: "a\\0b"'), "x.yaml:4: attempts.0.0.delete: the path must stay"),
    "link upwards": (
        steps("symlink: {path: ../a, target: b}"),
        "x.yaml:4: attempts.0.0.symlink.path: the path must stay",
    ),
    "like nothing": (steps("like: nobody"), "nobody.yaml: can't be read"),
    "like a path": (steps("like: ../x"), "is not the name of a scenario"),
    "like a missing attempt": (steps("like: x#2"), "it has 1 attempts"),
    "like itself": (steps("like: x"), "itself has a 'like'"),
}


@pytest.mark.parametrize(("text", "message"), ERRORS.values(), ids=ERRORS)
def test_errors_say_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ScenarioError) as raised:
        load_scenario(tmp_path / "x.yaml")
    assert message in str(raised.value)


def test_all_errors_at_once(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(steps("crash: 0", "say: 3"))
    with pytest.raises(ScenarioError) as raised:
        load_scenario(tmp_path / "x.yaml")
    assert len(str(raised.value).splitlines()) == 2


def test_like_takes_the_steps_of_another(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(steps("say: first", "say: last"))
    (tmp_path / "b.yaml").write_text(steps("like: a", "like: a#1"))
    assert [one[0].say for one in load_scenario(tmp_path / "b.yaml").attempts] == ["last", "first"]


def test_no_file_and_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\0")
    for name in ("missing.yaml", "binary.yaml", "."):
        with pytest.raises(ScenarioError, match="can't be read"):
            load_scenario(tmp_path / name)


FRAGMENTS = """
name: description: attempts: write: path: content: hang: like: x !!int !!bool !!timestamp !!binary
!!set !!omap !!float 1:30 2001-99-99 0x_ 0b_ .inf ~ <<: ? & * a [ ] { } - | > " ' --- ... %YAML , #
"""
WORDS = st.sampled_from(FRAGMENTS.split())
SPACE = st.sampled_from([" ", "\n", "\n  ", "\n- ", ": "])


@given(st.text() | st.lists(st.tuples(WORDS, SPACE)).map(lambda all_: "".join(map("".join, all_))))
def test_only_scenario_errors(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with suppress(ScenarioError):
        load_scenario(path)


@pytest.mark.parametrize("depth", [10, 300, 5000])
def test_deep_nesting(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(HEAD + "config: {a: " + "[" * depth + "]" * depth + "}")
    with pytest.raises(ScenarioError):
        load_scenario(path)

"""The fake model's scripts: what they hold, and how their faults are told."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.models import ScriptError, Tokens, builtin_scripts, load_script
from app.sandbox.models.script import Turn

HEAD = "name: x\ndescription: y\n"
GOOD = (
    HEAD
    + """
side: {text: A title, usage: {input: 3, output: 1}}
cases:
  - when: [Attempt 2, again]
    turns:
      - text: hello
        calls:
          - write: {path: a/b.txt, content: "hi\\n"}
          - edit: {path: a/b.txt, old: "hi\\n", new: "ho\\n"}
          - read: a/b.txt
          - bash: ls
          - tool: {name: WebFetch, input: {url: x, deep: [1, {a: null}]}}
        usage: {input: 10, output: 2, cached: 4}
      - fault: {status: 429, retry_after: 2, times: 3, message: later}
      - {text: a, fault: {cut: 0}, instead: {told: "no such", text: b, usage: {output: 1}}}
      - {text: a, fault: {pause: 0.5, times: 0}}
  - turns: [{text: b}]
"""
)


def load(tmp_path: Path, text: str) -> object:
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8", errors="replace")
    return load_script(tmp_path / "x.yaml")


def test_everything(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(GOOD)
    script = load_script(tmp_path / "x.yaml")
    assert [len(case.turns) for case in script.cases] == [4, 1]
    assert script.cases[0].turns[0].usage == Tokens(input=10, output=2, cached=4)
    assert script.side.text == "A title"


@pytest.mark.parametrize(
    ("prompt", "case"), [("do it again", 0), ("This is Attempt 2.", 0), ("please", 1), ("", 1)]
)
def test_the_first_case_that_fits(tmp_path: Path, prompt: str, case: int) -> None:
    (tmp_path / "x.yaml").write_text(GOOD)
    assert load_script(tmp_path / "x.yaml").case(prompt) == case


CASES = """\
cases:
  - {when: [a, b], all: [x, y], turns: [{text: one}]}
  - {all: [x, z], turns: [{text: two}]}
  - {when: [a], turns: [{text: three}]}
"""


@pytest.mark.parametrize(
    ("prompt", "case"),
    [("x a y", 0), ("y b x", 0), ("x y", None), ("x z", 1), ("b x", None), ("a x", 2)],
)
def test_one_text_and_all_texts(tmp_path: Path, prompt: str, case: int | None) -> None:
    (tmp_path / "x.yaml").write_text(HEAD + CASES)
    assert load_script(tmp_path / "x.yaml").case(prompt) == case


def test_a_turn_that_heeds_what_tools_told(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(GOOD)
    turn = load_script(tmp_path / "x.yaml").cases[0].turns[2]
    assert turn.after(()) is turn
    assert turn.after(("such no",)) is turn
    assert turn.after(("ok", "there is no such file")) == Turn(text="b", usage=Tokens(output=1))


def test_no_case_fits(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(HEAD + "cases: [{when: [a], turns: [{text: b}]}]")
    assert load_script(tmp_path / "x.yaml").case("c") is None


def turn(text: str) -> str:
    return HEAD + f"cases:\n  - turns:\n      - {text}\n"


ERRORS = {
    "empty": ("", "x.yaml:1: the file: "),
    "not YAML": (HEAD + "cases: [", "x.yaml:3: not valid YAML"),
    "odd tag": (HEAD + "cases: !!timestamp x", "not valid YAML"),
    "alias": (HEAD + "cases: &a [*a]", "x.yaml:3: not valid YAML: aliases are not taken"),
    "twice": (HEAD + "name: z", "x.yaml:3: not valid YAML: name is there twice; remove one"),
    "deep": (HEAD + "cases: " + "[" * 99 + "]" * 99, "nested too deep"),
    "missing": (HEAD, "x.yaml:1: cases: it is missing: add it"),
    "no case": (HEAD + "cases: []", "x.yaml:3: cases: it is empty: add at least one"),
    "unknown key": (turn("{txt: a}"), "x.yaml:5: cases.0.turns.0.txt: there is no such key"),
    "says nothing": (turn("{}"), "x.yaml:5: cases.0.turns.0: a turn says nothing: give it"),
    "two in a call": (turn("{calls: [{bash: a, read: b}]}"), "a call has exactly one key"),
    "no value": (turn("{calls: [{bash: }]}"), "x.yaml:5: cases.0.turns.0.calls.0"),
    "part of a line": (
        turn('{calls: [{edit: {path: a, old: "b", new: "c\\n"}}]}'),
        "an edit replaces whole lines: end `old` and `new` with a line break",
    ),
    "nothing instead": (turn("{text: a, instead: {told: b}}"), "instead: it says nothing: give it"),
    "not told": (turn("{text: a, instead: {text: b}}"), "instead.told: it is missing: add it"),
    "two faults": (turn("{fault: {status: 500, cut: 1}}"), "exactly one of the keys status, cut"),
    "no fault": (turn("{fault: {times: 1}}"), "exactly one of the keys status, cut"),
    "odd status": (turn("{fault: {status: 418}}"), "cases.0.turns.0.fault.status"),
    "retry of a cut": (turn("{fault: {cut: 1, retry_after: 2}}"), "only a fault with a status"),
    "too much cached": (
        turn("{text: a, usage: {input: 1, cached: 2}}"),
        "cached tokens are part of the input",
    ),
    "negative": (turn("{text: a, usage: {input: -1}}"), "cases.0.turns.0.usage.input"),
    "infinite": (turn("{text: a, fault: {pause: .inf}}"), "cases.0.turns.0.fault.pause"),
    "text is a number": (turn("{text: 3}"), "x.yaml:5: cases.0.turns.0.text"),
}


@pytest.mark.parametrize(("text", "message"), ERRORS.values(), ids=ERRORS)
def test_errors_say_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScriptError) as raised:
        load(tmp_path, text)
    assert message in str(raised.value)


def test_no_file_and_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\0")
    (tmp_path / "huge.yaml").write_bytes(b"#" * 5_000_000)
    for name in ("missing.yaml", "binary.yaml", "."):
        with pytest.raises(ScriptError, match="can't be read"):
            load_script(tmp_path / name)
    with pytest.raises(ScriptError, match="too large"):
        load_script(tmp_path / "huge.yaml")


FRAGMENTS = """
name: description: cases: turns: text: calls: bash: usage: fault: status: when: all: instead: told:
edit: old: new: path: x 1 -1 !!int !!set
!!timestamp !!binary !!omap !!float 1:30 2001-99-99 0x_ .inf ~ <<: ? & * a [ ] { } - | > " ' --- ,
"""
WORDS = st.sampled_from(FRAGMENTS.split())
SPACE = st.sampled_from([" ", "\n", "\n  ", "\n- ", ": "])


@given(st.text() | st.lists(st.tuples(WORDS, SPACE)).map(lambda all_: "".join(map("".join, all_))))
def test_only_script_errors(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    with suppress(ScriptError):
        load(tmp_path_factory.getbasetemp(), text)


@pytest.mark.parametrize(("name", "path"), builtin_scripts().items())
def test_builtin_scripts_are_good(name: str, path: Path) -> None:
    assert load_script(path).name == name

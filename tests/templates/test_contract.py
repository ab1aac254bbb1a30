"""A contract is read whole or refused with the line to mend."""

import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.templates.contract import MAX_VARIABLES, Contract, ContractError, Source, Variable, parse

ENTRY = """\
  - name: TOKEN
    module: tg_bot
    class: user
    secret: true
    purpose: The bot's token.
"""
GOOD = f"version: 1\nvariables:\n{ENTRY}"


def test_a_contract_is_read() -> None:
    other = ENTRY.replace("TOKEN", "PORT").replace("user", "infrastructure")
    text = GOOD + other.replace("true", "false") + '    default: "8000"\n'
    token = Variable("TOKEN", "tg_bot", Source.USER, True, "The bot's token.")
    port = Variable("PORT", "tg_bot", Source.INFRASTRUCTURE, False, "The bot's token.", "8000")
    assert parse(text) == Contract((token, port))
    assert parse(text).secrets == {"TOKEN"}


def test_a_service_may_read_nothing() -> None:
    assert parse("version: 1\nvariables: []\n") == Contract(())


REFUSED = {
    "empty": ("", "empty"),
    "no-version": ("variables: []\n", "version: 1"),
    "other-version": ("version: 2\nvariables: []\n", "version: 1"),
    "no-list": ("version: 1\n", "a list"),
    "mapping": ("version: 1\nvariables: {a: b}\n", "a list"),
    "other-key": ("version: 1\nelse: 1\nvariables: []\n", "line 2: no such key"),
    "twice": (GOOD + ENTRY, "line 8: TOKEN is there twice"),
    "key-twice": (GOOD + "    module: tg_bot\n", "line 8: 'module' is there twice"),
    "name": (GOOD.replace("TOKEN", "token"), "line 3: write a name"),
    "name-shell": (GOOD.replace("TOKEN", "A$(id)"), "line 3: write a name"),
    "module": (GOOD.replace("tg_bot", "../x"), "line 4: write a module"),
    "class": (GOOD.replace("user", "nobody"), "line 5: write one of"),
    "secret": (GOOD.replace("true", "yes"), "line 6: write true or false"),
    "purpose": (GOOD.replace("The bot's token.", '" "'), "line 7: say what"),
    "no-purpose": (GOOD.replace("    purpose: The bot's token.\n", ""), "purpose is not there"),
    "written-secret": (GOOD + "    default: s3cr3t\n", "line 8: a secret in a file"),
    "unseen": (GOOD.replace("The bot's", '"\\e[2J"'), "line 7"),
    "long": (GOOD.replace("The bot's", "x" * 600), "line 7: write one line"),
    "alias": ("version: &a 1\nvariables: [*a]\n", "aliases"),
    "deep": (f"version: 1\nvariables: {'[' * 50}{']' * 50}\n", "nested too deep"),
    "complex-key": ("? [a]\n: 1\n", "write a text"),
    "two-documents": (GOOD + "---\n" + GOOD, "not valid YAML"),
    "broken": ("version: [", "not valid YAML"),
    "control": ("version: \x00", "characters"),
    "huge": ("#" * 100_001, "shorten"),
    "many": ("version: 1\nvariables: [" + "a," * 201 + "]\n", "more than 200"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    text, said = REFUSED[case]
    with pytest.raises(ContractError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


@given(st.text() | st.text(alphabet="version: 1\n-[]{}&*!?|>'\"#%@a") | st.binary().map(str))
@example("!!python/object/apply:os.system [id]")
@example("%YAML 9.9\n---\nversion: 1")
@example("- " * 3_000)
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ContractError):
        assert len(parse(text).variables) <= MAX_VARIABLES


@given(
    st.lists(
        st.builds(
            Variable,
            st.from_regex(r"[A-Z][A-Z0-9_]{0,20}", fullmatch=True),
            st.sampled_from(["backend", "tg_bot"]),
            st.sampled_from(Source),
            st.just(False),
            st.text(alphabet="ab :#'\"{}[]é", min_size=1).filter(str.strip),
            st.none() | st.text(alphabet="ab :#'\"{}[]é"),
        ),
        unique_by=lambda each: each.name,
        max_size=5,
    )
)
def test_what_is_written_is_read(variables: list[Variable]) -> None:
    entries = [
        {
            "name": each.name,
            "module": each.module,
            "class": each.source,
            "secret": each.secret,
            "purpose": each.purpose,
        }
        | ({} if each.default is None else {"default": each.default})
        for each in variables
    ]
    text = json.dumps({"version": 1, "variables": entries})  # JSON is YAML
    assert parse(text) == Contract(tuple(variables))

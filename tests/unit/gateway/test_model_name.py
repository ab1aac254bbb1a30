"""Which names of models count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateway.model_name import admits, family, matches
from app.gateway.price import DEFAULTS

KNOWN = [name for name, _ in DEFAULTS.table]
OWN = ["gpt-*", "local-[ab]", "Mine", "gpt-4o-search-preview"]

ADMITTED = [
    *(
        "claude-opus-4-8",
        "claude-opus-4-5-20251101",
        "claude-sonnet-5",
        "claude-sonnet-4-5@20250929",
    ),
    *("claude-3-5-haiku-latest", "claude-opus-7", "claude-haiku-5-6-20270101", "CLAUDE-OPUS-4-8"),
    *(
        "gpt-5",
        "gpt-5.9",
        "gpt-5-2025-08-07",
        "gpt-5.6-codex",
        "gpt-5-mini",
        "gpt-7",
        "gpt-6.1-sol",
    ),
    *("gpt-4o-2024-08-06", "gpt-4o-mini", "o4-mini", "o3", "codex-mini-latest", "gpt-5.4-pro"),
]
REFUSED = [
    *("gpt-4o-search-preview", "gpt-4o-search-preview-2025-03-11", "gpt-5-search-api"),
    *("gpt-5-search-api-2025-10-14", "gpt-4o-audio-preview", "gpt-4o-mini-audio-preview"),
    *(
        "gpt-4o-realtime-preview",
        "gpt-4o-transcribe",
        "gpt-4o-mini-tts",
        "gpt-image-1",
        "gpt-audio",
    ),
    *("o3-deep-research", "o4-mini-deep-research", "computer-use-preview", "gpt-5:online"),
    *(
        "ft:gpt-4.1:acme::x",
        "openai/gpt-5",
        "m",
        "",
        "claude",
        "claude-opus",
        "gpt-",
        "gpt-5 ",
        "5",
    ),
    *("gpt-5\n", "gpt-5-20250807x", "gpt-5-20250807-search", "claude-opus-4-8-fast", "gpt-٥"),
]


@pytest.mark.parametrize("name", ADMITTED)
def test_a_known_model_counts_in_any_version(name: str) -> None:
    assert admits(name, KNOWN)


@pytest.mark.parametrize("name", REFUSED, ids=repr)
def test_no_other_counts(name: str) -> None:
    assert not admits(name, KNOWN)


@pytest.mark.parametrize(
    ("name", "admitted"),
    [
        ("gpt-9-turbo", True),
        ("local-a", True),
        ("local-c", False),
        ("mine", True),
        ("mine-2", False),
        ("gpt-4o-search-preview", True),
        ("gpt-4o-search-preview-2025-03-11", True),
        ("gpt-5-search-api", False),
        ("gpt-9_AUDIO", False),
        ("gpt-9:online", False),
        ("gpt-research2", False),
        ("gpt-searchlight", True),
    ],
)
def test_what_is_written_out_counts_and_wildcards_take_no_variants(
    name: str, admitted: bool
) -> None:
    assert admits(name, OWN) is admitted


@pytest.mark.parametrize(
    ("name", "pattern", "matched"),
    [
        ("gpt-5", "gpt-5", True),
        ("gpt-5-2025-08-07", "gpt-5", True),
        ("gpt-5-20250807", "gpt-5", True),
        ("gpt-5@20250807", "gpt-5", True),
        ("gpt-5-latest", "gpt-5", True),
        ("GPT-5", "gpt-5", True),
        ("gpt-5-latest", "gpt-5-latest", True),
        ("gpt-5.1", "gpt-5", False),
        ("gpt-5-mini", "gpt-5", False),
        ("gpt-5-search-api", "gpt-5", False),
        ("gpt-5-mini", "gpt-*", True),
    ],
)
def test_whose_price_counts(name: str, pattern: str, matched: bool) -> None:
    assert matches(name, pattern) is matched


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("claude-opus-4-5-20251101", "claude-opus-N"),
        ("claude-3-5-haiku-latest", "claude-N-haiku"),
        ("gpt-5.4-mini", "gpt-N-mini"),
        ("gpt-4o", "gpt-No"),
        ("gpt-4*", "gpt-4*"),
    ],
)
def test_families(name: str, shown: str) -> None:
    assert family(name) == shown


@given(
    st.text(max_size=40), st.text(max_size=10) | st.sampled_from(("[", "*", "a[", "[!", "gpt-*"))
)
def test_no_name_breaks_it(name: str, pattern: str) -> None:
    if admits(name, [pattern]) and not set(pattern) & set("*?["):
        assert family(name) == family(pattern) or matches(name, pattern)


@given(st.sampled_from(KNOWN), st.from_regex(r"\A[-_:/@.]?[a-zA-Z]{2,10}\Z"))
def test_no_word_may_be_added(name: str, word: str) -> None:
    longer = f"{name}{word}"
    assert admits(longer, KNOWN) == (family(longer) in {family(known) for known in KNOWN})

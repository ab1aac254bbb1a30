"""Markdown of strangers: what it may become, and what it must never become."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sandbox.pages.markdown import Context, comment, document, html
from tests.unit.pages.reading import read

HERE = Context("/acme/shop", last=12)
FEATURES = {
    "heading": ("### Done", "<h3>Done</h3>"),
    "strike": ("~~no~~", "<s>no</s>"),
    "line break": ("one\ntwo", "one<br />\ntwo"),
    "table": ("|a|b|\n|-|-:|\n|1|2|", '<td class="right">2</td>'),
    "ticked": ("- [x] yes", 'class="task done"'),
    "not ticked": ("- [ ] no", 'aria-label="to do"'),
    "no box in words": ("- [x]yes", "<li>[x]yes</li>"),
    "note": ("> [!NOTE]\n> mind", '<div class="alert note" role="note">'),
    "warning": ("> [!warning]\n> mind", "Warning</p>\n<p>mind</p>"),
    "caution": ("> [!CAUTION]\n> a\n>\n> b", "<p>b</p>\n</div>"),
    "no alert": ("> [!OTHER]\n> mind", "<blockquote>"),
    "no inner alert": ("> > [!NOTE]\n> > mind", "[!NOTE]"),
    "issue elsewhere": (
        "in acme/tea-shop#3.",
        '<a href="/acme/tea-shop/issues/3" class="reference"',
    ),
    "issue elsewhere, in a table": (
        "| a |\n|---|\n| acme/tea#3 |",
        '<a href="/acme/tea/issues/3" class="reference"',
    ),
    "issue of here, named in full": (
        "in acme/shop#3.",
        '/acme/shop/issues/3" class="reference" rel="nofollow noopener noreferrer">#3</a>.',
    ),
    "no such issue, named in full": ("see acme/shop#13", "<p>see acme/shop#13</p>"),
    "issue of another": ("see other/tea#3", "see other/tea#3"),
    "issue": ("see #12", '<a href="/acme/shop/issues/12" class="reference"'),
    "no such issue": ("see #13", "<p>see #13</p>"),
    "not an issue": ("a#1 /#2 &#35;", "<p>a#1 /#2 #</p>"),
    "code is code": ("`#1 @ann`", "<code>#1 @ann</code>"),
    "mention": ("hi @ann", '<span class="mention">@ann</span>'),
    "bot": ("hi @orc[bot]", '<span class="mention">@orc[bot]</span>'),
    "mail": ("ann@acme.test", "<p>ann@acme.test</p>"),
    "commit": ("at " + "a1" * 20, f'href="/acme/shop/commit/{"a1" * 20}"'),
    "address": ("go https://a.test/b_c(d).", '<a href="https://a.test/b_c(d)"'),
    "address in brackets": ("(https://a.test/b)", '<a href="https://a.test/b"'),
    "image": ("![a cat](https://a.test/c.png)", "a cat</span></a>"),
    "linked image": ("[![ci](b.svg)](https://a.test)", "ci</span></a>"),
    "fence": ("```py\n<b>\n```", '<pre tabindex="0"><code>&lt;b&gt;\n</code></pre>'),
    "details": (
        "<details><summary>Why</summary>\n\n**x**\n\n</details>",
        "<details><summary>Why</summary>\n<p><strong>x</strong></p>\n</details>",
    ),
    "open details": ("<details open>\nx\n\n</details>", "<details open>"),
    "attributes dropped": ('<DETAILS class="a" onclick="x">\n', "<details>"),
    "comment": ("a\n\n<!-- orc:record v1 x.y -->", "<p>a</p>\n"),
    "comment in a line": ("a <!-- b --> c", "<p>a  c</p>"),
}
ATTACKS = (
    "<script>alert(1)</script>",
    "x <script src=//e.test></script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><path d=x>",
    "<details ontoggle=alert(1) open>x</details>",
    "<details><summary onclick=alert(1)>x</summary></details>",
    "<details open><script>alert(1)</script></details>",
    "<style>*{display:none}</style>",
    "<iframe src=https://e.test>",
    "<form action=https://e.test><input name=a>",
    "<a href=javascript:alert(1)>x</a>",
    "<base href=https://e.test>",
    "<meta http-equiv=refresh content=0>",
    "</div></article></main><h1>Merged</h1>",
    "</details></details>",
    "<details><details><details>",
    "<summary>alone</summary>",
    "> <details>\n\nout\n\n</details>",
    "- <details><summary>x\n- y",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x73;cript:alert(1))",
    "[x](&#106;avascript&colon;alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](file:///etc/passwd)",
    "[x](//e.test)",
    "[x](/\\e.test)",
    "[x](\\\\e.test)",
    "[x](https&colon;alert(1))",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![<script>](https://e.test/x.png)",
    '[x](https://e.test "\\" onclick=alert(1) \\"")',
    'https://e.test/"onmouseover=alert(1)',
    "https://e.test/<script>",
    '```"><script>alert(1)</script>\nx\n```',
    "```js onclick=alert(1)\nx\n```",
    "|<script>|\n|-|\n|<img onerror=x>|",
    '|a|\n|:-:" onclick=x|\n|b|',
    "> [!NOTE]<script>\n> x",
    "- [x] <script>alert(1)</script>",
    "@<script>",
    "#1<script>",
    "<!-- --><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "<!-- never closed <script>alert(1)</script>",
    "<details><!-- --!><img src=x onerror=alert(1)> --></details>",
    "<det<!-- -->ails><scr<!-- -->ipt>alert(1)</scr<!-- -->ipt>",
    "<?php x ?>",
    "<!DOCTYPE html><![CDATA[<script>]]>",
    "\x00<script>\ufeff</script>",
)
PIECES = st.sampled_from([
    "<details>", "</details>", "<summary>", "</summary>", "<!--", "-->", "<script>", "</div>",
    "javascript:", "[x](", ")", "![", "](", "> ", "[!NOTE]\n", "- [x] ", "|a|\n|-|\n", "```", "`",
    "\n", "\n\n", "#1", "@ann", "https://e.test/", '"', "'", "&#x6A;", "\t", "    ", "onclick=x",
    "a", "*", "_", "~~", "<", ">", "\\",
])  # fmt: skip


@pytest.mark.parametrize(("text", "part"), FEATURES.values(), ids=FEATURES)
def test_renders(text: str, part: str) -> None:
    assert part in comment(text, HERE)


@pytest.mark.parametrize("text", ATTACKS)
def test_attacks_stay_words(text: str) -> None:
    for rendered in (comment(text, HERE), document(text, Context("/a/b", 3, "/a/b/blob/main/"))):
        assert read(rendered).forbidden == []


@pytest.mark.parametrize("text", ATTACKS)
def test_what_is_opened_is_closed_where_it_was_opened(text: str) -> None:
    rendered = comment(text, HERE)
    for tag in ("details", "summary", "blockquote", "div", "li"):
        assert rendered.count(f"<{tag}") == rendered.count(f"</{tag}>")


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=200))
def test_no_text_breaks_out(text: str) -> None:
    reading = read(comment(text, HERE))
    assert reading.forbidden == []
    assert reading.tags.count("details") == comment(text, HERE).count("</details>")


def test_details_opened_in_a_quote_end_there() -> None:
    rendered = comment("> <details>\n\nout", HERE)
    assert rendered.index("</details>") < rendered.index("</blockquote>")


def test_hidden_comments_leave_nothing() -> None:
    rendered = comment("<!-- a -->\n\nb <!-- c\nd --> e\n\n<!-- f", HERE)
    assert "".join(read(rendered).text.split()) == "be"


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("docs/rules.md", "/acme/shop/blob/main/docs/rules.md"),
        ("../../../../../etc/x#y", "/etc/x#y"),
        ("/acme/shop", "/acme/shop"),
        ("#part", "#part"),
        ("https://a.test", "https://a.test"),
    ],
)
def test_links_of_a_file_are_relative_to_its_folder(href: str, leads: str) -> None:
    context = Context("/acme/shop", 1, "/acme/shop/blob/main/")
    assert read(document(f"[x]({href})", context)).links[0][0] == leads


def test_a_document_joins_lines() -> None:
    assert "<br" not in document("one\ntwo", HERE)


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000, "> " * 5_000 + "x", "*a_ " * 5_000, "<details>\n\n" * 2_000, "- " * 3_000,
     "!" * 9_000, "<!--" * 9_000, "https://" * 5_000, "|" * 9_000 + "\n" + "|-" * 4_000,
     "`" * 9_000],
    ids=lambda text: text[:6].strip(),
)  # fmt: skip
def test_hostile_lengths_take_no_longer_than_a_glance(text: str) -> None:
    assert read(comment(text, HERE)).forbidden == []


def test_too_deep_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(html, "_blocks", fail)
    assert comment("<b> never seen before", HERE) == "<pre>&lt;b&gt; never seen before</pre>"

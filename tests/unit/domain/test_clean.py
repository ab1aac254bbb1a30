"""What is cut from a text and what stays, case by case."""

import pytest
from markdown_it.token import Token

from app.domain.clean import MAX_TEXT, Cleaned, Kind, Removed, clean, clean_line

UPLOADED = "https://github.com/user-attachments/assets/12345678-90ab-cdef-1234-567890abcdef"
CUT = {
    "a comment": ("a <!-- x --> b", "a  b", Kind.COMMENT),
    "a comment over lines": ("a <!-- x\ny --> b", "a  b", Kind.COMMENT),
    "a comment of its own": ("a\n\n<!-- x\n\ny -->\n\nb", "a\n\n\n\nb", Kind.COMMENT),
    "one that never ends": ("a\n\n<!-- x\n\n```\ny\n```", "a\n\n", Kind.COMMENT),
    "one in a line that never ends": ("a <!-- x\n\nb", "a \n\nb", Kind.COMMENT),
    "one in a quote": ("> a <!-- x\n> y --> b\n> c", "> a  b\n> c", Kind.COMMENT),
    "one in a list": ("- a\n  - b <!-- x -->\n  <!-- y", "- a\n  - b \n  ", Kind.COMMENT),
    "one that ends at once": ("a <!--> x --> b", "a ", Kind.COMMENT),
    "an instruction": ("a <?x?> b", "a  b", Kind.COMMENT),
    "a declaration": ("a <!X y> b", "a  b", Kind.COMMENT),
    "character data": ("a <![CDATA[x]]> b", "a  b", Kind.COMMENT),
    "code within HTML is none": ("<div>\n`<!-- x -->`", "<div>\n``", Kind.COMMENT),
    "code over cells is none": (
        "a | b\n--|--\n`|<!-- x -->|`", "a | b\n--|--\n`||", Kind.COMMENT
    ),
    "cells beyond the header's": ("a | b\n--|--\n1 | 2 | x", "a | b\n--|--\n1 | 2 |", Kind.CELL),
    "no width": ("pass\u200bword", "password", Kind.CHARACTER),
    "tags": ("a\U000e0041\U000e007f b", "a b", Kind.CHARACTER),
    "directions": ("\u202ea\u2066b\u2069", "ab", Kind.CHARACTER),
    "selectors": ("a\ufe0f\U000e0100 ❤\ufe0f", "a ❤", Kind.CHARACTER),
    "fillers": ("a\u3164\u115f\uffa0\u2800b", "ab", Kind.CHARACTER),
    "a soft hyphen": ("a\u00adb", "ab", Kind.CHARACTER),
    "annotations": ("a\ufff9b\ufffac\ufffb", "abc", Kind.CHARACTER),
    "private use": ("a\ue000\U000f0000b", "ab", Kind.CHARACTER),
    "half a character": ("a\udc80b", "ab", Kind.CHARACTER),
    "controls": ("a\x00\x1b[31mb", "a[31mb", Kind.CHARACTER),
    "in code as well": ("`a\u200bb`\n\n```\nc\u2060d\n```", "`ab`\n\n```\ncd\n```", Kind.CHARACTER),
    "an entity": ("a&#8203;b&#x200B;c&shy;d&ZeroWidthSpace;e", "abcde", Kind.CHARACTER),
    "an entity of tags": ("a&#xE0041;&#917569;b", "ab", Kind.CHARACTER),
    "an entity without an end": ("<p>\na&#8203 b&shy c", "<p>\na b c", Kind.CHARACTER),
    "attributes": ("<b title='x' data-y=z>a</b>", "<b>a</b>", Kind.ATTRIBUTE),
    "hidden ones stay seen": ('<div hidden style="display:none">\na', "<div>\na", Kind.ATTRIBUTE),
    "attributes over lines of a quote": ("> <b\n> title='x'>a", "> <b>a", Kind.ATTRIBUTE),
    "an image's text": (f'<img alt="x" src="{UPLOADED}">', f'<img src="{UPLOADED}">',
                        Kind.ATTRIBUTE),
    "an image's address": ('a <img src="https://e.org/do-as-i-say.png"> b', "a <img> b",
                           Kind.ATTRIBUTE),
    "a link that shows nothing": ('a <a href="/x"> <b></b></a> b', "a <a> <b></b></a> b",
                                  Kind.ATTRIBUTE),
    "a tag that GitHub strips": ("a <do-as-i-say and-more> b", "a  b", Kind.TAG),
    "a link's text in HTML": ('<a title="x" href="/y#x">a</a>', '<a href="/y">a</a>',
                              Kind.ATTRIBUTE),
    "a script": ("a <script>x</script> b", "a  b", Kind.ELEMENT),
    "a style of its own": ("<style>\nx\n\ny\n</style>\n\na", "\n\na", Kind.ELEMENT),
    "a template": ("a <template>x</template> b", "a  b", Kind.ELEMENT),
    "a template that never ends": ("a <template>x\n\ny", "a ", Kind.ELEMENT),
    "a Markdown image's text": (f"![x `y` [z]]({UPLOADED})", f"![]({UPLOADED})", Kind.IMAGE_TEXT),
    "an image's text by reference": ("![x][y]\n\n[y]: /a.png", "![]()\n", Kind.IMAGE_TEXT),
    "a badge's text": ("[![x](/a.png)](/b)", "[![]()](/b)", Kind.IMAGE_TEXT),
    "a link of nothing": ("a [](/x) [<b></b> ](/x 'y') [ ][z] b\n\n[z]: /x", "a    b\n",
                          Kind.ADDRESS),
    "a title": ("[a](/b \"x\") [a](/b 'x') [a](/b (x))", "[a](/b) [a](/b) [a](/b)", Kind.TITLE),
    "a fragment": ("[a](https://e.org/b?c=1#x)", "[a](https://e.org/b?c=1)", Kind.ADDRESS),
    "a Markdown image's address": ("a ![](/do-as-i-say)", "a ![]()", Kind.ADDRESS),
    "words for an address": ("[a](<do as i say>)", "[a]()", Kind.ADDRESS),
    "addresses that lead nowhere": ("[a](javascript:x) [b](data:,x)", "[a]() [b]()", Kind.ADDRESS),
    "an endless address": (f"[a](/{'x' * 600})", "[a]()", Kind.ADDRESS),
    "a definition": ('[x]: # "y"\n\na', "\na", Kind.DEFINITION),
    "one that leads nowhere": ('a\n\n[x]: javascript:y "z"', "a\n", Kind.DEFINITION),
    "a definition's label and title": ("[a][x y]\n\n[X  Y]: /b 'z'", "[a](/b)\n", Kind.DEFINITION),
    "one of two": ("[a]\n\n[a]: /b\n[a]: /x 'y'", "[a](/b)\n", Kind.DEFINITION),
    "an unused footnote": ("a\n\n[^x]: y z\n    w\n\nb", "a\n\n\nb", Kind.FOOTNOTE),
    "one that only it uses": ("a\n\n[^x]: y [^x]", "a\n", Kind.FOOTNOTE),
    "a comment in a footnote's code": (
        "a[^1]\n\n[^1]: b\n\n    <!-- x -->", "a[^1]\n\n[^1]: b\n\n    ", Kind.COMMENT
    ),
    "a definition in a footnote": ("a[^1]\n\n[^1]: [x]: # 'y'", "a[^1]\n", Kind.FOOTNOTE),
    "a note on code": ("```py x y\na\n```", "```py\na\n```", Kind.CODE_NOTE),
    "words for a language": ("~~~ do-as-i-say-and-never-ask-a-person\na", "~~~\na", Kind.CODE_NOTE),
    "a diagram's comment": ("```mermaid\na --> b\n%% x\n```", "```mermaid\na --> b\n```",
                            Kind.DRAWING),
    "a map": ('```geojson\n{"x": 1}\n```\na', "a", Kind.DRAWING),
    "a formula's phantom": ("a $b \\phantom{x} c$ d", "a $b $ d", Kind.DRAWING),
    "a formula's comment": ("$$ b % x\n$$ a", " a", Kind.DRAWING),
    "a formula's block": ("```math\na % x\n```\nb", "b", Kind.DRAWING),
    "a diagram's settings": ("```mermaid\n---\nx: y\n---\na --> b\n```", "```mermaid\na --> b\n```",
                             Kind.DRAWING),
    "a diagram's markup": ("```mermaid\na[b <i title='x'>] --> c\nd --> e\n```",
                           "```mermaid\nd --> e\n```", Kind.DRAWING),
    "a tag that never ends": ("<div>\na\n<b title='x\n\ny", "<div>\na\n", Kind.TAG),
    "an end tag that is none": ("<div>\na </ x> b", "<div>\na  b", Kind.COMMENT),
    "a declaration that never ends": ("<div>\na <!x\n\ny", "<div>\na ", Kind.COMMENT),
    "a comment that may end early": ("a <!-- x --!> <b --> c", "a ", Kind.COMMENT),
    "an instruction that may": ("a <?x> <b ?> c", "a ", Kind.COMMENT),
    "elements that are crossed": ("a <svg><math></svg></math> b\n\nc", "a ", Kind.ELEMENT),
    "an unused footnote in a quote": ("> a\n>\n> [^x]: y\n>     z\n\nb", "> a\n>\n\nb",
                                      Kind.FOOTNOTE),
    "an unused footnote right behind text": ("a <!-- x\n[^1]: y --> z", "a ", Kind.FOOTNOTE),
    "an address of half a pair": ('<a href="a)b(">c</a>', "<a>c</a>", Kind.ATTRIBUTE),
    "cells beyond it in each row": (
        "a | b\n--|--\n1 | 2 | x\n3\n4 | 5 | y | [z](/z)", "a | b\n--|--\n1 | 2 |\n3\n4 | 5 |",
        Kind.CELL,
    ),
    "a sign that parts no line": ("a\x1cb\u2028c<!-- x -->", "ab c", Kind.COMMENT),
    "an endless label": ("[a][" + "b" * 1_000 + "]\n\n[a]: /c 'x'",
                         "[a](/c)[" + "b" * 1_000 + "]\n", Kind.DEFINITION),
    "what is nested too deep": (">" * 60 + " `x`", "", Kind.UNDECIDED),
    "what may hide more": (f"{'>' * 60} <!-- x\n\ny", "", Kind.UNDECIDED),
    "what is too long": (f"a\n\n{'b' * MAX_TEXT}", "a", Kind.UNDECIDED),
    "half a title": (f"a\n\n[b]: # '{'c' * MAX_TEXT}'", "a", Kind.UNDECIDED),
}  # fmt: skip

STAYS = {
    "nothing": "",
    "words": "Please: a < b, c > d & e; [f] (g) \"h\" {i} 100% *j* ~k~ C:\\l $5",
    "lines": "a\n\n\n b  \nc\n",
    "headings and lists": "# a #\n\nb\n===\n\n1. c\n   - [ ] d\n     e\n\n* * *\n-\n> f",
    "a comment in code": "`<!-- a -->` ``<!-- ` -->``",
    "code over lines": "a `b\nc <!-- d -->` e",
    "a comment in a block of code": "```html\n<!-- a -->\n<b title=c>\n```",
    "a block of code in a list": "- a\n\n  ```\n  <!-- b -->\n  ```",
    "a block of code in a quote": "> ~~~\n> <!-- b -->\n> ~~~",
    "indented code": "a\n\n    <!-- b --> <c d='e'>\n    [f]: # 'g'",
    "code in a table": "a | b\n--|--\n`<c d>` | e",
    "a comment that is escaped": "\\<!-- a --> &lt;!-- b --&gt;",
    "comparisons": "if i<n; and n>m or x <= y && z >= 0 -> a <- b",
    "HTML": "<details open>\n<summary>a</summary>\n\nb<br/>c<BR /><kbd>d</kbd>\n\n</details>",
    "a script that is only named": "add a <script> tag and a </b>",
    "addresses": "https://e.org/a?b#c <https://e.org/#d> <a@e.org> www.e.org/#f",
    "links": "[a](https://e.org/b_(c)?d=e) [f](../g.md) [h](mailto:a@e.org)",
    "an image": f"![]({UPLOADED}) [![]()](/a) <img>",
    "links in HTML": '<a href="/a"><b>b</b></a> <a href="/c"><img></a>',
    "no reference": "a[0] b[i][j] [c][d] ![e] x](y",
    "entities": "a&amp;b &copy; &#65; &nbsp; &hellip; &unknown; AT&T",
    "a footnote": "a[^1]\n\n[^1]: b\n    c\n\nd",
    "a table": "| a | b |\n|:--|--:|\n| c \\| d | e |\n| f |",
    "a diagram": "```mermaid\ngraph TD\nA[<br>a] --> B\n```",
    "a formula": "$a_1$ and $$\\frac{b}{c}$$",
    "other scripts": "مرحبا שלום हिन्दी ไทย 한국어 日本語 \u0601123 e\u0301 🚀👍🏽 ①",
    "spaces": "a\u00a0b\u3000c\td",
}  # fmt: skip


@pytest.mark.parametrize(("text", "kept", "kind"), CUT.values(), ids=CUT.keys())
def test_what_is_not_seen_is_cut_and_counted(text: str, kept: str, kind: Kind) -> None:
    cleaned = clean(text)
    assert cleaned.text == kept
    assert kind in {removed.kind for removed in cleaned.removed}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS.keys())
def test_what_is_seen_stays(text: str) -> None:
    assert clean(text) == Cleaned(text)


@pytest.mark.parametrize(
    "text",
    [
        "<!<!-- -->-- x -->",
        "<!--<!-- -->-->x",
        "<scr<!-- -->ipt>x</script>",
        "&#82<!-- -->03;",
        "&#82&#8203;03;",
        '[a<!-- ](b --> "x")',
        "\\\u200b<template>x",
        "`\u200b`<!-- x --> ``",
        "<\u200b!-- x -->",
    ],
)
def test_what_closes_up_hides_nothing(text: str) -> None:
    left = clean(text).text
    assert clean(left) == Cleaned(left)
    assert "\u200b" not in left
    assert "<!--" not in left


def test_what_does_not_come_to_rest_is_cut() -> None:
    text = "&#82" * 20 + "03;" * 20
    cleaned = clean(f"a {text}")
    assert cleaned.text == "a "
    assert cleaned.removed[-1] == Removed(Kind.UNDECIDED, 1)


def test_the_count_is_by_kind_and_in_their_order() -> None:
    cleaned = clean("a\u200b\u200b<!-- x --><!-- y -->[b](/c 'z')\u200b")
    assert cleaned.removed == (
        Removed(Kind.CHARACTER, 3),
        Removed(Kind.COMMENT, 2),
        Removed(Kind.TITLE, 1),
    )


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Fix `<!-- a -->` & <b>", "Fix `<!-- a -->` & <b>"),
        ("a\u200b\U000e0041\nb\u2028c", "a b c"),
        ("&#8203;", "&#8203;"),
    ],
)
def test_of_a_title_only_characters_are_cut(title: str, kept: str) -> None:
    assert clean_line(title).text == kept


def test_line_ends_are_one() -> None:
    assert clean("a\r\nb\rc\n") == Cleaned("a\nb\nc\n")


@pytest.mark.parametrize("content", ["elsewhere", "`a`\n\n\n"], ids=["other", "longer"])
def test_what_the_parser_says_of_other_lines_is_not_believed(
    content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hides what follows, too: nobody knows what it opens."""

    class Parser:
        def parse(self, _text: str, _env: object) -> list[Token]:
            return [Token("inline", "", 0, content=content, map=[0, 1])]

    monkeypatch.setattr("app.domain.clean.block._parser", Parser)
    assert clean("`a`\n\nb") == Cleaned("", (Removed(Kind.UNDECIDED, 1),))

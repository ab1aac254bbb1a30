"""git's unified diff, read into numbered lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.pages.diff import MAX_LINES, parse

CHANGED = """\
diff --git a/a b.py b/a b.py
index 111..222 100644
--- a/a b.py\t
+++ b/a b.py\t
@@ -1,3 +1,3 @@ def total():
 same
--- looks like a header
+++ does too
 end
\\ No newline at end of file
@@ -9 +9,0 @@
-gone
"""
KINDS = """\
diff --git a/new.sh b/new.sh
new file mode 100755
--- /dev/null
+++ b/new.sh
@@ -0,0 +1 @@
+#!/bin/sh
diff --git a/old b/old
deleted file mode 100644
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/from b/to
similarity index 100%
rename from from
rename to to
diff --git a/pic.png b/pic.png
Binary files a/pic.png and b/pic.png differ
diff --git "a/tab\\tq\\"" "b/tab\\tq\\""
old mode 100644
new mode 100755
"""


def test_lines_keep_their_numbers() -> None:
    file = parse(CHANGED).files[0]
    lines = [(line.kind, line.old, line.new, line.text) for line in file.hunks[0].lines]
    assert lines == [
        ("same", 1, 1, "same"),
        ("del", 2, None, "-- looks like a header"),
        ("add", None, 2, "++ does too"),
        ("same", 3, 3, "end"),
    ]
    assert (file.name, file.hunks[0].title) == ("a b.py", "def total():")
    assert (file.additions, file.deletions) == (1, 2)


def test_every_kind_of_change_is_named() -> None:
    files = parse(KINDS).files
    assert [(f.name, f.old_name, f.status, f.notes) for f in files] == [
        ("new.sh", None, "added", ["Executable"]),
        ("old", None, "removed", []),
        ("to", "from", "renamed", []),
        ("pic.png", None, "changed", ["Binary file, not shown"]),
        ('tab\tq"', None, "changed", ["Executable"]),
    ]


def test_long_files_are_counted_and_not_shown() -> None:
    size = MAX_LINES + 7
    text = f"diff --git a/x b/x\n@@ -0,0 +1,{size} @@\n" + "+y\n" * size
    file = parse(text).files[0]
    assert (file.shown, file.hidden, file.additions) == (MAX_LINES, 7, size)


@given(st.text(max_size=300) | st.text(max_size=200).map(CHANGED.__add__))
def test_never_raises(text: str) -> None:
    parse(text)

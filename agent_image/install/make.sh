# needs:
# Projects from our template, and many others, have their tests as a target.
set -eu
command -v make >/dev/null || orc-packages make

# needs:
# Every image has it: the wrapper brings the work out with it.
set -eu
command -v git >/dev/null || orc-packages git

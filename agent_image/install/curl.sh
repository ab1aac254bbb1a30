# needs:
set -eu
command -v curl >/dev/null || orc-packages curl

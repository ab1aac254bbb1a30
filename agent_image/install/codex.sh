# needs: node
set -eu
npm install --global --no-fund --no-audit --cache /tmp/npm @openai/codex@0.169.0
rm -rf /tmp/npm
HOME=/tmp/home codex --version
rm -rf /tmp/home

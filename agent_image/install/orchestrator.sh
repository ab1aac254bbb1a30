# needs: python
# Its own environment, so that what it stands on is not found by the project's code.
set -eu
venv=/opt/orc/venv
[ -x "$venv/bin/python3" ] || python3 -m venv --without-pip "$venv"
python3 -m pip --python "$venv/bin/python3" install --no-cache-dir --root-user-action=ignore \
    typer==0.29.2 pydantic==2.13.5
echo /opt/orc >"$("$venv/bin/python3" -c 'import site; print(site.getsitepackages()[0])')/orc.pth"
cat >/usr/local/bin/orchestrator <<'LAUNCHER'
#!/bin/sh
exec /opt/orc/venv/bin/python3 -P -m agent_image.orchestrator "$@"
LAUNCHER
chmod 755 /usr/local/bin/orchestrator

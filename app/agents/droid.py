"""Factory Droid, headless: its command line and settings, and what its JSON lines mean.

It can't go on with an earlier session without Factory's servers, so it always starts fresh.
"""

import json
import re
from dataclasses import replace

from app.agents.judge import Heard, judge
from app.agents.reading import Event, count, events, names, part, session_id, words
from app.agents.surroundings import access_of, environment, files
from app.domain.run import Access, AgentJob, AgentResult, RunExit, RunSpec, Usage

DEFAULT_MODEL = "claude-sonnet-5"
_OPENAI = re.compile(r"gpt|o\d|codex", re.IGNORECASE)
_SCRIPT = """\
mkdir -p "$HOME/.factory" && cp "$ORC_JOB/settings.json" "$HOME/.factory/settings.json" || exit 1
exec droid exec "$@" -f "$ORC_JOB/prompt.md" </dev/null
"""
# What leaves the workspace or outlives the run.
_REMOVED = (
    "FetchUrl,WebSearch,ConnectorSearch,GenerateImage,GenerateDroid,Loop,Skill,Task,"
    "slack_post_file,StageSettingsChanges"
)
_QUIET = {"FACTORY_DROID_AUTO_UPDATE_ENABLED": "false", "FACTORY_TELEMETRY_ENABLED": "false"}
_REFUSED = re.compile(r"not permitted in this exec session|insufficient permission", re.IGNORECASE)


class DroidAgent:
    """npm `@factory/cli-linux-x64`; seen with 0.225.2, without an account at Factory."""

    name = "droid"
    capabilities = frozenset({"git", "python", "orchestrator", "droid"})
    reaches_out = True
    metered = True

    def run(self, job: AgentJob) -> RunSpec:
        access, model = access_of(job), job.model or DEFAULT_MODEL
        flags = (
            *("-m", f"custom:{model}", "-o", "stream-json"),
            *("--auto", "high", "--remove-tools", _REMOVED),
        )
        return RunSpec(
            id=job.run_id,
            argv=("bash", "-c", _SCRIPT, "droid", *flags),
            env=environment(access, _QUIET),
            files=files(job, {"settings.json": _settings(access, model)}),
            capabilities=self.capabilities,
            gateway=True,
        )

    def read(self, ended: RunExit) -> AgentResult:
        return replace(judge(ended, hear(ended.stdout)), session=None)


def _settings(access: Access, model: str) -> str:
    openai = _OPENAI.match(model) is not None
    custom = {
        "model": model,
        "displayName": model,
        "provider": "openai" if openai else "anthropic",
        "baseUrl": f"{access.url}/openai/v1" if openai else f"{access.url}/anthropic",
        "apiKey": "${ORC_TOKEN}",
    }
    # Its shield refuses `git add … && git commit …`; the host looks for secrets itself.
    off = {"cloudSessionSync": False, "enableDroidShield": False}
    return json.dumps({"customModels": [custom], **off})


def hear(stdout: bytes) -> Heard:
    """The event `completion` ends it, or an error of the program does."""
    heard = Heard()
    for event in events(stdout):
        session = session_id(event.get("session_id")) or heard.session
        heard = replace(heard, session=session)
        match event.get("type"):
            case "completion":
                usage = _usage(part(event, "usage"))
                heard = replace(heard, final=words(event.get("finalText")), usage=usage)
            case "result":
                heard = _result(event, heard)
            case "error" if event.get("source") != "cli" or heard.failure is None:
                said = words(event.get("message")) or "Droid says that it failed."
                heard = replace(heard, failure=said)
            case "tool_result":
                heard = replace(heard, denials=names([*heard.denials, _refused(event)]))
    return heard


def _result(event: Event, heard: Heard) -> Heard:
    """What `-o json` prints in place of events."""
    said, usage = words(event.get("result")), _usage(part(event, "usage"))
    if event.get("is_error") is False and event.get("subtype") == "success":
        return replace(heard, final=said, usage=usage)
    return replace(heard, failure=said or "Droid says that it failed.", usage=usage)


def _refused(event: Event) -> str | None:
    message = words(part(event, "error").get("message")) or ""
    return words(event.get("toolName") or event.get("toolId")) if _REFUSED.search(message) else None


def _usage(said: Event) -> Usage:
    cached = count(said.get("cache_read_input_tokens"))
    written = count(said.get("cache_creation_input_tokens"))
    return Usage(
        input=count(said.get("input_tokens")) + written + cached,
        output=count(said.get("output_tokens")),
        cached=cached,
    )

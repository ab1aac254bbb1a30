"""A job's own folders and environment: nothing of the sandbox's own environment gets in."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Mapping

from app.sandbox.actions.expression import Value, to_text
from app.sandbox.actions.runner.plan import Plan, github

SYSTEM_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_FROM_GITHUB = (
    "actor", "actor_id", "api_url", "base_ref", "event_name", "graphql_url", "head_ref", "job",
    "ref", "ref_name", "ref_protected", "ref_type", "repository", "repository_id",
    "repository_owner", "repository_owner_id", "retention_days", "run_attempt", "run_id",
    "run_number", "server_url", "sha", "triggering_actor", "workflow", "workflow_ref",
    "workflow_sha",
)  # fmt: skip


class Space:
    """Made before the first step, removed after the last."""

    def __init__(self, plan: Plan) -> None:
        name = github(plan.contexts, "repository").rpartition("/")[2] or "work"
        self.root = plan.work
        self.home = plan.work / "home"
        self.temp = plan.work / "temp"
        self.tools = plan.work / "tools"
        self.commands = plan.work / "commands"
        self.workspace = plan.work / name / name
        self.event = plan.work / "event.json"

    def make(self, event: bytes) -> None:
        for folder in (self.home, self.temp, self.tools, self.commands, self.workspace):
            folder.mkdir(parents=True)
        self.event.write_bytes(event)

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def github(self) -> dict[str, Value]:
        """What of the github context is about this machine."""
        return {"workspace": str(self.workspace), "event_path": str(self.event)}

    def runner(self) -> dict[str, Value]:
        arch = {"x86_64": "X64", "aarch64": "ARM64"}.get(platform.machine(), "X64")
        return {
            "name": "sandbox", "os": "Linux", "arch": arch, "environment": "self-hosted",
            "temp": str(self.temp), "tool_cache": str(self.tools), "debug": "",
        }  # fmt: skip

    def environment(self, contexts: Mapping[str, Value]) -> dict[str, str]:
        """The same for all steps; PATH is added for each."""
        context = contexts.get("github")
        known = context if isinstance(context, dict) else {}
        named = {f"GITHUB_{name.upper()}": to_text(known[name])
                 for name in _FROM_GITHUB if name in known}  # fmt: skip
        runner = {f"RUNNER_{name.upper()}": to_text(value)
                  for name, value in self.runner().items() if value != ""}  # fmt: skip
        return named | runner | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(self.event),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_WORKSPACE": str(self.workspace.parent),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
        }  # fmt: skip

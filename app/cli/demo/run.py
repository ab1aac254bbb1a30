"""One demo, from an empty folder to a closed issue. All of it is real but for GitHub."""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from app.agents import agent_type
from app.cli.demo.app_process import StartFailed
from app.cli.demo.ending import interrupt_when_told, wait_until_told
from app.cli.demo.model import model
from app.cli.demo.options import Options, Plan, check, keeping
from app.cli.demo.outcome import outcome
from app.cli.demo.screen import Screen
from app.cli.demo.stand import PERSON, Setting, stand
from app.cli.demo.tools import interpreter
from app.cli.demo.watch import watch
from app.domain.stage import Stage

_PATIENCE = 5.0  # seconds


def run(options: Options) -> int:
    """The exit code: 0 only if the issue ended in orc:done."""
    plan = check(options)
    screen = Screen(as_json=options.as_json)
    interrupt_when_told()
    # its name is known before it is there: one can be interrupted in between
    root = Path(tempfile.gettempdir(), f"orc-demo-{secrets.token_urlsafe(6)}")
    try:
        root.mkdir(mode=0o700)
        return _run(options, plan, root, screen)
    except StartFailed as error:
        screen.fail(str(error))
        return 1
    except KeyboardInterrupt:
        screen.fail("stopped")
        return 130
    finally:
        screen.stop()  # it hides the cursor
        _remove(root)


def _remove(root: Path) -> None:
    """What was interrupted may still write to it for a moment."""
    until = time.monotonic() + _PATIENCE
    shutil.rmtree(root, ignore_errors=True)
    while root.exists() and time.monotonic() < until:
        time.sleep(0.05)
        shutil.rmtree(root, ignore_errors=True)


def _run(options: Options, plan: Plan, root: Path, screen: Screen) -> int:
    screen.title(plan.scenario.name, plan.scenario.description)
    stack = contextlib.ExitStack()
    talks = stack.enter_context(model(options.agent, plan.scenario_file.stem))
    if talks.said:
        screen.note(talks.said)
    given = {
        "ORC_SCENARIO": str(plan.scenario_file),
        "ORC_EXECUTOR": options.executor,
        "ORC_REVIEW_SECONDS": "1",
    }
    if options.executor == "docker":
        given |= _images(options, screen)
    tools: dict[str, str] = {}
    if plan.scenario.repository is not None:
        with screen.working("Preparing Python for the new project"):
            tools = {"PYTHON": str(interpreter()), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    if tools and options.executor == "process":
        given["ORC_RUN_ENVIRONMENT"] = json.dumps(tools)
    with screen.working("Setting up an offline GitHub and the app"):
        setting = Setting(root, given | dict(talks.environ), tools)
        place = stack.enter_context(stand(plan, options.agent, setting))
    with stack:
        began, mark = time.monotonic(), len(place.sandbox.requests)
        issue = place.sandbox.open_issue(
            place.repository,
            by=PERSON,
            title=plan.title,
            body=plan.body,
            labels=["orchestrate"],
        )
        asked = replace(place, number=issue.number)
        screen.opened(issue.number, plan.title, asked.url)
        record, built = watch(asked, screen, plan.scenario.people)
        result = outcome(asked, built, record, mark, time.monotonic() - began)
        screen.result(result)
        if options.keep:
            wait_until_told(lambda: screen.keep(asked.url))
        elif not options.as_json:
            screen.again(keeping(options))
        screen.last(result)
    return 0 if result.stage == Stage.DONE else 1


def _images(options: Options, screen: Screen) -> dict[str, str]:
    """Build what the demo's containers need, with the log to look at: the first time takes long."""
    from app.cli.images import ensure

    needs = (agent_type(options.agent).capabilities, frozenset({"git", "python"}))
    for capabilities in needs:
        with screen.working(f"An image with {', '.join(sorted(capabilities))}"):
            ensure(capabilities)
    kept = ("ORC_BASE_IMAGE", "ORC_EXTRA_CA", "ORC_RUN_ENVIRONMENT")
    return {name: os.environ[name] for name in kept if os.environ.get(name)}

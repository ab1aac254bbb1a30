"""The command line of an agent: whatever happens, it ends as one line of JSON and an exit code."""

import os
from collections.abc import Sequence

import typer

from agent_image.orchestrator import deploy, diagnose, engineering, infra, project, speech
from agent_image.orchestrator.answer import Answer, Failed, exit_code, line

app = typer.Typer(
    name="orchestrator",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
GROUPS = (
    ("project", project.app),
    ("engineering", engineering.app),
    ("deploy", deploy.app),
    ("infra", infra.app),
    ("diagnose", diagnose.app),
)
for _name, _group in GROUPS:
    app.add_typer(_group, name=_name)
app.command("respond")(speech.respond)
app.command("finish")(speech.finish)


@app.callback()
def orchestrator() -> None:
    """Speak to the system that started this run. To call it means: I go on working.

    Your final result means: I stopped. No call replaces it.

    Every command but --help prints one line of JSON: {"success": true, "data": …, "message": …}
    or {"success": false, "error": …, "message": …, "details": …}. Exit code 0: done, 1: refused or
    failed, 2: used wrongly. What your role may use is decided by the system; "PermissionDenied"
    lists it. At most 30 calls in a minute.

    \b
    project      create | list | get | tasks | set-secret
    engineering  start | status | wait
    deploy       start | status | wait
    infra        servers | allocate | release | incidents
    diagnose     api | github | projects | logs | health
    respond      say something on the issue
    finish       say the last word on it

    \b
    orchestrator engineering status
    orchestrator respond "Both tests pass now."
    orchestrator project get --help
    """


def main(argv: Sequence[str]) -> int:
    """The exit code; the answer is printed."""
    answer = _run(argv)
    if answer is None:
        return 0
    print(line(answer, os.environ.get("ORC_TOKEN", "")), flush=True)  # noqa: T201 - it is the answer
    return exit_code(answer)


def _run(argv: Sequence[str]) -> Answer | None:
    """What the command answers; None after --help."""
    try:
        answer = app(list(argv), prog_name="orchestrator", standalone_mode=False)
    except Failed as failed:
        return failed.answer
    except typer.TyperException as error:
        return _misused(error)
    except Exception as error:  # a traceback is no JSON, and may hold what was given
        name = type(error).__name__
        return Failed("InternalError", f"The command itself failed ({name}). Try again.").answer
    if isinstance(answer, dict):
        return answer
    return None if answer == 0 else Failed("Interrupted", "The command was interrupted.").answer


def _misused(error: typer.TyperException) -> Answer:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "orchestrator"
    describe = getattr(error, "format_message", error.__str__)
    return Failed("UsageError", describe(), {"help": f"{path} --help"}).answer

"""The `orc` command put together. Each subcommand imports what it needs when it is called."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.images import images

app = typer.Typer(
    name="orc",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
config = typer.Typer(help="Look at orchestrator.yml files.", no_args_is_help=True)
app.add_typer(config, name="config")
app.add_typer(images, name="images")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"orc {version('codegen-orchestrator')}")
        raise typer.Exit


@app.callback()
def orc(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Turns GitHub issues into tested, merged code. Operators' command."""


@app.command()
def serve() -> None:
    """Run the app: webhooks in, work out. Settings come from the environment and .env."""
    gc.disable()  # what is imported stays: to look for garbage in it is a tenth of the start
    from app.cli.serve import serve as run

    gc.freeze()
    gc.enable()
    raise typer.Exit(run())


@app.command()
def doctor(as_json: Json = False) -> None:
    """See whether the app has all it needs; say what is missing."""
    from app.cli.doctor import doctor as run

    raise typer.Exit(run(as_json=as_json))


@config.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="orchestrator.yml files, outermost first.")],
    repo: Annotated[
        str | None, typer.Option(metavar="NAME", help="What holds for the repository of this name.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read configuration files as the app would, and show what they come to."""
    from app.cli.config import check as run

    raise typer.Exit(run(files, repo, as_json=as_json))


@app.command()
def demo(
    repo: Annotated[
        Path | None, typer.Option(help="A git repository to work on, instead of the sample.")
    ] = None,
    issue: Annotated[
        Path | None, typer.Option(help="A Markdown file: its first line is the title.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="A built-in scenario, or a file with your own.")
    ] = None,
    agent: Annotated[
        str, typer.Option(help="The coding agent: scripted, claude, codex or droid.")
    ] = "scripted",
    executor: Annotated[
        str, typer.Option(help="Where the agent runs: process or docker.")
    ] = "process",
    keep: Annotated[bool, typer.Option(help="Stay up for a look in the browser.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Name the built-in scenarios.")] = False,
    as_json: Json = False,
) -> None:
    """Watch an issue become a merged pull request, offline."""
    from app.cli.demo.options import Options, list_scenarios
    from app.cli.demo.run import run

    if list_:
        list_scenarios(as_json=as_json)
        return
    options = Options(repo, issue, scenario or "default", agent, executor, keep, as_json)
    raise typer.Exit(run(options))


def main() -> None:
    """The console script. Errors that a person can mend are one message and exit code 1 or 2."""
    from app.cli.machine import Lacking
    from app.settings import SettingsError

    try:
        app()
    except SettingsError as error:
        sys.stderr.write(f"orc: the settings are not complete\n{error}\nSee docs/operating.md.\n")
        sys.exit(1)
    except Lacking as error:
        sys.stderr.write(f"orc: {error}\n")
        sys.exit(1)

"""What comes out of a run: plain files, and the work as a git bundle."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.run import ExitReason, RunExit, RunLimits, RunSpec
from app.executors.process import ProcessExecutor
from app.graphs.ports import Executor

from .runs import empty, limits, python, run, shell

ME = "-c user.name=me -c user.email=me@localhost"


def git(folder: Path, *args: str) -> str:
    command = ["git", "-c", "user.name=me", "-c", "user.email=me@localhost", *args]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.txt").write_text("a\n")
    (folder / ".gitignore").write_text("ignored\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


async def work(executor: Executor, origin: Path, script: str) -> RunExit:
    async def prepare(workspace: Path) -> None:
        git(workspace, "clone", "-q", str(origin), ".")

    base = git(origin, "rev-parse", "HEAD").strip()
    spec = RunSpec("r1", shell(script), base=base, limits=limits())
    await executor.start(spec, prepare)
    return await executor.wait("r1")


def taken(origin: Path, ended: RunExit) -> list[str]:
    """The subjects of what the bundle brings, newest first."""
    assert ended.work is not None
    git(origin, "fetch", "-q", str(ended.work), "HEAD")
    return git(origin, "log", "--format=%s", "HEAD..FETCH_HEAD").splitlines()


KEPT = "Keep what was left uncommitted"


@pytest.mark.parametrize(
    ("script", "subjects"),
    [
        ("echo b > b", [KEPT]),
        (f"echo b > b; git add b; git {ME} commit -qm two", ["two"]),
        (f"echo b > b; git add b; git {ME} commit -qm two; rm a.txt", [KEPT, "two"]),
        (f"git checkout -q --detach; echo b > b; git add b; git {ME} commit -qm two", ["two"]),
        ("echo b > b; exit 3", [KEPT]),
        ("echo b > b; kill -9 $$", [KEPT]),
        ("echo b > b; touch .git/index.lock", [KEPT]),
    ],
    ids=[
        "uncommitted",
        "committed",
        "both",
        "detached",
        "failed",
        "killed",
        "lock left",
    ],
)
async def test_work(executor: Executor, origin: Path, script: str, subjects: list[str]) -> None:
    ended = await work(executor, origin, script)
    assert taken(origin, ended) == subjects
    assert ended.detail == ""


@pytest.mark.parametrize("script", ["true", "echo x > ignored", "touch a.txt"])
async def test_no_work(executor: Executor, origin: Path, script: str) -> None:
    ended = await work(executor, origin, script)
    assert (ended.reason, ended.work, ended.detail) == (ExitReason.EXITED, None, "")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("rm -rf .git", "not a git repository"),
        ("rm -rf .git; git init -q", "no longer in the repository"),
        ("echo '[' >> .git/config", "bad config"),
        ("echo '[include' >> .git/config", "bad config"),
    ],
)
async def test_work_that_can_not_be_taken(
    executor: Executor, origin: Path, script: str, why: str
) -> None:
    ended = await work(executor, origin, script)
    assert (ended.reason, ended.exit_code, ended.work) == (ExitReason.EXITED, 0, None)
    assert "the work could not be taken" in ended.detail
    assert why in ended.detail


async def test_the_repositorys_own_settings_do_not_hang_it(
    executor: Executor, origin: Path
) -> None:
    script = """
    printf '#!/bin/sh\\nsleep 600' > slow && chmod +x slow
    mkdir -p .git/hooks && cp slow .git/hooks/pre-commit && cp slow .git/hooks/post-commit
    git config core.hooksPath "$PWD/.git/hooks"
    git config core.fsmonitor "$PWD/slow"
    git config commit.gpgSign true
    git config gpg.program "$PWD/slow"
    git config core.editor "$PWD/slow"
    git config core.pager "$PWD/slow"
    """
    ended = await work(executor, origin, script)
    assert taken(origin, ended) == [KEPT]


async def test_what_can_not_be_committed_costs_only_itself(
    executor: Executor, origin: Path
) -> None:
    script = f"echo b > b; git add b; git {ME} commit -qm two; mkdir sub; git -C sub init -q"
    ended = await work(executor, origin, script)
    assert taken(origin, ended) == ["two"]
    assert "not all that was left uncommitted" in ended.detail


async def test_without_a_base_there_is_no_work(executor: Executor) -> None:
    await executor.start(RunSpec("r1", shell("git init -q; echo b > b")), empty)
    ended = await executor.wait("r1")
    assert (ended.work, ended.detail) == (None, "")


def files(ended: RunExit) -> dict[str, str]:
    assert ended.out is not None
    found = {str(path.relative_to(ended.out)): path for path in ended.out.rglob("*")}
    assert not any(path.is_symlink() for path in found.values())
    return {name: path.read_text() for name, path in found.items() if path.is_file()}


KEEP = RunSpec("r1", (), keep=("*.xml", "reports/**/*.xml", "logs/**"))


async def test_kept_files(executor: Executor) -> None:
    script = """
    echo 1 > a.xml; echo 2 > a.txt; mkdir -p other reports/x/y logs/deep; echo 3 > other/b.xml
    echo 4 > reports/c.xml; echo 5 > reports/x/y/d.xml; echo 6 > logs/deep/e; echo 7 > "$ORC_OUT/f"
    """
    await executor.start(replace(KEEP, argv=shell(script)), empty)
    assert files(await executor.wait("r1")) == {
        "kept/a.xml": "1\n",
        "kept/reports/c.xml": "4\n",
        "kept/reports/x/y/d.xml": "5\n",
        "kept/logs/deep/e": "6\n",
        "f": "7\n",
    }


async def test_home_goes_in_and_comes_out(executor: Executor, tmp_path: Path) -> None:
    home = tmp_path / "earlier"
    (home / ".agent/sessions").mkdir(parents=True)
    (home / ".agent/sessions/1.jsonl").write_text("1\n")
    (home / "link").symlink_to("/etc/passwd")
    script = """
    test ! -e ~/link && cat ~/.agent/sessions/1.jsonl && echo 2 >> ~/.agent/sessions/1.jsonl
    echo key > ~/.agent/credentials; ln -s /etc/passwd ~/.agent/sessions/link
    mkdir "$ORC_OUT/home"; echo x > "$ORC_OUT/home/fake"
    """
    spec = RunSpec("r1", shell(script), home=home, keep_home=(".agent/sessions/**",))
    await executor.start(spec, empty)
    ended = await executor.wait("r1")
    assert ended.stdout == b"1\n"
    assert files(ended) == {"home/.agent/sessions/1.jsonl": "1\n2\n"}
    assert (home / ".agent/sessions/1.jsonl").read_text() == "1\n"


async def test_only_plain_files_are_kept(executor: Executor, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/x.xml").write_text("host")
    script = f"""
    ln -s {tmp_path}/secret/x.xml link.xml; ln -s {tmp_path}/secret reports; mkfifo pipe.xml
    ln -s {tmp_path}/secret/x.xml "$ORC_OUT/link"; ln -s {tmp_path}/secret "$ORC_OUT/folder"
    echo ok > good.xml; mkdir folder.xml logs; mkfifo logs/pipe
    """
    await executor.start(replace(KEEP, argv=shell(script)), empty)
    ended = await executor.wait("r1")
    assert files(ended) == {"kept/good.xml": "ok\n"}


async def test_what_is_kept_is_limited(executor: Executor) -> None:
    script = "truncate -s 1T huge.xml; mkdir logs; touch logs/{1..1200}; echo ok > a.xml"
    await executor.start(replace(KEEP, argv=shell(script)), empty)
    ended = await executor.wait("r1")
    assert len(files(ended)) == 1000
    assert "kept/a.xml" in files(ended)
    assert "not kept" in ended.detail


async def test_a_command_can_not_pose_as_the_wrapper(executor: Executor) -> None:
    script = 'cd "$ORC_OUT"; mkdir kept; echo x > kept/a.xml; echo x > work.bundle'
    await executor.start(replace(KEEP, argv=shell(script)), empty)
    ended = await executor.wait("r1")
    assert files(ended) == {}
    assert ended.work is None


only_process = pytest.mark.parametrize("executor", ["process"], indirect=True)


@only_process
async def test_a_command_can_not_block_the_result(executor: Executor) -> None:
    """Whatever it puts where the wrapper is going to write: it may cost the run, not the waiter."""
    script = """
    cd .. && rm -rf events.jsonl stdout job.json out outbox home tmp
    mkfifo events.jsonl stdout result.json result.json.draft; ln -s /etc out; ln -s /etc outbox
    """
    await executor.start(replace(KEEP, argv=shell(script)), empty)
    ended = await executor.wait("r1")
    assert (ended.reason, ended.exit_code, ended.stdout) == (ExitReason.EXITED, 0, b"")
    assert ended.out is None


@only_process
async def test_a_command_that_removes_everything_is_lost(executor: Executor) -> None:
    await executor.start(replace(KEEP, argv=shell('rm -rf "$(dirname "$PWD")"')), empty)
    assert (await executor.wait("r1")).reason is ExitReason.LOST


OVER = """
import os, pathlib
stream = pathlib.Path(os.environ["ORC_JOB"]).parent / "stdout"
with stream.open("ab") as file:
    file.write(b"first\\n" + b"{\\n" * 1_000_000 + b"last\\n")
"""


async def test_what_was_written_past_the_wrapper_is_cut_by_the_host(tmp_path: Path) -> None:
    """The command has the wrapper's own rights in its container, or even here."""
    executor = ProcessExecutor(tmp_path)
    ended = await run(executor, python(OVER))
    assert ended.truncated
    assert len(ended.stdout) <= RunLimits().output_bytes
    assert ended.stdout.startswith(b"first\n")
    assert ended.stdout.endswith(b"{\nlast\n")
    assert b" bytes left out " in ended.stdout


async def test_a_run_can_not_ask_for_more_output_than_the_host_reads(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="output_bytes"):
        await run(ProcessExecutor(tmp_path), shell("true"), limits(output=1_000_001))

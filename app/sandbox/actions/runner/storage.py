"""Stands in for the actions that keep files: cache, upload-artifact, download-artifact."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.sandbox.actions import globs
from app.sandbox.actions.runner.log import StepLog
from app.sandbox.actions.runner.plan import StepFailed
from app.sandbox.actions.runner.uses import StandIn, Use

_MAX_FILES = 20_000
_BAD_IN_NAMES = set('":<>|*?\r\n\\/')


def workspace_files(folder: Path) -> Iterator[str]:
    """Paths of all files, in order, as patterns see them; links are not followed."""
    for number, path in enumerate(sorted(folder.rglob("*"))):
        if number >= _MAX_FILES:
            raise StepFailed(f"there are more than {_MAX_FILES} files under {folder}")
        name = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and ".git" not in name.parts:
            yield name.as_posix()


def hash_files(folder: Path, patterns: list[str]) -> str:
    """One digest over the digests of all files that fit; "" when none does."""
    found = globs.files(workspace_files(folder), patterns)
    if not found:
        return ""
    total = hashlib.sha256()
    for name in found:
        total.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return total.hexdigest()


def _cache(use: Use) -> None:
    key = _required(use, "key")
    paths = [_place(use, line) for line in _lines(_required(use, "path"))]
    exact = use.plan.machine.caches / _name(key)
    hit = exact if exact.is_dir() else _newest(use, _lines(use.inputs.get("restore-keys", "")))
    use.outputs["cache-hit"] = "true" if hit == exact else "false" if hit else ""
    if hit is None:
        use.log.line(f"Cache not found for input keys: {key}")
    else:
        _restore(hit, paths)
        use.log.line(f"Cache restored from key: {(hit / 'key').read_text()}")
    if hit != exact:
        use.posts.append(lambda log: _save(log, exact, key, paths))


def _newest(use: Use, prefixes: list[str]) -> Path | None:
    folder = use.plan.machine.caches
    kept = sorted(folder.glob("*/key"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for prefix in prefixes:
        for one in kept:
            if one.read_text().startswith(prefix):
                return one.parent
    return None


def _restore(kept: Path, paths: list[Path]) -> None:
    for number, path in enumerate(paths):
        source = kept / str(number)
        if source.is_dir():
            shutil.copytree(source, path, symlinks=True, dirs_exist_ok=True)
        elif source.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, path)


def _save(log: StepLog, kept: Path, key: str, paths: list[Path]) -> None:
    if kept.is_dir():
        log.line(f"Cache hit occurred on the primary key {key}, not saving cache.")
        return
    half = kept.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    for number, path in enumerate(paths):
        if path.is_dir():
            shutil.copytree(path, half / str(number), symlinks=True)
        elif path.is_file():
            shutil.copy2(path, half / str(number))
    (half / "key").write_text(key)
    half.rename(kept)
    log.line(f"Cache saved with key: {key}")


def _upload(use: Use) -> None:
    name = use.inputs.get("name", "") or "artifact"
    _check_name(name)
    target = use.plan.machine.artifacts(int(use.github("run_id"))) / name
    if target.exists():
        if not use.flag("overwrite", default=False):
            raise StepFailed(f"an artifact with this name already exists on the run: {name}")
        shutil.rmtree(target)
    root, found = _chosen(use, _lines(_required(use, "path")))
    if not found:
        _nothing(use)
        return
    for one in found:
        (target / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / one, target / one)
    use.log.line(f"Artifact {name} has been uploaded: {len(found)} file(s)")


def _chosen(use: Use, patterns: list[str]) -> tuple[Path, list[str]]:
    """Names below the least folder that holds all that was named, as GitHub keeps them."""
    workspace = use.space.workspace
    said = [use.inside(line.removeprefix("!")) for line in patterns]
    names = [path.relative_to(workspace.resolve()).as_posix() for path in said]
    wanted = [("!" if line.startswith("!") else "") + ("**" if name == "." else name)
              for line, name in zip(patterns, names, strict=True)]  # fmt: skip
    hidden = use.flag("include-hidden-files", default=False)
    found = [name for name in globs.files(workspace_files(workspace), wanted)
             if hidden or not any(part.startswith(".") for part in name.split("/"))]  # fmt: skip
    root = workspace
    if len(said) == 1 and said[0].is_dir():
        root = said[0]
    elif len(said) == 1 and found and len(found) == 1:
        root = (workspace / found[0]).parent
    return root, [(workspace / one).relative_to(root).as_posix() for one in found]


def _nothing(use: Use) -> None:
    what = use.inputs.get("if-no-files-found", "") or "warn"
    words = f"No files were found with the provided path: {use.inputs['path']}"
    if what == "error":
        raise StepFailed(words)
    if what not in {"warn", "ignore"}:
        raise StepFailed(f"Input 'if-no-files-found' can't be '{what[:80]}'")
    use.log.line(f"##[warning]{words}" if what == "warn" else words)


def _download(use: Use) -> None:
    kept = use.plan.machine.artifacts(int(use.github("run_id")))
    name, target = use.inputs.get("name", ""), use.inside(use.inputs.get("path", ""))
    if name:
        _check_name(name)
        if not (kept / name).is_dir():
            raise StepFailed(f"Artifact not found for name: {name}")
        shutil.copytree(kept / name, target, dirs_exist_ok=True)
    elif kept.is_dir():
        shutil.copytree(kept, target, dirs_exist_ok=True)
    use.outputs["download-path"] = str(target)


def _check_name(name: str) -> None:
    if set(name) & _BAD_IN_NAMES or name in {".", ".."} or len(name) > 200:
        raise StepFailed(f"The artifact name is not valid: {name[:200]}")


def _required(use: Use, name: str) -> str:
    if not use.inputs.get(name, "").strip():
        raise StepFailed(f"Input required and not supplied: {name}")
    return use.inputs[name]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _place(use: Use, said: str) -> Path:
    """Caches may also be in the job's own home."""
    if said.startswith("~/"):
        return use.space.home / said[2:]
    return use.inside(said)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


CACHE = StandIn(
    "actions/cache", _cache, inputs=("path", "key", "restore-keys"), idle=("upload-chunk-size",)
)
UPLOAD = StandIn(
    "actions/upload-artifact",
    _upload,
    inputs=("name", "path", "if-no-files-found", "overwrite", "include-hidden-files"),
    idle=("retention-days", "compression-level"),
)
DOWNLOAD = StandIn("actions/download-artifact", _download, inputs=("name", "path"))

"""Which paths an agent may write. Pure; it must be right for every file system, not just this one.

A path that is harmless here may be `.git` or `.github` on a file system that folds case, ignores
characters (HFS+, APFS) or has short names, alternate streams and trailing dots (NTFS).
"""

import re
import unicodedata

_COMPONENT = 255  # bytes
_PATH = 1_000  # bytes
_WORKFLOWS = (
    "Files below .github decide what runs with the repository's secrets; only people change them. "
    "Leave it as it is, and describe the wanted change in your summary."
)
_CI = (
    "Files of CI systems decide what runs with the repository's secrets; only people change it. "
    "Leave it as it is, and describe the wanted change in your summary."
)
_CI_FOLDERS = frozenset(
    {
        *(".circleci", ".buildkite", ".gitlab", ".gitlab-ci", ".woodpecker", ".drone", ".tekton"),
        *(".gitea", ".forgejo", ".azure", ".azure-pipelines", ".azuredevops", ".semaphore"),
        *(".teamcity", ".travis", ".builds", ".jenkins", ".harness"),
    }
)
# At any depth: where some of them lie is a setting of the CI system's, which we don't see.
_CI_FILE = re.compile(
    r"jenkinsfile.*|azure-pipelines.*\.ya?ml|(cloudbuild|buildspec).*\.(ya?ml|json)"
    r"|\.(travis|gitlab-ci|cirrus|semaphore|build|shippable|scrutinizer|appveyor)\.(ya?ml|star)"
    r"|\.(drone|woodpecker).*\.(ya?ml|star|jsonnet|json)"
    r"|(bitbucket-pipelines|appveyor|bitrise|codemagic|wercker|screwdriver|circle)\.ya?ml"
)
_TEMPLATE = (
    "It says which template the project is made from; updates of the template change it. "
    "Leave it as it is."
)
# 8.3 names: GITHUB~1, GITMOD~1, GIT~1, and the hashed ones that follow the fourth clash (GI7EBA~1).
_SHORT = re.compile(r"gi[a-z0-9]{0,4}~[0-9]{1,6}(\..{0,3})?")
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def fold(name: str) -> str:
    """The name as the most forgiving file system would see it."""
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", name)
        if unicodedata.category(c) not in ("Mn", "Cf")
    )
    return bare.upper().casefold().partition(":")[0].rstrip(". ")


def protected(path: bytes) -> str | None:
    """Why nobody but a person may change, move or delete what is at this path; None if they may."""
    parts = [fold(part) for part in re.split(r"[/\\]", path.decode("utf-8", "replace"))]
    parts = [part for part in parts if part]
    if not parts:
        return None
    if parts[0] == ".github" or _SHORT.fullmatch(parts[0]):
        return _WORKFLOWS
    if parts[0] in _CI_FOLDERS or _CI_FILE.fullmatch(parts[-1]):
        return _CI
    if parts == [".copier-answers.yml"]:
        return _TEMPLATE
    if ".gitmodules" in parts:
        return "Submodules are not allowed. Copy the files in, or use a package."
    if parts in (["codeowners"], ["docs", "codeowners"], ["orchestrator.yml"]):
        return "Only people change who reviews, and how the orchestrator works. Leave it as it is."
    return None


def unfit(path: bytes) -> str | None:
    """Why this path can't be written; None if it can."""
    if len(path) > _PATH or any(len(part) > _COMPONENT for part in path.split(b"/")):
        return "The path is too long. Shorten it."
    try:
        text = path.decode("utf-8")
    except UnicodeDecodeError:
        return "The path is not valid UTF-8. Rename the file."
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _DIRECTIONS for c in text):
        return "The path has control characters. Rename the file."
    if "\\" in text or ":" in text:
        return "The path has a backslash or a colon. Rename the file."
    for part in text.split("/"):
        if part in ("", ".", ".."):
            return "The path leaves the repository. Use a plain relative path."
        if fold(part) in (".git", "") or _SHORT.fullmatch(fold(part)):
            return "Git's own folder, or a name that stands for it, can't be committed. Rename it."
    return None


def show(path: bytes) -> str:
    """The path for people: printable, and on one line."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)[:_PATH]

"""What can go wrong with git, sorted by what to do about it. It must never carry a token."""

import re

from app.engine.ports import Unanswered
from app.graphs.ports import GivenUp


class GitError(GivenUp):
    """git failed on this machine; the text says what failed and what to do next.

    `code` is git's exit code, None when it was ended by us (deadline, too much output).
    """

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class RemoteUnreachable(GitError, Unanswered):
    """The network or the server failed; the same call may be repeated."""


class RemoteRefused(GitError):
    """The token is not accepted or lacks a permission; repeating does not help."""


class PushRejected(GitError):
    """The server understood the push and said no (a rule of the repository)."""


class BranchMissing(GitError):
    """The base branch does not exist on the remote."""


class BranchMoved(GitError):
    """Somebody else moved the task's branch; nothing was overwritten."""


_UNREACHABLE = re.compile(
    r"returned error: (?:5\d\d|429|408)|could not resolve|failed to connect|couldn't connect"
    r"|timed out|timeout|early eof|rpc failed|unexpected disconnect|connection (?:reset|refused)"
    r"|hung up|empty reply|transfer closed|ssl_|gnutls|operation too slow|internal server error",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"returned error: 40[134]|authentication failed|could not read (?:username|password)"
    r"|permission to .* denied|write access .* not granted|repository .*not found"
    r"|access denied|does not appear to be a git repository|resource not accessible",
    re.IGNORECASE,
)
_ADVICE_REFUSED = (
    "Check that the App is installed on the repository and has the contents permission (write)."
)


def explain(what: str, stderr: str, code: int | None, *, remote: bool) -> GitError:
    """The kind of error that git's words mean; `stderr` must be redacted already."""
    words = " ".join(stderr.split())[-1500:] or "git said nothing"
    if "couldn't find remote ref" in words:
        return BranchMissing(
            f"{what}: the base branch is not on the remote ({words}). "
            "Push a first commit to it, or set another base branch.",
            code,
        )
    if "[rejected]" in words:
        return BranchMoved(
            f"{what}: somebody pushed to the branch meanwhile ({words}). "
            "Nothing was overwritten; /retry builds on what is there.",
            code,
        )
    if "[remote rejected]" in words:
        return PushRejected(
            f"{what}: the repository rejected the push ({words}). "
            "Look at its branch rules; /retry when they allow it.",
            code,
        )
    if remote and _REFUSED.search(words):
        return RemoteRefused(f"{what}: refused ({words}). {_ADVICE_REFUSED}", code)
    if remote and _UNREACHABLE.search(words):
        return RemoteUnreachable(f"{what}: the remote failed ({words}). Try again later.", code)
    return GitError(f"{what} failed with {code}: {words}", code)

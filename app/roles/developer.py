"""The developer: turns a request, and what came since, into the words an agent is given."""

from dataclasses import dataclass

from app.domain.spec import Specification
from app.domain.thread import Comment
from app.roles.context import RULES, Request, block, own_words, requested, said
from app.roles.contract import RESULT

_TASK = """\
You are the developer of this repository. The request below comes from an issue. {rules}
Do what it asks, with tests for what you add, in the style of the code that is here. Commit your
work. You cannot push. Changes to .github/, submodules and symbolic links are refused, and so are
files of more than 1 MB and changes of more than 5 MB or 1,000 files.

The tests are run elsewhere, on what you committed, with: {test_command}

{request}
"""

_GO_ON = """\
Go on with the request you know, as the developer of this repository. All rules from before hold.
Your workspace is a fresh checkout of what was accepted so far: look before you rely on what you
remember. Commit your work. The tests are run elsewhere, on what you committed, with: {test_command}
"""

_PLAN = """
The architect of this repository wants it built like this; where the code shows that it can't be, do
what does what was asked for:

{plan}
"""

_AGAIN = """
Attempt {attempt}. Your last attempt is what you find committed; it did not pass:

{failures}
"""


_HIDDEN = """
Your workspace has the files that agents take orders from, such as AGENTS.md and .claude/, as the
base branch has them; `git show {commit}:PATH` says what your branch made of them. Leave them unless
the request is about them: what you commit to one then replaces what your branch has of it.
"""

_MERGING = """
A merge is begun in your workspace:

{merging}
"""

_REVIEW = """
Reviewers have read your work and said this of it. {rules}
{review}

Do what they ask, or say why not. Beside `verdict` and `text`, your result then also has `answers`:
to each thread by its number, in a sentence or two, what you did:
"answers": {{"1": "It is compared by temperature now."}}
"""


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation at a place of the code; `hunk` is what the code was there."""

    where: str
    hunk: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What the agent works on in this attempt; `failures` of the one before, empty at first.

    `hidden` is the commit that its workspace shows, where some files are the base's instead.
    `merging` says what is merged in it, and how far. `words` are the organisation's own.
    """

    title: str
    body: str
    test_command: str
    attempt: int
    failures: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    spec: Specification | None = None
    plan: str = ""
    threads: tuple[Thread, ...] = ()
    remarks: tuple[str, ...] = ()
    hidden: str = ""
    merging: str = ""
    words: str = ""


def prompt(brief: Brief) -> str:
    """The whole context, for an agent that knows nothing."""
    request = requested(Request(brief.title, brief.body, brief.spec))
    text = _TASK.format(rules=RULES, request=request, test_command=brief.test_command)
    since = said("since", brief.comments)
    return text + since + _again(brief) + own_words(brief.words) + RESULT


def follow_up(brief: Brief, heard: int) -> str:
    """Only what is new, for a session that knows the request and the comments up to `heard`."""
    text = _GO_ON.format(test_command=brief.test_command)
    news = [comment for comment in brief.comments if comment.id > heard]
    since = said("since then", news)
    return text + since + _again(brief) + own_words(brief.words) + RESULT


def _again(brief: Brief) -> str:
    """What every attempt is told, also by a session that knows the request."""
    hidden = _HIDDEN.format(commit=brief.hidden) if brief.hidden else ""
    return hidden + _planned(brief) + _reviewed(brief) + _failed(brief)


def _planned(brief: Brief) -> str:
    return _PLAN.format(plan=block("plan", brief.plan)) if brief.plan else ""


def _reviewed(brief: Brief) -> str:
    if not brief.threads and not brief.remarks:
        return ""
    parts = list(brief.remarks)
    for number, thread in enumerate(brief.threads, 1):
        said_there = "\n".join(thread.said)
        parts.append(f"Thread {number}, {thread.where}:\n{thread.hunk}\n{said_there}")
    return _REVIEW.format(rules=RULES, review=block("review", "\n\n".join(parts)))


def _failed(brief: Brief) -> str:
    merging = _MERGING.format(merging=block("notes", brief.merging)) if brief.merging else ""
    if not brief.failures:
        return merging
    failures = block("failures", "\n\n".join(brief.failures))
    return _AGAIN.format(attempt=brief.attempt, failures=failures) + merging

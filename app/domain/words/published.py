"""What stands on commits, pull requests and checks. Agents' texts in it are fenced."""

import re
from collections.abc import Iterable

from app.domain.record import Attempt
from app.domain.task import Task
from app.domain.verdict import Verdict
from app.domain.words.quoting import fenced, one_line, tame
from app.domain.words.verdicts import MAX_ESSENCE, attempts_table

_PART, _PART_END = "<!-- orc:verdict -->", "<!-- /orc:verdict -->"


def commit_message(task: Task, attempt: int) -> str:
    """What stands on a commit of an agent's work."""
    return (
        f"{_subject(task.title)[:60] or 'Work on the request'}\n\n"
        f"For #{task.issue.number}, attempt {attempt}.\n\n"
        f"{trailers(task.code_mark, attempt)}\n"
    )


def going_back(task: Task, attempt: int) -> str:
    """Of a commit that holds an earlier attempt's files again."""
    return (
        f"Go back to attempt {attempt}\n\n"
        f"For #{task.issue.number}: what came after it did worse.\n\n"
        f"{trailers(task.code_mark, task.record.attempt)}\n"
    )


def trailers(mark: str, attempt: int) -> str:
    """Whose work a commit is (Task.code_mark), so that a lost run is found on the branch."""
    return f"Orc-Task: {mark}\nOrc-Attempt: {attempt}"


def pull_request_title(task_title: str) -> str:
    return _subject(task_title)[:240] or "The requested change"


_CLOSES = re.compile(r"(#|GH-)(?=\d)|(?<=/)(?=issues/|pull/)|(?<=@)(?=\w)", re.IGNORECASE)


# The words by which GitHub, and other CI systems, are told to pass a commit over.
_SKIPS = re.compile(
    r"\[(?=(?:skip|no)[ _-][^\[\]\n]*\]|[^\[\]\n]*[ _-]skip\])|\*(?=no_ci\*)|skip(?=-checks)",
    re.IGNORECASE,
)


def _subject(title: str) -> str:
    """A title as a subject: on GitHub it could close other issues, and mention people."""
    return _unskipping(_CLOSES.sub(lambda match: f"{match.group()}\u200b", one_line(title)))


def _unskipping(text: str) -> str:
    """It becomes a commit's message, and must not keep CI from looking at what is merged."""
    return _SKIPS.sub(lambda match: f"{match.group()}\u200b", text)


def pull_request_body(number: int, part: str, text: str) -> str:
    """What the pull request says of itself when it is opened; `text` is the agent's own summary."""
    said = f"\n\n{_unmarked(fenced(text[:MAX_ESSENCE]))}" if text.strip() else ""
    return f"Closes #{number}{said}\n\n{part}"


def pull_request_part(attempts: Iterable[Attempt], notes: str = "") -> str:
    """What each round says anew, of the code as it stands then."""
    said = (
        attempts_table(tuple(attempts)),
        "The verdict is made from a fresh checkout of the commit, outside the agent's reach.",
        notes,
    )
    text = "\n\n".join(filter(None, said))
    return f"{_PART}\n{_unmarked(text)}\n{_PART_END}"


def with_part(body: str, part: str) -> str:
    """The body as people have left it, with our part as it should be now."""
    start = body.rfind(_PART)
    end = body.find(_PART_END, start)
    if start < 0 or end < 0:
        return f"{body.rstrip()}\n\n{part}"
    end += len(_PART_END)
    if body[start:end].replace("\r\n", "\n") == part:  # browsers send line ends of their own
        return body
    return body[:start] + part + body[end:]


def _unmarked(text: str) -> str:
    """In which nobody can say where our part begins or ends, nor what CI does."""
    return _unskipping(re.sub(r"<(?=!-- /?orc:)", "<\u200b", text))


def check_title(verdict: Verdict) -> str:
    if verdict.green:
        return f"{verdict.passed} passed" + (
            f", {verdict.skipped} skipped" if verdict.skipped else ""
        )
    if verdict.failed:
        return f"{verdict.failed} of {verdict.passed + verdict.failed} failed"
    return verdict.outcome.value.capitalize()


def check_summary(verdict: Verdict) -> str:
    counts = (
        f"| passed | failed | skipped | seconds |\n|---:|---:|---:|---:|\n"
        f"| {verdict.passed} | {verdict.failed} | {verdict.skipped} | {verdict.seconds:.1f} |"
    )
    return f"{tame(verdict.detail)}\n\n{counts}\n\nMade from a fresh checkout of `{verdict.sha}`."


def check_text(verdict: Verdict) -> str:
    return fenced("\n\n".join(verdict.failures)) if verdict.failures else "Nothing failed."

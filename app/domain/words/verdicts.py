"""Attempts and their verdicts as a table."""

from app.domain.record import ASKED, SENT_BACK, Attempt
from app.domain.words.quoting import fenced

MAX_ESSENCE = 1_500


def attempts_table(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return ""
    rows = "\n".join(
        f"| {a.number} | {f'`{a.head[:10]}`' if a.head else '—'} | {outcome(a)} |" for a in attempts
    )
    table = f"| attempt | commit | verdict |\n|---:|---|---|\n{rows}"
    last = attempts[-1]
    essence = "\n\n".join(last.failures) or last.detail
    if last.outcome in ("passed", ASKED) or not essence:
        return table
    return (
        f"{table}\n\n<details><summary>{_caption(last)}</summary>\n\n"
        f"{fenced(essence[:MAX_ESSENCE])}\n\n</details>"
    )


def _caption(attempt: Attempt) -> str:
    if attempt.outcome == SENT_BACK:
        return f"What the reviewer wants after attempt {attempt.number}"
    return f"What failed in attempt {attempt.number}"


def outcome(attempt: Attempt) -> str:
    if attempt.outcome == "passed":
        skipped = f", {attempt.skipped} skipped" if attempt.skipped else ""
        return f"✅ {attempt.passed} passed{skipped}"
    if attempt.outcome == ASKED:
        return f"❓ {ASKED}"
    if attempt.outcome == "failed" and attempt.failed:
        return f"❌ {attempt.failed} of {attempt.passed + attempt.failed} failed"
    return f"❌ {attempt.outcome}"

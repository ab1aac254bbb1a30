"""What was used and what it cost, in figures for people."""

from app.domain.run import Usage
from app.domain.task import Task


def tokens(usage: Usage) -> str:
    """Behind a caption that says what is counted."""
    return counted(usage).replace(" tokens", "", 1)


def counted(usage: Usage) -> str:
    """The same, within a sentence."""
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    return f"{usage.input:,} tokens in{cached}, {usage.output:,} out"


def used(usage: Usage) -> str:
    """In a few words, for a table."""
    money = f", {_usd(usage.cost_usd)}" if usage.cost_usd else ""
    return f"{counted(usage)}{money}"


def cost(task: Task) -> str:
    """Against the budget, with what people have added to it."""
    spent, most = task.record.cost_usd, task.budget_usd
    if most is None:
        return _usd(spent)
    extra = task.record.budget_extra
    added = f", {_usd(extra)} of it added" if extra else ""
    return f"{_usd(spent)} of {_usd(most)} ({spent / most:.0%}{added})"


def _usd(amount: float) -> str:
    """Cents, and what is less than one not as nothing."""
    return f"${amount:,.2f}" if not 0 < amount < 0.01 else f"${amount:.4f}"

"""Fixtures that tests of several folders share. Nothing starts before a test asks for it."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

pytest_plugins = [
    "tests.contract.fixtures",
    "tests.docker.engine",
    "tests.docker.images",
    "tests.postgres",
]

settings.register_profile("untimed", settings(), deadline=None)  # the machine may be busy
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def plain_logs() -> Iterator[None]:
    """Logs as lines, with no local variables in tracebacks."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])
    yield
    structlog.reset_defaults()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin each worker's share, so that at the end nobody waits for the last of them.

    The shares are those that `--dist worksteal` deals out: what comes first is not stolen.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    total, items[:] = len(items), []
    for worker in range(workers):
        share = (total - len(items)) // (workers - worker)
        first = long[worker::workers]
        short = others[: max(share - len(first), 0)] if worker < workers - 1 else others
        items += first + short
        others = others[len(short) :]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted, summed over workers; in CI a skipped test is a failure."""
    counts: dict[str, int] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if isinstance(value, int) and getattr(report, "when", "") == "call":
                    counts[name] = counts.get(name, 0) + value
    for name, value in sorted(counts.items()):
        terminalreporter.write_line(f"{name}: {value}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

"""Every command once: good and bad arguments, and what it comes to."""

from dataclasses import dataclass, field
from typing import Any

NOT_AVAILABLE = "NotAvailable"


@dataclass(frozen=True)
class Row:
    """`argv` is how the command line says `good`; `fails` is the error of what can't be done yet.

    `elsewhere` names another project or issue than the token's own; None: it can't name one.
    """

    argv: tuple[str, ...]
    good: dict[str, Any] = field(default_factory=dict)
    bad: dict[str, Any] = field(default_factory=lambda: {"surprise": 1})
    fails: str | None = None
    elsewhere: dict[str, Any] | None = None


MODULES = ("--module", "backend", "--module", "tg_bot")
NEW = {"name": "rain-bot", "description": "Rain", "modules": ["backend", "tg_bot"]}
PAYROLL = {"project": "payroll"}
TABLE: dict[str, Row] = {
    "project.create": Row(
        ("project", "create", "rain-bot", "--description", "Rain", *MODULES),
        NEW,
        {**NEW, "modules": []},
        NOT_AVAILABLE,
    ),
    "project.list": Row(("project", "list")),
    "project.get": Row(
        ("project", "get", "weather"), {"project": "weather"}, {"project": ".."}, elsewhere=PAYROLL
    ),
    "project.tasks": Row(("project", "tasks"), {}, {"project": 7}, elsewhere=PAYROLL),
    "project.set-secret": Row(
        ("project", "set-secret", "BOT_TOKEN"),
        {"name": "BOT_TOKEN"},
        {"name": "BOT_TOKEN", "value": "123:abc"},
        NOT_AVAILABLE,
        {"name": "BOT_TOKEN", **PAYROLL},
    ),
    "engineering.start": Row(
        ("engineering", "start"), {}, {"issue": "7"}, NOT_AVAILABLE, elsewhere={"issue": 8}
    ),
    "engineering.status": Row(
        ("engineering", "status", "--issue", "7"),
        {"issue": 7},
        {"issue": 0},
        elsewhere={"issue": 7, "project": "other/weather"},
    ),
    "engineering.wait": Row(
        ("engineering", "wait", "--seconds", "5"),
        {"seconds": 5},
        {"seconds": 121},
        elsewhere={"issue": 8},
    ),
    "deploy.start": Row(
        ("deploy", "start"),
        {"environment": "production"},
        {"environment": "Production; rm"},
        NOT_AVAILABLE,
        PAYROLL,
    ),
    "deploy.status": Row(
        ("deploy", "status"),
        {"environment": "production"},
        {"environment": ""},
        NOT_AVAILABLE,
        PAYROLL,
    ),
    "deploy.wait": Row(
        ("deploy", "wait", "--seconds", "5"),
        {"environment": "production", "seconds": 5},
        {"seconds": 0.5},
        NOT_AVAILABLE,
        PAYROLL,
    ),
    "infra.servers": Row(("infra", "servers"), fails=NOT_AVAILABLE),
    "infra.allocate": Row(
        ("infra", "allocate", "--memory-mb", "512"),
        {"memory_mb": 512, "environment": "production"},
        {"memory_mb": -1},
        NOT_AVAILABLE,
        {"memory_mb": 512, **PAYROLL},
    ),
    "infra.release": Row(
        ("infra", "release", "7"),
        {"allocation": 7},
        {"allocation": True},
        NOT_AVAILABLE,
        {"allocation": 7, **PAYROLL},
    ),
    "infra.incidents": Row(("infra", "incidents"), {}, {"server": "../x"}, NOT_AVAILABLE),
    "diagnose.api": Row(("diagnose", "api")),
    "diagnose.github": Row(("diagnose", "github")),
    "diagnose.projects": Row(("diagnose", "projects")),
    "diagnose.logs": Row(("diagnose", "logs"), {}, {"issue": -7}, elsewhere={"issue": 8}),
    "diagnose.health": Row(("diagnose", "health")),
    "respond": Row(
        ("respond", "--question", "Metric?"),
        {"text": "Metric?", "kind": "question"},
        {"text": " \n "},
    ),
    "finish": Row(("finish", "Both are in."), {"text": "Both are in."}, {"text": "x" * 4_001}),
}

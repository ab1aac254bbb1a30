"""The form of orchestrator.yml: its keys, and what may stand there. It gives them no meaning."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.config.values import (
    Agent,
    Capability,
    Duration,
    Host,
    Label,
    Login,
    LoginOrTeam,
    Model,
    PricedModel,
    Promise,
    Repository,
    Size,
    Usd,
)
from app.domain.policy import Member, Merge, PlanApproval
from app.domain.run import Repeat


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Triggers(_Part):
    label: str | None = Field(default=None, min_length=1, max_length=50)
    mention: bool | None = Field(default=None, strict=True)
    intake: tuple[Repository, ...] | None = None


class Deadlines(_Part):
    agent: Duration | None = None
    idle: Duration | None = None
    tests: Duration | None = None


class Test(_Part):
    command: str | None = Field(default=None, min_length=1, max_length=2_000)
    reports: tuple[str, ...] | None = None
    network: bool | None = Field(default=None, strict=True)


class Limits(_Part):
    """Of every run, the agent's and the tests', each by itself."""

    memory: Size | None = None
    disk: Size | None = None
    cpus: float | None = Field(default=None, ge=0.1, le=256, strict=True, allow_inf_nan=False)
    processes: int | None = Field(default=None, ge=16, le=100_000, strict=True)


class Loop(_Part):
    times: int = Field(ge=1, le=Repeat.MOST, strict=True)
    until: Promise


class Escalation(_Part):
    """Who is called when a task needs a person."""

    assign: tuple[Login, ...] = Field(default=(), max_length=10)
    mention: tuple[LoginOrTeam, ...] = Field(default=(), max_length=10)


class RolePolicy(_Part):
    """What is different for one role."""

    agent: Agent | None = None
    model: Model | None = None
    deadline: Duration | None = None
    idle: Duration | None = None
    prompt: str = Field(default="", max_length=4_000)


class NewProjects(_Part):
    """Which repositories' requests may lead to repositories of their own, and what those are."""

    repositories: tuple[Repository, ...] = Field(min_length=1, max_length=100)
    private: bool = Field(default=True, strict=True)
    python: Literal["3.11", "3.12", "3.13"] = "3.12"
    node: Literal["22", "24"] = "22"


RoleName = Literal["product-owner", "analyst", "lead", "architect", "developer", "reviewer"]


class Price(_Part):
    """USD per million tokens."""

    input: Usd
    output: Usd
    cached_input: Usd | None = None
    cache_write: Usd | None = None


class Config(_Part):
    """One file; what it leaves out is inherited."""

    triggers: Triggers = Triggers()
    who: Literal["triage", "write", "maintain", "admin"] | None = None
    agent: Agent | None = None
    model: Model | None = None
    capabilities: tuple[Capability, ...] | None = None
    egress: tuple[Host, ...] | None = Field(default=None, max_length=200)
    attempts: int | None = Field(default=None, ge=1, le=20, strict=True)
    repairs: int | None = Field(default=None, ge=0, le=20, strict=True)
    loop: Loop | None = None
    deadlines: Deadlines = Deadlines()
    limits: Limits = Limits()
    test: Test = Test()
    plan_approval: PlanApproval | None = None
    merge: Merge | None = None
    reviews: int | None = Field(default=None, ge=0, le=10, strict=True)
    escalate: Escalation | None = None
    budget_usd: float | None = Field(default=None, gt=0, strict=True, allow_inf_nan=False)
    prices: dict[PricedModel, Price] = Field(default={}, max_length=200)
    priorities: tuple[Label, ...] | None = Field(default=None, max_length=20)
    team: tuple[Member, ...] | None = Field(default=None, max_length=10)
    roles: dict[RoleName, RolePolicy] = Field(default={})
    new_projects: NewProjects | None = None

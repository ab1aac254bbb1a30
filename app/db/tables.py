"""The tables, as SQLAlchemy sees them; migrations make them. It runs no query."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Runs of a graph. GitHub has the truth of a task; this says which app runs it and what it used.
session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("repo_id", BigInteger, nullable=False),
    Column("issue", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("0")),
    Column("status", Text, nullable=False),
    Column("holder", Text),
    Column("held_at", DateTime(timezone=True)),
    Column("tokens", BigInteger, nullable=False, server_default=text("0")),
    Column("cost_usd", Numeric(12, 6), nullable=False, server_default=text("0")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("repo_id", "issue", "kind", "round"),
    CheckConstraint("kind in ('engineering', 'founding', 'intake')", name="kind"),
    CheckConstraint("status in ('running', 'finished', 'settled')", name="status"),
)

# What runs used at the gateway. A dearest token costs more than a millionth of a dollar, a cached
# one of a small model a few billionths: so many digits are needed for sums to be exact.
account = Table(
    "account",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("repo_id", BigInteger, nullable=False),
    Column("issue", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("model", Text),
    Column("calls", Integer, nullable=False, server_default=text("0")),
    Column("input", BigInteger, nullable=False, server_default=text("0")),
    Column("output", BigInteger, nullable=False, server_default=text("0")),
    Column("cached", BigInteger, nullable=False, server_default=text("0")),
    Column("cost_usd", Numeric(20, 10), nullable=False, server_default=text("0")),
    Column("spent_usd", Numeric(20, 10), nullable=False, server_default=text("0")),
    Column("budget_usd", Numeric(20, 10)),
    Column("prices", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("status in ('open', 'closed')", name="status"),
    Index(None, "repo_id", "issue"),
)

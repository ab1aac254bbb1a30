"""The table of accounts: what runs used at the gateway."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    now, zero = sa.func.now(), sa.text("0")
    moment, money = sa.DateTime(timezone=True), sa.Numeric(20, 10)
    op.create_table(
        "account",
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("repo_id", sa.BigInteger, nullable=False),
        sa.Column("issue", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("calls", sa.Integer, nullable=False, server_default=zero),
        sa.Column("input", sa.BigInteger, nullable=False, server_default=zero),
        sa.Column("output", sa.BigInteger, nullable=False, server_default=zero),
        sa.Column("cached", sa.BigInteger, nullable=False, server_default=zero),
        sa.Column("cost_usd", money, nullable=False, server_default=zero),
        sa.Column("spent_usd", money, nullable=False, server_default=zero),
        sa.Column("budget_usd", money),
        sa.Column("prices", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.PrimaryKeyConstraint("run_id", name="pk_account"),
        sa.CheckConstraint("status in ('open', 'closed')", name="ck_account_status"),
    )
    op.create_index("ix_account_repo_id_issue", "account", ["repo_id", "issue"])


def downgrade() -> None:
    op.drop_table("account")

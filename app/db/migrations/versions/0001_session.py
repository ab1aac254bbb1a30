"""The table of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    now, zero = sa.func.now(), sa.text("0")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("repo_id", sa.BigInteger, nullable=False),
        sa.Column("issue", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False, server_default=zero),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("held_at", moment),
        sa.Column("agent_session", sa.Text),
        sa.Column("tokens", sa.BigInteger, nullable=False, server_default=zero),
        sa.Column("cost_usd", sa.Numeric(12, 6), nullable=False, server_default=zero),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("updated_at", moment, nullable=False, server_default=now),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint(
            "repo_id", "issue", "kind", "round", name="uq_session_repo_id_issue_kind_round"
        ),
        sa.CheckConstraint("kind in ('engineering')", name="ck_session_kind"),
        sa.CheckConstraint(
            "status in ('running', 'finished', 'settled')", name="ck_session_status"
        ),
    )


def downgrade() -> None:
    op.drop_table("session")

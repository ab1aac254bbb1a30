"""Sessions of the founding graph; the agent's own session, which nobody wrote there, goes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.naming import conv

revision = "0004"
down_revision = "0003"
_NAME = conv("ck_session_kind")


def upgrade() -> None:
    op.drop_constraint(_NAME, "session")
    op.create_check_constraint(_NAME, "session", "kind in ('engineering', 'founding', 'intake')")
    op.drop_column("session", "agent_session")


def downgrade() -> None:
    op.add_column("session", sa.Column("agent_session", sa.Text))
    op.execute("update session set kind = 'engineering' where kind = 'founding'")
    op.drop_constraint(_NAME, "session")
    op.create_check_constraint(_NAME, "session", "kind in ('engineering', 'intake')")

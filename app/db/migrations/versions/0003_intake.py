"""Sessions of the intake graph beside those of the engineering graph."""

from alembic import op
from sqlalchemy.sql.naming import conv

revision = "0003"
down_revision = "0002"
_NAME = conv("ck_session_kind")
# As 0001 left it: the naming convention was put before a name that followed it already.
_FORMER = conv("ck_session_ck_session_kind")


def upgrade() -> None:
    op.drop_constraint(_FORMER, "session")
    op.create_check_constraint(_NAME, "session", "kind in ('engineering', 'intake')")


def downgrade() -> None:
    op.execute("delete from session where kind = 'intake'")
    op.drop_constraint(_NAME, "session")
    op.create_check_constraint(_FORMER, "session", "kind in ('engineering')")

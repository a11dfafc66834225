"""a channel closes nights that are oversold, and is known to have; one that is to end closes all of them first"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_connection", sa.Column("oversold_told", sa.String(), server_default="", nullable=False))
    op.alter_column("channel_connection", "oversold_told", server_default=None)
    op.drop_constraint("channel_connection_state_check", "channel_connection")
    op.create_check_constraint(
        "channel_connection_state_check",
        "channel_connection",
        "state in ('testing', 'live', 'paused', 'attention', 'closing')",
    )

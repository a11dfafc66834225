"""failures of hearing a channel and of telling it apart; its calls counted for all processes; forged ones kept once"""

import sqlalchemy as sa
from alembic import op

from pms.kernel.db import APP_ROLE

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("channel_connection", "failures", new_column_name="tell_failures")
    op.add_column("channel_connection", sa.Column("hear_failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("channel_connection", sa.Column("calls_left", sa.Float(), nullable=True))
    op.add_column("channel_connection", sa.Column("calls_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("channel_call", sa.Column("times", sa.Integer(), server_default="1", nullable=False))
    op.execute(f"grant update (times) on channel_call to {APP_ROLE}")

"""a cell may hold other values for one channel than for all of them"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CELL = ("rate_plan_id", "room_type_id", "night", "channel")


def upgrade() -> None:
    for table, key in (("rate_night", CELL), ("rate_history", (*CELL, "change_id"))):
        op.add_column(table, sa.Column("channel", sa.Text(), nullable=False, server_default=""))
        op.drop_constraint(f"{table}_pkey", table, type_="primary")
        op.create_primary_key(f"{table}_pkey", table, list(key))
        op.alter_column(table, "channel", server_default=None)
    op.create_index("rate_night_of_channels", "rate_night", ["rate_plan_id", "night"], postgresql_where=sa.text("channel <> ''"))

"""what is reported to channels about their bookings, until when every booking is known, and how the house was described"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pms.kernel.tenancy import protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _instant(name: str, nullable: bool = True) -> sa.Column:
    default = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "channel_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("waived", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _instant("due_at", nullable=False),
        _instant("asked_at", nullable=False),
        _instant("answered_at"),
        sa.CheckConstraint("what in ('no_show', 'invalid_card', 'cancel_invalid_card')"),
        sa.CheckConstraint("state in ('waiting', 'reported', 'refused')"),
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"], ["channel_connection.organization_id", "channel_connection.id"]
        ),
        sa.ForeignKeyConstraint(["organization_id", "reservation_id"], ["reservation.organization_id", "reservation.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("channel_report_once", "channel_report", ["connection_id", "booking", "what"], unique=True)
    op.create_index("channel_report_of", "channel_report", ["reservation_id"])
    for statement in protect("channel_report"):
        op.execute(statement)
    op.add_column("channel_connection", _instant("complete_at"))
    op.execute("alter table channel_connection no force row level security")  # its owner need not be a superuser
    op.execute("update channel_connection set complete_at = heard_at")
    op.execute("alter table channel_connection force row level security")
    op.add_column("channel_connection", sa.Column("described", postgresql.JSONB(), nullable=True))

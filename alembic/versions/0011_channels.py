"""connections to channels, what is mapped there, and what each channel accepted"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pms.kernel.db import RELAY_ROLE
from pms.kernel.tenancy import open_to, protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_connection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("remote_property", sa.String(), nullable=False),
        sa.Column("credentials", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("pushing_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('testing', 'live', 'paused', 'attention')"),
        sa.ForeignKeyConstraint(["organization_id", "property_id"], ["property.organization_id", "property.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index(
        "one_connection_per_channel_and_property",
        "channel_connection",
        ["property_id", "channel"],
        unique=True,
        postgresql_where=sa.text("archived_at is null"),
    )
    op.create_table(
        "channel_product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("rate_plan_id", sa.Uuid(), nullable=True),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "connection_id"], ["channel_connection.organization_id", "channel_connection.id"]
        ),
        sa.ForeignKeyConstraint(["organization_id", "room_type_id"], ["room_type.organization_id", "room_type.id"]),
        sa.ForeignKeyConstraint(["organization_id", "rate_plan_id"], ["rate_plan.organization_id", "rate_plan.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index(
        "channel_product_once",
        "channel_product",
        ["connection_id", "room_type_id", "rate_plan_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("channel_product_remote", "channel_product", ["connection_id", "remote_id"], unique=True)
    op.create_table(
        "channel_shown",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("accepted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id", "product_id"], ["channel_product.organization_id", "channel_product.id"]),
        sa.PrimaryKeyConstraint("product_id", "night"),
    )
    for table in ("channel_connection", "channel_product", "channel_shown"):
        for statement in protect(table):
            op.execute(statement)
    seen = "id, organization_id, channel, state, pushing_until, archived_at"  # whom to push to, and no secret of theirs
    for statement in open_to(RELAY_ROLE, "channel_connection", f"select ({seen})"):
        op.execute(statement)

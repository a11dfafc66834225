"""what channels say to us: messages, bookings, calls; and when to speak to them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pms.kernel.db import APP_ROLE, RELAY_ROLE
from pms.kernel.tenancy import open_to, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSTANTS = ("turn_until", "fetch_at", "rest_until", "swept_at", "compare_at", "told_at", "heard_at")
NEWS = ("rooms_news", "all_news", "rooms_told", "all_told")


def _tenant_columns() -> list[sa.Column]:
    return [sa.Column("organization_id", sa.Uuid(), nullable=False), sa.Column("connection_id", sa.Uuid(), nullable=False)]


def _of_connection() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", "connection_id"], ["channel_connection.organization_id", "channel_connection.id"]
    )


def _instant(name: str, nullable: bool = True) -> sa.Column:
    default = None if nullable else sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)


def upgrade() -> None:
    op.execute(f"drop policy {RELAY_ROLE} on channel_connection")
    op.execute(f"revoke all on channel_connection from {RELAY_ROLE}")
    op.drop_column("channel_connection", "pushing_until")
    for name in INSTANTS:
        op.add_column("channel_connection", _instant(name))
    for name in ("turn_by", "rooms_mark", "rates_mark"):
        op.add_column("channel_connection", sa.Column(name, sa.Uuid(), nullable=True))
    for name in NEWS:
        op.add_column("channel_connection", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("channel_connection", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("channel_connection", sa.Column("drift", postgresql.JSONB(), nullable=True))
    op.add_column("channel_product", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "channel_product_unit", "channel_product", "unit", ["organization_id", "unit_id"], ["organization_id", "id"]
    )
    op.drop_index("channel_product_once", "channel_product")
    op.create_index(
        "channel_product_once",
        "channel_product",
        ["connection_id", "room_type_id", "unit_id", "rate_plan_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "channel_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_tenant_columns(),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        _instant("received_at", nullable=False),
        _instant("handled_at"),
        _instant("acknowledged_at"),
        sa.CheckConstraint("state in ('stored', 'applied', 'attention', 'overtaken', 'stuck')"),
        _of_connection(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("channel_message_once", "channel_message", ["connection_id", "booking", "revision"], unique=True)
    op.create_index("channel_message_order", "channel_message", ["connection_id", "number"])
    op.create_index(
        "channel_message_open",
        "channel_message",
        ["connection_id", "number"],
        postgresql_where=sa.text("state = 'stored' or acknowledged_at is null"),
    )
    op.create_table(
        "channel_booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_tenant_columns(),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("latest", sa.String(), nullable=False),
        sa.Column("rooms", postgresql.JSONB(), nullable=False),
        sa.Column("deal", postgresql.JSONB(), nullable=False),
        sa.Column("problems", postgresql.JSONB(), nullable=False),
        _instant("held_until"),
        _instant("changed_at", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status in ('unknown', 'new', 'modified', 'cancelled', 'asked')"),
        _of_connection(),
        sa.ForeignKeyConstraint(["organization_id", "reservation_id"], ["reservation.organization_id", "reservation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("channel_booking_once", "channel_booking", ["connection_id", "booking"], unique=True)
    op.create_index("channel_booking_of", "channel_booking", ["reservation_id"])
    op.create_index("channel_booking_problem", "channel_booking", ["connection_id"], postgresql_where=sa.text("problems <> '[]'"))
    op.create_table(
        "channel_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_tenant_columns(),
        _instant("at", nullable=False),
        sa.Column("inward", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("sealed_request", sa.String(), nullable=False),
        sa.Column("sealed_reply", sa.String(), nullable=False),
        _of_connection(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("channel_call_latest", "channel_call", ["connection_id", "id"])
    for table, verbs in (
        ("channel_message", "select, insert, update"),
        ("channel_booking", "select, insert, update"),
        ("channel_call", "select, insert, delete"),
    ):
        for statement in protect(table, verbs):
            op.execute(statement)
    op.execute(f"grant delete on channel_product, channel_shown to {APP_ROLE}")
    times = "turn_until, fetch_at, rest_until, swept_at, compare_at"
    seen = f"id, organization_id, property_id, channel, state, archived_at, {times}, {', '.join(NEWS)}"
    for statement in open_to(RELAY_ROLE, "channel_connection", f"select ({seen}), update (rooms_news, all_news)"):
        op.execute(statement)

"""calendars of sites without an interface, in and out"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pms.kernel.db import DOOR_ROLE, RELAY_ROLE
from pms.kernel.tenancy import open_to, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _instant(name: str, **more: object) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), **more)


def _now(name: str) -> sa.Column:
    return _instant(name, server_default=sa.text("now()"), nullable=False)


def _own(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        _instant("due_at", nullable=True),
        _instant("fetched_at", nullable=True),
        _instant("good_at", nullable=True),
        _instant("pulled_at", nullable=True),
        sa.Column("etag", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("good_in_a_row", sa.Integer(), nullable=False),
        sa.Column("bad_in_a_row", sa.Integer(), nullable=False),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("notes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("believe_empty", sa.Boolean(), nullable=False),
        _now("created_at"),
        _instant("archived_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('live', 'paused')"),
        sa.CheckConstraint("(unit_id is null) <> (room_type_id is null)"),
        sa.CheckConstraint("url = '' or unit_id is not null"),
        _own("property_id", "property"),
        _own("unit_id", "unit"),
        _own("room_type_id", "room_type"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("calendar_feed_token", "calendar_feed", ["token_hash"], unique=True)
    op.create_index("calendar_feed_of_unit", "calendar_feed", ["unit_id"])
    op.create_index("calendar_feed_due", "calendar_feed", ["due_at"])
    op.create_table(
        "calendar_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("first_night", sa.Date(), nullable=False),
        sa.Column("end_night", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("echo", sa.Boolean(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        _now("since"),
        _instant("gone_at", nullable=True),
        sa.Column("stay_id", sa.Uuid(), nullable=True),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('reservation', 'block')"),
        sa.CheckConstraint("first_night < end_night"),
        sa.CheckConstraint("kind = 'block' or stay_id is not null"),
        _own("feed_id", "calendar_feed"),
        _own("stay_id", "stay"),
        _own("block_id", "block"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("calendar_event_of_feed", "calendar_event", ["feed_id", "end_night"])
    op.create_index("calendar_event_of_stay", "calendar_event", ["stay_id"])
    op.create_index("calendar_event_of_block", "calendar_event", ["block_id"])
    for statement in (*protect("calendar_feed"), *protect("calendar_event", "select, insert, update, delete")):
        op.execute(statement)
    due = "id, organization_id, state, due_at, archived_at"  # what to fetch when, and no secret of theirs
    asked = "id, organization_id, token_hash, archived_at"  # whose calendar a site asks for
    for role, seen in ((RELAY_ROLE, due), (DOOR_ROLE, asked)):
        for statement in open_to(role, "calendar_feed", f"select ({seen})"):
            op.execute(statement)

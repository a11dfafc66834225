"""guests taken elsewhere: to a sister property, or walked to another hotel, and what that costs"""

import sqlalchemy as sa
from alembic import op

from pms.kernel.tenancy import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _own(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def upgrade() -> None:
    op.create_table(
        "relocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("stay_id", sa.Uuid(), nullable=False),
        sa.Column("to_stay_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("hotel", "address", "phone", "transport", "contact")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("room_cost", "transport_cost", "compensation")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("room_by", "transport_by", "currency")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(to_stay_id is null) <> (hotel = '')"),
        sa.CheckConstraint("room_by in ('house', 'guest') and transport_by in ('house', 'guest')"),
        sa.CheckConstraint("room_cost >= 0 and transport_cost >= 0 and compensation >= 0"),
        _own("property_id", "property"),
        _own("stay_id", "stay"),
        _own("to_stay_id", "stay"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("relocation_of_stay", "relocation", ["stay_id"])
    op.create_index("relocation_to_stay", "relocation", ["to_stay_id"])
    op.create_index("relocation_of_property", "relocation", ["property_id", "created_at"])
    for statement in protect("relocation"):
        op.execute(statement)

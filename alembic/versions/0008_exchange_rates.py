"""exchange rates, to show prices in a second currency"""

import sqlalchemy as sa
from alembic import op

from pms.kernel.tenancy import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("display", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(18, 8), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint("rate > 0 and currency <> display"),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"]),
        sa.PrimaryKeyConstraint("organization_id", "currency", "display", "day"),
    )
    for statement in protect("exchange_rate"):
        op.execute(statement)

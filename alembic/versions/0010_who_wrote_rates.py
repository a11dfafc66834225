"""exchange rates remember who wrote them down, and when"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exchange_rate", sa.Column("written_by", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "exchange_rate", sa.Column("written_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
    )
    op.alter_column("exchange_rate", "written_by", server_default=None)

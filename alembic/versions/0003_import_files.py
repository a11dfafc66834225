"""imports keep their file until they have ended, and count what found no room"""

import sqlalchemy as sa
from alembic import op

from pms.kernel.tenancy import protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_file",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id", "import_id"], ["import.organization_id", "import.id"]),
        sa.PrimaryKeyConstraint("import_id"),
    )
    for column in ("rows_unassigned", "nights_oversold"):
        op.add_column("import", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("import", column, server_default=None)
    for statement in protect("import_file", "select, insert, delete"):
        op.execute(statement)

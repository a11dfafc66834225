"""an amenity can be taken off the list; its name is then free again"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("amenity", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("amenity_name", "amenity")
    op.create_index(
        "amenity_name",
        "amenity",
        ["organization_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("archived_at is null"),
    )

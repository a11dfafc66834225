"""reservations and stays know when they last changed, so that other systems can ask for what is new"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create function touch() returns trigger language plpgsql as 'begin new.changed_at = now(); return new; end'")
    for table in ("reservation", "stay"):
        changed_at = sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
        op.add_column(table, changed_at)
        op.create_index(f"{table}_changed", table, ["organization_id", "changed_at"])
        op.execute(f"create trigger changed before update on {table} for each row execute function touch()")
    op.create_index("idempotency_key_age", "idempotency_key", ["organization_id", "created_at"])

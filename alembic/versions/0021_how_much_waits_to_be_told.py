"""how much waits to be told: cells that differed when a channel was last looked at, and were not answered since"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table channel_connection add column rooms_waiting integer not null default 0,"
        " add column rates_waiting integer not null default 0"
    )

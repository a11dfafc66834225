"""which currency a channel said it has the property in, and when it is asked again"""

from alembic import op

from pms.kernel.db import RELAY_ROLE

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table channel_connection add column currency_there varchar not null default '', add column currency_at timestamptz"
    )
    op.execute(f"grant select (currency_at) on channel_connection to {RELAY_ROLE}")

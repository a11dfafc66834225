"""what channels refused, and messages nobody could take in, found without reading all the others"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "channel_shown_refused", "channel_shown", ["product_id", "night"], postgresql_where=sa.text("refused is not null")
    )
    op.create_index("channel_message_stuck", "channel_message", ["connection_id"], postgresql_where=sa.text("state = 'stuck'"))

"""messages that could not be taken in can be seen to"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table channel_message drop constraint channel_message_state_check,"
        " add constraint channel_message_state_check"
        " check (state in ('stored', 'applied', 'attention', 'overtaken', 'stuck', 'seen'))"
    )

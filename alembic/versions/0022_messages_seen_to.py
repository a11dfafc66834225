"""messages that could not be taken in can be seen to; when a revision was said is kept in one form, which sorts"""

from datetime import UTC, datetime

import sqlalchemy as sa
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
    op.execute("alter table channel_booking no force row level security")
    _in_one_form(op.get_bind())
    op.execute("alter table channel_booking force row level security")


def _in_one_form(connection: sa.Connection) -> None:
    """Some channels' were kept as they came, with an offset of their own; what is no time stays."""
    for id, latest in connection.execute(
        sa.text("select id, latest from channel_booking where latest like '____-__-__T%'")
    ).all():
        try:
            said = datetime.fromisoformat(latest)
        except ValueError:
            continue
        said = said.replace(tzinfo=said.tzinfo or UTC).astimezone(UTC)
        values = {"id": id, "latest": said.isoformat(timespec="microseconds")}
        connection.execute(sa.text("update channel_booking set latest = :latest where id = :id"), values)

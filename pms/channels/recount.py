"""Rooms left that a channel is told again, because it counts them too.

It takes rooms off its own calendar when it sells, and gives them back when a guest changes his mind. A number of ours that came
in between stood over its own, and what it takes or gives after that is counted twice: of nights, too, that no message ever names,
because the guest had them only until the next change, or because a cancellation says nothing of rooms (R-17). What was refused of
such a night is told again too: what counts rooms has no other field, and the channel may take the number by now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from pms.kernel.db import Db, raw

MARGIN = timedelta(minutes=1)
"""How much later than it happened at the channel something may be noted here."""

_AGAIN = "update channel_connection set rooms_mark = null, swept_at = null where id = %(connection)s"
_NIGHTS = """
update channel_shown s set accepted = s.accepted - 'rooms', refused = null, words = '' from channel_product p
where p.connection_id = %(connection)s and p.rate_plan_id is null and s.product_id = p.id
  and s.night >= %(first)s and s.night < %(end)s
"""
_TOLD_SINCE = """
update channel_shown s set accepted = s.accepted - 'rooms', refused = null, words = ''
from channel_product p join channel_connection c on c.id = p.connection_id
where c.id = %(connection)s and p.rate_plan_id is null and s.product_id = p.id
  and s.accepted_at >= coalesce(greatest(c.heard_at, %(known)s::timestamptz), '-infinity') - %(margin)s
"""
_NEW = " and exists (select from channel_message where id = any(%(new)s))"


def nights(db: Db, connection_id: UUID, spans: Iterable[tuple[date, date]]) -> None:
    """Of the local nights [first, end) of each span. Whoever is being told just now learns that it does not count any more: the
    connection's row comes first, as in every word the speaker notes.
    """
    raw(db).later(_AGAIN, {"connection": connection_id})
    for first, end in sorted(set(spans)):
        raw(db).later(_NIGHTS, {"connection": connection_id, "first": first, "end": end})


def told_unheard(db: Db, connection_id: UUID, new: Sequence[UUID]) -> None:
    """Of all nights told since the channel was last listened to, if one of these messages is new: before it is noted as heard."""
    values = {"connection": connection_id, "known": None, "margin": MARGIN, "new": list(new)}
    raw(db).later(_AGAIN + _NEW, values)
    raw(db).later(_TOLD_SINCE + _NEW, values)


def told_since(db: Db, connection_id: UUID, known: datetime | None) -> None:
    """Of all nights told since the channel was last listened to, or since so much of one booking was known."""
    raw(db).later(_AGAIN, {"connection": connection_id})
    raw(db).later(_TOLD_SINCE, {"connection": connection_id, "known": known, "margin": MARGIN})

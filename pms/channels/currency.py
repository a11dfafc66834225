"""That a price means the same money on both sides: asked before any is told, whoever had it told, and once a day from then on.

It is about prices alone. Whatever the answer, and where there is none, rooms are told and the channel is heard as ever.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import httpx

from pms.channels.adapter import Adapter, Link, Stop, Wait
from pms.channels.models import Connection
from pms.kernel import logs
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.words import N_

OTHER = N_(
    "It has this property in {theirs}, and here it is in {ours}. Have one of them changed: until then rooms and closed rates are"
    " told, and no prices."
)
UNSAID = N_("It has not said in which currency it has this property. Prices wait for that; it is asked again.")
DAILY, SOON = timedelta(days=1), timedelta(minutes=1)
log = logs.logger(__name__)


def other_there(adapter: Adapter, http: httpx.Client, link: Link) -> str:
    """The currency the channel has the property in, if it is not ours; "" if it is, or cannot be asked. Raises `Wait`, `Stop`."""
    theirs = adapter.currency(http, link).upper()[:10]
    return "" if theirs == link.currency else theirs


def is_due(db: Db, row: Connection) -> bool:
    """Whether it is to be asked now. One that is closing is told no prices."""
    return row.state != "closing" and (row.currency_at is None or row.currency_at <= db.now)


def ask(adapter: Adapter, http: httpx.Client, link: Link, known: str) -> tuple[str, timedelta]:
    """What there is `known` to be from now on ("": nothing), and after what time to ask again. Never fails: what it said last
    stands until it says something else, and who may not ask is told so when he tells.
    """
    try:
        return other_there(adapter, http, link) or link.currency, DAILY
    except Stop:
        return known or link.currency, DAILY
    except Exception as no:  # nothing of this question may keep rooms from being told
        log.warning("a channel did not say its currency", property=link.remote_property, words=f"{type(no).__name__} {no}"[:200])
        asked = timedelta(seconds=no.seconds or 0) if isinstance(no, Wait) else SOON
        return known, max(SOON, asked)


def note(db: Db, connection_id: UUID, ours: str, theirs: str, again: timedelta) -> None:
    """Keep the answer. People are told when it is another than ours, and when it is no more, once each."""
    row = db.one(Connection, connection_id, lock=True)
    before, row.currency_there, row.currency_at = row.currency_there, theirs, db.now + again
    if theirs != before and (theirs not in ("", ours) or before not in ("", ours)):
        event = "channel_connection.same_currency" if theirs == ours else "channel_connection.other_currency"
        record(db, event, "channel_connection", row.id, row.property_id, after={"there": theirs, "here": ours})

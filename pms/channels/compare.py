"""What a channel shows against what it accepted: the difference is listed, and counts as never accepted, so it is told anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pms.channels.changes import Cell, Values
from pms.channels.connections import next_comparison
from pms.channels.models import Connection
from pms.kernel.dates import DAY
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.properties.models import Property

EXAMPLES_MOST = 50
_FORGET_ALL = """
update channel_shown set accepted = '{}' where product_id in (select id from channel_product where connection_id = %s)
"""
_CORRECT = """
update channel_shown s set accepted = s.accepted || w.theirs
from unnest(%s::uuid[], %s::date[], %s::jsonb[]) as w(product_id, night, theirs)
where s.product_id = w.product_id and s.night = w.night
"""


def compare(db: Db, connection_id: UUID, shown: Mapping[Cell, Values] | None, first: date, nights: int) -> int:
    """Note what the channel shows on the local nights [first, first + nights) (None: it cannot be read, so all is told anew).

    How many fields differ from what it accepted. What it does not show at all is left as it is.
    """
    connection = db.one(Connection, connection_id, lock=True)
    found = [] if shown is None else _differences(db, connection, shown, first, nights)
    if shown is None:
        raw(db).later(_FORGET_ALL, (connection.id,))
    elif found:
        _correct(db, found)
    house = db.one(Property, connection.property_id)
    connection.compare_at, connection.swept_at = next_comparison(house.timezone), None
    connection.rooms_mark = connection.rates_mark = None
    connection.drift = {
        "at": db.now.isoformat(),
        "read": shown is not None,
        "cells": len({(one["product_id"], one["night"]) for one in found}),
        "examples": found[:EXAMPLES_MOST],
    }
    if found:
        after = {"cells": connection.drift["cells"]}
        record(db, "channel_connection.drifted", "channel_connection", connection.id, connection.property_id, after=after)
    return len(found)


def _differences(db: Db, connection: Connection, shown: Mapping[Cell, Values], first: date, nights: int) -> list[dict[str, Any]]:
    """One per field, as plain JSON: {product_id, remote_id, night, field, ours, theirs}."""
    query = """
        select s.product_id, s.night, s.accepted, p.remote_id from channel_shown s join channel_product p on p.id = s.product_id
        where p.connection_id = %s and s.night >= %s and s.night < %s order by p.remote_id, s.night
    """
    return [
        {
            "product_id": str(product_id),
            "remote_id": remote_id,
            "night": night.isoformat(),
            "field": field,
            "ours": value,
            "theirs": shown[product_id, night][field],
        }
        for product_id, night, accepted, remote_id in raw(db).execute(query, (connection.id, first, first + nights * DAY))
        for field, value in sorted(accepted.items())
        if field in shown.get((product_id, night), {}) and shown[product_id, night][field] != value
    ]


def _correct(db: Db, found: list[dict[str, Any]]) -> None:
    theirs: dict[tuple[str, str], dict[str, int]] = {}
    for one in found:
        theirs.setdefault((one["product_id"], one["night"]), {})[one["field"]] = one["theirs"]
    columns = [product for product, _ in theirs], [night for _, night in theirs], [Jsonb(values) for values in theirs.values()]
    raw(db).later(_CORRECT, columns)

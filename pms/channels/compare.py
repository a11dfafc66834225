"""What a channel shows against what it accepted, once a night. What differs is listed, and told anew; so is what it does not
show, since nobody knows how that stands there, and what it refused, since it may take it by now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from pms.channels.changes import Cell, Values
from pms.channels.connections import adapter_of, forget_refusals, link_of, next_comparison
from pms.channels.models import Connection
from pms.kernel.dates import DAY
from pms.kernel.db import Db, raw
from pms.kernel.outbox import record
from pms.properties.models import Property

EXAMPLES_MOST = 50
_ACCEPTED = """
select s.product_id, s.night, p.remote_id, s.accepted::text from channel_shown s join channel_product p on p.id = s.product_id
where p.connection_id = %s and s.accepted <> '{}' and s.night >= %s and s.night < %s order by p.remote_id, s.night
"""
_FORGET_ALL = """
update channel_shown set accepted = '{}' where product_id in (select id from channel_product where connection_id = %s)
"""
_CORRECT = """
update channel_shown s set accepted = w.known from unnest(%s::uuid[], %s::date[], %s::jsonb[]) as w(product_id, night, known)
where s.product_id = w.product_id and s.night = w.night
"""


@dataclass(frozen=True)
class _Accepted:
    """What a cell's channel accepted, and how it shows that, should it show it."""

    cell: Cell
    remote_id: str
    values: Values
    told: Values

    def known(self, shown: Values) -> Values:
        """What it is known to have now: of what it does not show, nothing."""
        seen = ((name, value) for name, value in self.values.items() if name in shown)
        return {name: value if shown[name] == self.told[name] else shown[name] for name, value in seen}


def compare(db: Db, connection_id: UUID, shown: Mapping[Cell, Values] | None, first: date, nights: int) -> int:
    """Note what the channel shows on the local nights [first, first + nights). None, or nothing of what it accepted: it cannot be
    read, so all is told anew.

    How many fields differ from what it accepted.
    """
    connection = db.one(Connection, connection_id, lock=True)
    accepted = [] if shown is None else _accepted(db, connection, first, nights)
    if shown is not None and accepted and not any(one.known(shown.get(one.cell, {})) for one in accepted):
        shown = None
    found = [] if shown is None else _differences(accepted, shown)
    if shown is None:
        raw(db).later(_FORGET_ALL, (connection.id,))
    else:
        _correct(db, accepted, shown)
    forget_refusals(db, connection)
    house = db.one(Property, connection.property_id)
    connection.compare_at, connection.swept_at = next_comparison(house.timezone), None
    connection.rooms_mark = connection.rates_mark = None
    connection.drift = {
        "at": db.now.isoformat(),
        "read": shown is not None,
        "cells": len({(one["product_id"], one["night"]) for one in found}),
        "examples": found[:EXAMPLES_MOST],
    }
    event, after = f"channel_connection.{'drifted' if found else 'compared'}", {"cells": connection.drift["cells"]}
    record(db, event, "channel_connection", connection.id, connection.property_id, after=after)
    return len(found)


def _accepted(db: Db, connection: Connection, first: date, nights: int) -> list[_Accepted]:
    adapter, link = adapter_of(connection.channel), link_of(db, connection, lambda *_: None)  # nobody is spoken to

    @cache
    def said(product_id: UUID, text: str) -> tuple[Values, Values]:  # most nights are alike
        values = json.loads(text)
        return values, adapter.as_told(link, product_id, values)

    rows = raw(db).execute(_ACCEPTED, (connection.id, first, first + nights * DAY))
    return [_Accepted((product_id, night), remote_id, *said(product_id, text)) for product_id, night, remote_id, text in rows]


def _differences(accepted: Sequence[_Accepted], shown: Mapping[Cell, Values]) -> list[dict[str, Any]]:
    """One per field, as plain JSON: {product_id, remote_id, night, field, ours, theirs}."""
    seen = ((one, shown[one.cell]) for one in accepted if one.cell in shown)
    return [
        {
            "product_id": str(one.cell[0]),
            "remote_id": one.remote_id,
            "night": one.cell[1].isoformat(),
            "field": field,
            "ours": value,
            "theirs": theirs[field],
        }
        for one, theirs in seen
        for field, value in sorted(one.values.items())
        if field in theirs and theirs[field] != one.told[field]
    ]


def _correct(db: Db, accepted: Sequence[_Accepted], shown: Mapping[Cell, Values]) -> None:
    known = {one.cell: (one.values, one.known(shown.get(one.cell, {}))) for one in accepted}
    wrong = {cell: now for cell, (values, now) in known.items() if now != values}
    if wrong:
        cells = [product for product, _ in wrong], [night for _, night in wrong]
        raw(db).later(_CORRECT, (*cells, [Jsonb(dict(values)) for values in wrong.values()]))

"""That a price means the same money on both sides: asked before any is told, whoever had it told, and once a day from then on."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from uuid import UUID

import httpx

from pms.channels.adapter import Adapter, Link, Stop
from pms.kernel.dates import today
from pms.kernel.words import N_

OTHER = N_("It has this property in another currency than here. Have one of them changed before anything is told.")
_SAME: dict[UUID, tuple[int, str, date]] = {}
"""Connection -> its version, our currency and the day for which the channel was asked; lost with the process, which asks once
more."""


def other_there(adapter: Adapter, http: httpx.Client, link: Link) -> str:
    """The currency the channel has the property in, if it is not ours; "" if it is, or cannot be asked. Raises `Wait`, `Stop`."""
    theirs = adapter.currency(http, link).upper()[:10]
    return "" if theirs == link.currency else theirs


def ensure_same(connection_id: UUID, version: int, adapter: Adapter, http: httpx.Client, link: Link) -> None:
    """Ask, unless that was done for this state of the connection today. Who may not ask is told so when he tells. Raises `Stop`
    where it is another, and `Wait`: no price is told before the answer.
    """
    now = version, link.currency, today(link.timezone)
    if _SAME.get(connection_id) == now:
        return
    theirs = ""
    with suppress(Stop):
        theirs = other_there(adapter, http, link)
    if theirs:
        raise Stop(OTHER)
    _SAME[connection_id] = now

"""What channels said of money about their bookings: who is paid by the guest, and what the house is paid with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from pms.channels.connections import adapter_of
from pms.channels.incoming import Extra
from pms.kernel.db import Db, raw

_DEALS = """
with asked as (
  select r.id, r.id as sold_as, r.property_id, r.property_id as sold_by, '' as house from reservation r where r.id = any(%(ids)s)
  union all
  select t.reservation_id, s.reservation_id, t.property_id, s.property_id, h.name from relocation l
  join stay t on t.id = l.to_stay_id join stay s on s.id = l.stay_id join property h on h.id = s.property_id
  where t.reservation_id = any(%(ids)s) and l.taken_back_at is null
)
select distinct on (a.id) a.id, a.property_id, a.sold_by, c.channel, b.status, b.deal, a.house
from asked a join channel_booking b on b.reservation_id = a.sold_as join channel_connection c on c.id = b.connection_id
where b.status in ('new', 'modified', 'cancelled') and b.deal <> '{}'
order by a.id, a.house <> '', b.status = 'cancelled', b.changed_at desc, b.id
"""


@dataclass(frozen=True)
class PayCard:
    """What the house may charge, as far as the channel said: minor units, a local date; `expires` as it was written.

    `virtual` is the channel's own card, for this booking; otherwise it is the guest's. Numbers are not kept.
    """

    virtual: bool
    balance: int | None
    active_from: date | None
    expires: str


@dataclass(frozen=True)
class Deal:
    """The last word of a channel on what its booking costs, all rooms together; minor units of `currency`.

    `collect`: the guest pays the channel, or at the property. What is `cancelled` there is paid nowhere for sure: `total` is what
    it would have cost, `kept` what the channel says is to be paid all the same, and `commission` is on that. Each is None where
    the channel did not say; `commission` also for who may not see the house's figures. An extra that is not `included` comes on
    top of the prices of the nights. `house` is the property it was sold for, where the guest was moved here from there.
    `after_tax`: the prices of the nights have in them what comes on top of a night here, and are not taxed again.
    """

    channel: str
    cancelled: bool
    collect: Literal["channel", "property"]
    currency: str
    total: int | None
    commission: int | None
    card: PayCard | None
    extras: tuple[Extra, ...]
    after_tax: bool = False
    kept: int | None = None
    house: str = ""


def deals_of(db: Db, reservation_ids: Sequence[UUID]) -> dict[UUID, Deal]:
    """By reservation, one statement whatever their number. A guest who was moved here from a sister property has the deal made
    there. Those from no channel, only asked about by one, or not the actor's to see are left out. The commission takes
    `report.view` of the property that sold it.
    """
    if not reservation_ids:
        return {}
    rows = raw(db).execute(_DEALS, {"ids": list(reservation_ids)}).fetchall()
    return {
        id: _deal(channel, status, told, house, db.actor.may("report.view", sold_by))
        for id, property_id, sold_by, channel, status, told, house in rows
        if db.actor.may("reservation.view", property_id)
    }


def _deal(channel: str, status: str, told: dict[str, Any], house: str, figures: bool) -> Deal:
    return Deal(
        told.get("source") or adapter_of(channel).name,
        status == "cancelled",
        told["collect"],
        told["currency"],
        told["total"],
        told["commission"] if figures else None,
        _card(told["card"]) if told["card"] else None,
        tuple(Extra(**one) for one in told["extras"]),
        told.get("after_tax", False),
        told.get("kept"),
        house,
    )


def _card(told: dict[str, Any]) -> PayCard:
    active = told["active_from"]
    return PayCard(told["virtual"], told["balance"], date.fromisoformat(active) if active else None, told["expires"])

"""Prices and restrictions of some nights as they hold, cell by cell: what programs and files are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from pms.inventory.availability import NIGHTS_MAX
from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, NotFound
from pms.rates.board import Board, Field, TypeOnSale
from pms.rates.load import House, house_of
from pms.rates.models import RESTRICTIONS, RatePlan
from pms.rates.party import prices_on
from pms.rates.price import prices
from pms.rates.rounding import Amounts
from pms.reservations.offers import sellable_board

_VERSIONS = """
select rate_plan_id, room_type_id, night, version from rate_night
where rate_plan_id = any(%s) and room_type_id = any(%s) and night >= %s and night < %s and channel = %s
"""


@dataclass(frozen=True)
class RateTable:
    """Some plans in some room types on the nights of a board, as they hold for every channel, or on the board's own.

    `prices` per plan, room types down as on the board, minor units for the base party, the channel's mark-up in them; `versions`
    of the cells somebody filled in, for that channel or for all.
    """

    house: House
    board: Board
    plans: tuple[RatePlan, ...]
    types: tuple[TypeOnSale, ...]
    prices: Mapping[UUID, Amounts]
    versions: Mapping[tuple[UUID, UUID, date], int]

    def restrictions(self, plan: RatePlan) -> dict[str, Field]:
        """What holds somewhere on the board in that plan, by name; `UNSET` where nothing does."""
        named = self.board.restricted(plan)
        return {name: self.board.restriction(plan, name) for name in RESTRICTIONS if name in named}


def rate_table(
    db: Db,
    property_id: UUID,
    first: date,
    end: date,
    rate_plan_id: UUID | None = None,
    room_type_id: UUID | None = None,
    most: int | None = None,
    channel: str = "",
) -> RateTable:
    """The local nights [first, end), of all plans and room types on sale or of those named; as on a channel, if one is named.

    Refuses `BadInput` for no night, too many nights or more than `most` cells, `NotFound`, `NotPermitted`.
    """
    house = house_of(db, property_id)
    db.actor.require("property.view", property_id)
    nights = (end - first).days
    if not 0 < nights <= NIGHTS_MAX:
        raise BadInput("to", "Ask for 1 to {most} nights at a time.", most=NIGHTS_MAX)
    board = sellable_board(db, house, first, nights)[0].on(channel)
    plans = tuple(plan for plan in board.book.plans if rate_plan_id in (None, plan.id))
    types = tuple(kind for kind in house.types if room_type_id in (None, kind.id))
    if not plans or (room_type_id and not types):
        raise NotFound(what="rate plan" if not plans else "room type")
    if most is not None and len(plans) * len(types) * nights > most:
        raise BadInput("to", "Ask for at most {most} cells at a time.", most=most)
    ids = [plan.id for plan in plans], [kind.id for kind in types]
    rows = raw(db).execute(_VERSIONS, (*ids, first, first + timedelta(days=nights), channel))
    versions = {(plan, kind, night): version for plan, kind, night, version in rows}
    asked = prices(board) if types else {}
    if channel:
        asked = {plan.id: prices_on(board, channel, plan, asked[plan.id]) for plan in plans if types}
    return RateTable(house, board, plans, types, asked, versions)

"""Ways out of an oversold night as the sheet prints them: who was sold it, and what can be done for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.formats import day_short, moment, money, read_money
from pms.kernel.refusals import NotFound
from pms.kernel.words import translate
from pms.properties.models import Property, RoomType
from pms.rates import said
from pms.reservations.models import Relocation, Stay
from pms.reservations.nights import nights_of
from pms.reservations.relocate import Walk, walk
from pms.reservations.ways_out import (
    OtherType,
    Sold,
    blocks_to_lift,
    lacking_nights,
    other_types,
    oversold_night,
    sisters,
)


class Lack(NamedTuple):
    """What the sheet shows: a room type's night, and the stay to be moved; None is the one easiest to move."""

    property_id: UUID
    room_type_id: UUID
    night: date
    stay_id: UUID | None = None


@dataclass(frozen=True)
class Buyer:
    """A stay on the night; `since` says where it was sold and when. Those `beyond` came when the house was full."""

    stay: str
    name: str
    dates: str
    nights: int
    since: str
    status: str
    beyond: bool
    moves: bool


@dataclass(frozen=True)
class Way:
    """Something that can be chosen: its id, what it is, more about it, and the version of what is changed by it."""

    id: str
    name: str
    more: str = ""
    version: int = 0


@dataclass(frozen=True)
class Ways:
    """The whole sheet; `stay` is the one chosen, with its version, its guest and the price agreed."""

    title: str = ""
    too_many: int = 0
    buyers: list[Buyer] = field(default_factory=list)
    blocks: list[Way] = field(default_factory=list)
    stay: str = ""
    version: int = 0
    who: str = ""
    agreed: str = ""
    types: list[Way] = field(default_factory=list)
    sisters: list[Way] = field(default_factory=list)
    currency: str = ""


def lack_of(db: Db, stay_id: UUID) -> Lack | None:
    """The first night on which the stay has no room of its own, if there is one. Refuses `NotFound`, `NotPermitted`."""
    found = lacking_nights(db, stay_id)
    return Lack(db.one(Stay, stay_id).property_id, *found[0], stay_id) if found else None


def ways(db: Db, lack: Lack) -> Ways:
    """The sheet of a night. Refuses `NotFound`, `NotPermitted`."""
    night = oversold_night(db, lack.property_id, lack.room_type_id, lack.night)
    house, kind = db.one(Property, lack.property_id), db.one(RoomType, lack.room_type_id)
    if kind.property_id != house.id:
        raise NotFound(what="room type")
    movable = night.easier_to_move if night.too_many else []
    chosen = next((one for one in movable if one.stay_id == lack.stay_id), movable[0] if movable else None)
    blocks = blocks_to_lift(db, house.id, kind.id, lack.night) if night.too_many else []
    locale = db.actor.locale
    found = Ways(
        title=f"{kind.name} · {day_short(lack.night, locale)}",
        too_many=night.too_many,
        buyers=[_buyer(one, house, locale) for one in night.stays],
        blocks=[Way(str(one.block_id), one.unit, _block(one.reason, one.end_night, locale), one.version) for one in blocks],
        currency=house.currency,
    )
    return _with_ways(db, found, chosen) if chosen else found


def _buyer(one: Sold, house: Property, locale: str) -> Buyer:
    return Buyer(
        stay=str(one.stay_id),
        name=one.guest or one.code,
        dates=f"{day_short(one.arrival, locale)} – {day_short(one.departure, locale)}",
        nights=one.nights,
        since=f"{one.source} · {moment(one.since, locale, house.timezone)}",
        status=one.status,
        beyond=one.beyond,
        moves=one.can_move,
    )


def _block(reason: str, end: date, locale: str) -> str:
    until = translate("until {day}", locale, day=day_short(end, locale))
    return f"{reason} · {until}" if reason else until


def _with_ways(db: Db, found: Ways, chosen: Sold) -> Ways:
    """The sheet with what can be done for the stay chosen."""
    locale, currency = db.actor.locale, found.currency
    agreed = sum(night.price for night in nights_of(db, chosen.stay_id))
    return Ways(
        **{name: getattr(found, name) for name in ("title", "too_many", "buyers", "blocks", "currency")},
        stay=str(chosen.stay_id),
        version=chosen.version,
        who=chosen.guest or chosen.code,
        agreed=money(agreed, currency, locale),
        types=[
            Way(str(one.room_type_id), one.room_type, _difference(one, currency, locale))
            for one in other_types(db, chosen.stay_id)
        ],
        sisters=[Way(str(one.room_type_id), one.name, one.room_type) for one in sisters(db, chosen.stay_id)],
    )


def _difference(one: OtherType, currency: str, locale: str) -> str:
    """What the other type would cost more today; the guest does not pay it."""
    if one.difference is None:
        return translate("not sold in this plan", locale)
    return said.money(one.difference, currency, locale) if one.difference else translate("costs the same", locale)


@dataclass(frozen=True)
class WalkForm:
    """Where to, how, and what it costs, as typed."""

    hotel: str
    address: str = ""
    phone: str = ""
    transport: str = ""
    contact: str = ""
    room_cost: str = ""
    room_by: str = "house"
    transport_cost: str = ""
    transport_by: str = "house"
    compensation: str = ""


COSTS: Sequence[str] = ("room_cost", "transport_cost", "compensation")


def walk_as_typed(db: Db, stay_id: UUID, version: int, form: WalkForm) -> Relocation:
    """Walk the guest. Refuses `BadInput` for what is no amount, and what `walk` refuses."""
    currency = db.one(Property, db.one(Stay, stay_id).property_id).currency
    typed = {name: getattr(form, name).strip() for name in COSTS}
    costs = {name: read_money(text, currency, db.actor.locale, name) for name, text in typed.items() if text}
    return walk(db, stay_id, version, Walk(**{**vars(form), **dict.fromkeys(COSTS, 0), **costs}))

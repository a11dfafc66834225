"""What a party pays in a room type and between which limits prices stay there; the age bands of a property's children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from pms.kernel.db import Db, raw
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import history, record
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, Refusal
from pms.properties.models import RoomType
from pms.properties.property import clean_title
from pms.rates.hold import held_house, hold_book
from pms.rates.load import turn_page
from pms.rates.models import AgeBand, PartyPrice

BANDS_MOST, AGE_MOST = 10, 17


class BandsOverlap(Refusal):
    """Two bands would both hold a child of one age (R-56)."""

    sentence = "{one} and {other} overlap: a child of one age belongs to one band."
    field = "bands"


@dataclass(frozen=True)
class PartyFields:
    """What people fill in; minor units a night. `children` maps age bands' ids to the price of one child."""

    base_adults: int = 2
    extra_adult: int = 0
    single_use: int = 0
    children: Mapping[UUID, int] = field(default_factory=dict)
    floor: int | None = None
    ceiling: int | None = None


@dataclass(frozen=True)
class Band:
    """Children from `from_age` to `to_age` years, both included; `id` None for a new one."""

    name: str
    from_age: int
    to_age: int
    id: UUID | None = None


def price_party(db: Db, room_type_id: UUID, version: int, fields: PartyFields) -> PartyPrice:
    """Say what a party pays in a room type; `version` 0 where nobody has said anything yet.

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    kind = db.one(RoomType, room_type_id)
    db.actor.require("rate.manage", kind.property_id)
    if kind.archived_at:
        raise NotFound(what="room type")
    hold_book(db, kind.property_id)
    row = db.get(PartyPrice, kind.id, populate_existing=True)
    if version != (row.version if row else 0):
        _refuse_stale(db, kind.id, version)
    _refuse_bad(fields, kind)
    _refuse_foreign_bands(db, kind.property_id, fields)
    before = picture(row) if row else None
    if row is None:
        row = PartyPrice(organization_id=db.organization_id, room_type_id=kind.id, version=0)
        db.add(row)
    for name, value in _columns(fields).items():
        setattr(row, name, value)
    row.version += 1
    turn_page(db, kind.property_id)
    record(db, "party_price.changed", "party_price", kind.id, kind.property_id, before=before, after=picture(row))
    return row


def set_age_bands(db: Db, property_id: UUID, seen: Sequence[Band], bands: Sequence[Band]) -> list[AgeBand]:
    """Replace the age bands of a property as a whole; none may overlap. `seen` are those the caller saw.

    What children of a band pay stays with the band's id; a band left out takes its prices with it.
    Refuses `BandsOverlap`, `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    house = held_house(db, property_id)
    rows = {row.id: row for row in _bands(db, house.id)}
    present = [Band(row.name, row.from_age, row.to_age, row.id) for row in rows.values()]
    if set(seen) != set(present):
        _refuse_stale(db, house.id, 0)
    good = _checked(bands, rows)
    kept = {band.id for band in good}
    _forget(db, house.id, [id for id in rows if id not in kept])
    for band in good:
        values = {"name": band.name, "from_age": band.from_age, "to_age": band.to_age}
        if band.id is None:
            db.add(AgeBand(organization_id=db.organization_id, property_id=house.id, **values))  # type: ignore[arg-type]
            continue
        for name, value in values.items():
            setattr(rows[band.id], name, value)
    turn_page(db, house.id)
    record(db, "age_band.changed", "property", house.id, house.id, {"bands": _plain(present)}, {"bands": _plain(good)})
    return _bands(db, house.id)


def picture(row: PartyPrice) -> dict[str, Any]:
    """What the journal keeps of it."""
    return {name: getattr(row, name) for name in (*PartyFields.__dataclass_fields__, "version")}


def _refuse_stale(db: Db, entity_id: UUID, version: int) -> None:
    last = history(db, entity_id, most=1)
    raise MovedMeanwhile(by=last[0].actor_name if last else "", event=last[0].event if last else "", saw=version)


def _refuse_bad(fields: PartyFields, kind: RoomType) -> None:
    if not 1 <= fields.base_adults <= kind.adults:
        raise BadInput("base_adults", "The price is for at least one adult, and at most as many as the room sleeps.")
    amounts = {"extra_adult": fields.extra_adult, "single_use": fields.single_use, "floor": fields.floor}
    amounts |= {"ceiling": fields.ceiling} | {f"children.{id}": price for id, price in fields.children.items()}
    for name, amount in amounts.items():
        if amount is not None and not 0 <= amount <= MINOR_MAX:
            raise BadInput(name, "This is not an amount of money.")
    if fields.floor is not None and fields.ceiling is not None and fields.floor > fields.ceiling:
        raise BadInput("ceiling", "The minimum lies above the maximum.")


def _refuse_foreign_bands(db: Db, property_id: UUID, fields: PartyFields) -> None:
    if not set(fields.children) <= {row.id for row in _bands(db, property_id)}:
        raise NotFound(what="age band")


def _columns(fields: PartyFields) -> dict[str, Any]:
    values = {name: getattr(fields, name) for name in PartyFields.__dataclass_fields__}
    return values | {"children": {str(id): price for id, price in fields.children.items() if price}}


def _bands(db: Db, property_id: UUID) -> list[AgeBand]:
    db.flush()
    return list(db.scalars(select(AgeBand).where(col(AgeBand.property_id) == property_id).order_by(col(AgeBand.from_age))))


def _checked(bands: Sequence[Band], rows: Mapping[UUID, AgeBand]) -> list[Band]:
    if len(bands) > BANDS_MOST:
        raise BadInput("bands", "At most {most} age bands.", most=BANDS_MOST)
    ids = [band.id for band in bands if band.id is not None]
    if not rows.keys() >= set(ids) or len(set(ids)) < len(ids):
        raise NotFound(what="age band")
    if any(not 0 <= band.from_age <= band.to_age <= AGE_MOST for band in bands):
        raise BadInput("bands", "Ages run upwards, from 0 to {most}.", most=AGE_MOST)
    good = sorted((Band(clean_title(one.name), one.from_age, one.to_age, one.id) for one in bands), key=lambda one: one.from_age)
    for one, other in pairwise(good):
        if other.from_age <= one.to_age:
            raise BandsOverlap(one=one.name, other=other.name)
    return good


def _forget(db: Db, property_id: UUID, band_ids: Sequence[UUID]) -> None:
    """Remove bands, and what their children pay in any room type."""
    if not band_ids:
        return
    db.execute(delete(AgeBand).where(col(AgeBand.id).in_(band_ids)))
    names = [str(id) for id in band_ids]
    types = "select id from room_type where property_id = %s"
    forget = "update party_price set children = children - %s::text[], version = version + 1 where children ?| %s::text[]"
    raw(db).execute(f"{forget} and room_type_id in ({types})", (names, names, property_id))


def _plain(bands: Sequence[Band]) -> list[dict[str, Any]]:
    return [{"name": band.name, "from_age": band.from_age, "to_age": band.to_age} for band in bands]

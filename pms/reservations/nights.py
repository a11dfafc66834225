"""Where a stay lies, night by night. Every verb says which nights it wants; `place` is the one way to get them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from pms.inventory.claim import claim
from pms.kernel.db import Db, raw
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.on_sale import units_in_use
from pms.reservations.models import Stay


class UnitTaken(Refusal):
    """Another stay, or an out-of-order block, has the unit on some of the nights (`nights`, ISO dates)."""

    sentence = "{unit} is taken by {by}: {nights_text}."
    status = 409


class UnitTwice(UnitTaken):
    """Two rooms of one reservation want the unit; for programs it is taken, `by` nobody else."""

    sentence = "Two rooms of one reservation cannot both lie in {unit}: {nights_text}."

    @property
    def code(self) -> str:
        """As of any unit taken."""
        return "unit-taken"


@dataclass(frozen=True)
class Night:
    """One wanted night: the room type it counts in, the unit or None, the price in minor units."""

    night: date
    room_type_id: UUID
    unit_id: UUID | None
    price: int


def nights_of(db: Db, stay_id: UUID) -> list[Night]:
    """The nights of a stay, first to last, live or not."""
    rows = raw(db).execute(
        "select night, room_type_id, unit_id, price from stay_night where stay_id = %s order by night", (stay_id,)
    )
    return [Night(*row) for row in rows]


def place(db: Db, stay: Stay, wanted: Sequence[Night], force: bool = False) -> None:
    """Make `wanted` the live nights of one stay, claiming and giving back exactly the difference.

    The caller holds the stay's row lock. Refuses `SoldOut` (unless `force`), `UnitTaken`, and `BadInput` for a unit that
    left the house, or its type, since the stay last lay there.
    """
    current = live_nights(db, stay.id)
    kept = set(current) & set(wanted)
    gone, fresh = [n for n in current if n not in kept], [n for n in wanted if n not in kept]
    _refuse_gone(db, stay, {(n.night, n.unit_id) for n in current}, fresh)
    change = Counter((night.room_type_id, night.night) for night in fresh)
    change.subtract((night.room_type_id, night.night) for night in gone)
    claim(db, change, force=force)
    refuse_taken(db, [stay.id], fresh)
    if gone:
        days = [night.night for night in gone]
        raw(db).later("delete from stay_night where stay_id = %s and night = any(%s)", (stay.id, days))
    _insert(db, [(stay, fresh)])


def _refuse_gone(db: Db, stay: Stay, slept: Collection[tuple[date, UUID | None]], wanted: Sequence[Night]) -> None:
    """Refuse `BadInput` when a night would newly lie in a unit that is archived, or counts as another type by now."""
    entered = {(n.unit_id, n.room_type_id) for n in wanted if n.unit_id and (n.night, n.unit_id) not in slept}
    units = units_in_use(db, stay.property_id, {unit for unit, _ in entered if unit})
    if any(unit and units[unit].room_type_id != type_id for unit, type_id in entered):
        raise BadInput("unit_id", "This unit is not in use in this property.")


def place_new(db: Db, placements: Sequence[tuple[Stay, Sequence[Night]]], force: bool = False) -> None:
    """Give stays that have no nights yet their first, all in one claim. Refuses `SoldOut` (unless `force`), `UnitTaken`."""
    every = [night for _, wanted in placements for night in wanted]
    claim(db, Counter((night.room_type_id, night.night) for night in every), force=force)
    refuse_taken(db, [], every)
    _insert(db, placements)


def put_away(db: Db, stay: Stay, keep_until: date | None = None) -> None:
    """Take the stay's live nights (from `keep_until` on, else all) off the house; they stay in the books, not live."""
    current = live_nights(db, stay.id)
    freed = [night for night in current if keep_until is None or night.night >= keep_until]
    claim(db, {(night.room_type_id, night.night): -1 for night in freed})
    raw(db).later(
        "update stay_night set live = false where stay_id = %s and night = any(%s)",
        (stay.id, [night.night for night in freed]),
    )


def bring_back(db: Db, stay: Stay) -> None:
    """Make nights that were put away live again. Refuses `SoldOut`.

    A unit taken, archived, or moved to another type meanwhile leaves its nights unassigned.
    """
    nights = nights_of(db, stay.id)
    there = units_there(db, nights)
    nights = [n if (n.unit_id, n.room_type_id) in there else replace(n, unit_id=None) for n in nights]
    raw(db).later("delete from stay_night where stay_id = %s and not live", (stay.id,))
    gone = {(unit, night) for unit, night, _ in taken(db, [stay.id], nights)}
    place(db, stay, [replace(n, unit_id=None) if (n.unit_id, n.night) in gone else n for n in nights])


def units_there(db: Db, nights: Iterable[Night]) -> set[tuple[UUID | None, UUID]]:
    """(unit, room type) of the units of these nights that are in use, kept so for this transaction."""
    query = "select id, room_type_id from unit where archived_at is null and id = any(%s) order by id for key share"
    units = list({night.unit_id for night in nights if night.unit_id})
    return {(row[0], row[1]) for row in raw(db).execute(query, (units,))} if units else set()


def live_nights(db: Db, stay_id: UUID) -> list[Night]:
    """The nights of a stay that take up the house, first to last."""
    rows = raw(db).execute(
        "select night, room_type_id, unit_id, price from stay_night where stay_id = %s and live order by night", (stay_id,)
    )
    return [Night(*row) for row in rows]


_TAKEN = """
select n.unit_id, n.night, case when %(named)s then coalesce(nullif(concat_ws(' ', g.first_name, g.last_name), ''), r.code)
       else r.code end
from unnest(%(units)s::uuid[], %(nights)s::date[]) as w(unit_id, night)
join stay_night n on n.unit_id = w.unit_id and n.night = w.night and n.live and n.stay_id <> all(%(own)s::uuid[])
join stay s on s.id = n.stay_id join reservation r on r.id = s.reservation_id join guest g on g.id = r.guest_id
union all
select b.unit_id, w.night, b.reason
from unnest(%(units)s::uuid[], %(nights)s::date[]) as w(unit_id, night)
join block b on b.unit_id = w.unit_id and b.lifted_at is null and b.kind = 'out_of_order'
  and b.first_night <= w.night and w.night < b.end_night
order by 2
"""


def taken(db: Db, own: Sequence[UUID], nights: Iterable[Night]) -> list[tuple[UUID, date, str]]:
    """Which (unit, night) a stay other than `own` has, and who: a code for an actor who may not see guests.

    Race-free under the counters' locks: they cover the night.
    """
    asked = [night for night in nights if night.unit_id is not None]
    if not asked:
        return []
    keys = {"units": [n.unit_id for n in asked], "nights": [n.night for n in asked], "own": list(own)}
    keys["named"] = db.actor.may("guest.view")
    return [(row[0], row[1], row[2]) for row in raw(db).execute(_TAKEN, keys)]


def refuse_taken(db: Db, own: Sequence[UUID], nights: Sequence[Night]) -> None:
    """Refuse `UnitTaken`, naming the first unit that somebody has, who it is, and every night of theirs; or `UnitTwice`."""
    asked = Counter((night.unit_id, night.night) for night in nights if night.unit_id)
    twice = [(unit, night, None) for (unit, night), count in asked.items() if unit and count > 1]
    lost: Sequence[tuple[UUID, date, str | None]] = twice or taken(db, own, nights)
    if not lost:
        return
    unit_id, _, by = lost[0]
    days = sorted({night.isoformat() for unit, night, who in lost if unit == unit_id and who == by})
    found = raw(db).execute("select name from unit where id = %s", (unit_id,)).fetchone()
    refusal = UnitTwice if twice else UnitTaken
    raise refusal(unit=found[0] if found else "", by=by, nights=days, nights_text=", ".join(days))


_INSERT = """
insert into stay_night (organization_id, property_id, stay_id, night, room_type_id, unit_id, price, live)
select %(organization)s, %(property)s, w.*, true
from unnest(%(stays)s::uuid[], %(nights)s::date[], %(types)s::uuid[], %(units)s::uuid[], %(prices)s::int[]) as w
"""


def _insert(db: Db, placements: Sequence[tuple[Stay, Sequence[Night]]]) -> None:
    rows = [(stay.id, n.night, n.room_type_id, n.unit_id, n.price) for stay, nights in placements for n in nights]
    if rows:
        owner = {"organization": placements[0][0].organization_id, "property": placements[0][0].property_id}
        columns = zip(("stays", "nights", "types", "units", "prices"), map(list, zip(*rows, strict=True)), strict=True)
        raw(db).later(_INSERT, owner | dict(columns))

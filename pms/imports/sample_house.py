"""`make sample`: an organization, a house and its owner's sign-in, filled with made-up bookings or with a file moved to today."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlmodel import col, select

from pms.accounts.organizations import AlreadySetUp
from pms.imports.commands import OnProgress, Wish, import_file
from pms.imports.drive import run_to_end
from pms.imports.plan import Options
from pms.imports.run import Progress, begin_sample, load, start
from pms.imports.sample import DAYS, SEED, TYPES
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, work
from pms.kernel.refusals import Refusal
from pms.properties.models import Property, Unit
from pms.properties.property import PropertyFields
from pms.properties.room_type import RoomTypeFields
from pms.rates.set_up import NewRoomType, SetUp, set_up
from pms.reservations.blocks import place_block
from pms.reservations.nights import UnitTaken

OWNER_EMAIL = "owner@example.com"
BLOCKS = (
    ("out_of_order", 3, "Bathroom being retiled"),
    ("out_of_order", 2, "Window broken"),
    ("out_of_order", 6, "Painting"),
    ("out_of_order", 4, "Heating repair"),
    ("out_of_service", 2, "Stain on the carpet"),
    ("out_of_service", 5, "Squeaking door"),
)
SEASIDE = PropertyFields("Hotel Kopos", "LT", "Europe/Vilnius", "EUR", city="Palanga")
RESORT = PropertyFields("Resort Hotel", "PT", "Europe/Lisbon", "EUR", city="Albufeira")


class NotEmpty(Refusal):
    sentence = "The database is not empty, and a sample goes into an empty one only: set OCTASPACE_VAR_DIR to a new folder."
    status = 409


@dataclass(frozen=True)
class Sample:
    """A filled house and how to get in; the password is shown once, on the terminal."""

    email: str
    password: str
    property_id: UUID
    actor: Actor
    progress: Progress


def fill(wish: Wish | None, on: date | None = None, seed: int = SEED, on_progress: OnProgress | None = None) -> Sample:
    """Fill the empty database: with the file (its dates moved to today, nameless guests named), else with made-up bookings.

    `on` is the day the made-up house lives in, today if None. Refuses `NotEmpty`, and what the file refuses.
    """
    password = secrets.token_urlsafe(9)
    actor = _open(SEASIDE if wish is None else RESORT, wish is None, password)
    with work(actor) as db:
        house = db.exec(select(Property)).one()
    if wish is not None:
        done, _ = import_file(actor, house.id, wish, on_progress)
    else:
        done = _make_up(actor, house.id, on or today(house.timezone), seed, on_progress)
    return Sample(OWNER_EMAIL, password, house.id, actor, done)


def _open(house: PropertyFields, with_rooms: bool, password: str) -> Actor:
    room_types = tuple(
        NewRoomType(RoomTypeFields(kind.name, kind.unit_type, kind.adults, kind.children, kind.base_price), ", ".join(kind.units))
        for kind in TYPES
        if with_rooms
    )
    details = SetUp(house.name, "Ona Sample", OWNER_EMAIL, password, house, room_types)
    try:
        return set_up(details, user_agent="make sample").actor
    except AlreadySetUp:
        raise NotEmpty() from None


def _make_up(actor: Actor, property_id: UUID, on: date, seed: int, on_progress: OnProgress | None) -> Progress:
    with work(actor) as db:
        row = begin_sample(db, property_id, seed, Options(on))
        plan = load(db, row.id)
        start(db, row.id, plan, by_worker=False)
    done = run_to_end(actor, row.id, plan, on_progress)
    _block_some(actor, property_id, on, Random(seed))
    return done


def _block_some(actor: Actor, property_id: UUID, on: date, chance: Random) -> None:
    """Put every block of BLOCKS on some unit around today, trying until one is free; a block is never worth a guest's room."""
    with work(actor) as db:
        units = [unit.id for unit in db.exec(select(Unit).where(Unit.property_id == property_id).order_by(col(Unit.name))).all()]
    for kind, nights, reason in BLOCKS:
        for _ in range(40):
            first = on + timedelta(days=chance.randint(-2, min(25, DAYS)))
            with suppress(SoldOut, UnitTaken), work(actor) as db:
                _block(db, chance.choice(units), first, nights, kind, reason)
                break


def _block(db: Db, unit_id: UUID, first: date, nights: int, kind: str, reason: str) -> None:
    place_block(db, unit_id, first, first + timedelta(days=nights), kind, reason)

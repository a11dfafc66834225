"""Reading reservations as a whole, changing what is not a room's, adding rooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from pms.inventory.availability import availability
from pms.inventory.claim import SoldOut
from pms.kernel.actor import Actor
from pms.kernel.dates import now
from pms.kernel.db import Db, raw, work
from pms.kernel.ids import new_id
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.reservations.book import AlreadyBooked, Booking, Room, book
from pms.reservations.booked import booked_details
from pms.reservations.details import TooManyRooms, add_room, change_reservation, guest, reservation
from pms.reservations.guests import GuestDetails
from pms.reservations.life_cycle import cancel
from pms.reservations.queries import Wanted, details, guests, reservations
from pms.reservations.sold import Terms
from tests.builders import a_property, a_room_type, unit_ids

JUNE = date(2027, 6, 1)


@dataclass(frozen=True)
class House:
    """A property of two room types, three units each."""

    property_id: UUID
    double: UUID
    single: UUID


@pytest.fixture
def house(olga: Actor) -> House:
    property_id = a_property(olga)
    return House(property_id, a_room_type(olga, property_id), a_room_type(olga, property_id, "Single", base_price=7_000))


def booked(
    actor: Actor, house: House, nights: int = 2, day: int = 0, rooms: int = 1, name: str = "Adams", **more: object
) -> UUID:
    first = JUNE + timedelta(days=day)
    room = Room(house.double, first, first + timedelta(days=nights))
    guest = GuestDetails(name, "Ann", f"{name.lower()}@example.com")
    with work(actor) as db:
        return book(db, Booking(house.property_id, guest, [room] * rooms, **more)).reservation.id  # type: ignore[arg-type]


@contextmanager
def statements(db: Db) -> Iterator[list[str]]:
    """What is said to PostgreSQL meanwhile, straight through psycopg."""
    seen: list[str] = []
    connection = raw(db)
    run = connection.execute

    def execute(query: str, *args: object, **more: object) -> object:
        seen.append(query)
        return run(query, *args, **more)  # type: ignore[arg-type]

    connection.execute = execute  # type: ignore[assignment,method-assign]
    try:
        yield seen
    finally:
        del connection.execute


def test_a_reservation_shows_guest_stays_nights_and_what_it_costs(olga: Actor, house: House) -> None:
    unit = unit_ids(olga, house.double)[0]
    rooms = [Room(house.double, JUNE, date(2027, 6, 3), unit), Room(house.single, JUNE, date(2027, 6, 2), prices=[6_500])]
    with work(olga) as db:
        made = book(db, Booking(house.property_id, GuestDetails("Adams", "Ann"), rooms, notes=" late ", tags=("vip", "vip")))
        seen = reservation(db, made.reservation.id)
    assert (seen.arrival, seen.departure, seen.total, seen.currency) == (JUNE, date(2027, 6, 3), 26_500, "EUR")
    assert (seen.notes, seen.tags, seen.guest.name) == ("late", ("vip",), "Ann Adams")
    assert [stay.room_type for stay in seen.stays] == ["Double", "Single"]
    assert [(night.night.day, night.unit, night.price) for night in seen.stays[0].nights] == [
        (1, "Double 1", 10_000),
        (2, "Double 1", 10_000),
    ]
    assert seen.stays[1].nights[0].unit is None


@pytest.mark.parametrize("sees_guests", [True, False])
@pytest.mark.parametrize("comes_again", [True, False])
def test_what_was_just_booked_is_shown_as_reading_shows_it(
    olga: Actor, house: House, sees_guests: bool, comes_again: bool
) -> None:
    with work(olga) as db:
        known = reservation(db, booked(olga, house, day=20)).guest.id
    rooms = [
        Room(house.double, JUNE, date(2027, 6, 3), unit_ids(olga, house.double)[0], adults=1, children=2),
        Room(house.double, JUNE, date(2027, 6, 2), unit_ids(olga, house.single)[0], prices=[6_500]),
        Room(house.single, JUNE, date(2027, 6, 4)),
        Room(house.single, JUNE, date(2027, 6, 2), prices=[1], terms=Terms(reason="Regular guest")),
        Room(house.single, JUNE, JUNE),
    ]
    guest = known if comes_again else GuestDetails("Adams", "Ann", "ann@example.com", country="LT")
    wish = Booking(house.property_id, guest, rooms, "tentative", "web", "W-1", " late ", ("vip", "vip"))
    with work(olga if sees_guests else olga.without("guest.view")) as db:
        made = book(db, wish)
        assert booked_details(db, made) == details(db, [made.reservation.id])[0]


def test_a_page_takes_the_same_statements_whatever_its_size(olga: Actor, house: House) -> None:
    for day in range(12):
        booked(olga, house, day=day, rooms=2 if day % 2 else 1, nights=1)
    counts = []
    for limit in (1, 12):
        with work(olga) as db:
            with statements(db) as seen:
                assert len(reservations(db, Wanted(), limit=limit).reservations) == limit
            counts.append(len(seen))
    assert counts == [4, 4]


def test_pages_join_without_gap_or_repetition_while_others_book(olga: Actor, house: House) -> None:
    ids = [booked(olga, house, day=day, nights=1) for day in range(7)]
    seen, after, more = [], None, True
    while more:
        with work(olga) as db:
            page = reservations(db, Wanted(), after=after, limit=3)
        seen += [line.id for line in page.reservations]
        after, more = seen[-1], page.more
        booked(olga, house, day=20 + len(seen), nights=1)
    assert seen == ids[::-1]


def test_filters_pick_what_they_say(olga: Actor, house: House) -> None:
    early = booked(olga, house, day=0, source="web", name="Early")
    late = booked(olga, house, day=10, status="tentative", name="Late", external_ref="X-1")
    other = a_property(olga, "Other")
    with work(olga) as db:
        late_guest = reservation(db, late).guest.id

        def found(**wanted: object) -> set[UUID]:
            return {line.id for line in reservations(db, Wanted(**wanted)).reservations}  # type: ignore[arg-type]

        assert found() == {early, late}
        assert found(property_id=other) == set()
        assert found(source="web") == {early}
        assert found(status="tentative") == {late}
        assert found(guest_id=late_guest) == {late}
        assert found(arrival_from=JUNE + timedelta(days=1)) == {late}
        assert found(arrival_before=JUNE + timedelta(days=1)) == {early}
        assert found(departure_from=JUNE + timedelta(days=12)) == {late}
        assert found(departure_before=JUNE + timedelta(days=12)) == {early}
        assert found(search="lat") == found(search="X-1") == {late}
        assert found(search="%") == set()


def test_changed_since_sees_changes_of_stays_and_of_the_reservation(olga: Actor, house: House) -> None:
    still, moved, noted = (booked(olga, house, day=day) for day in (0, 5, 10))
    since = now()
    with work(olga) as db:
        cancel(db, reservation(db, moved).stays[0].id, None)
        change_reservation(db, noted, None, notes="window side")
    with work(olga) as db:
        found = reservations(db, Wanted(changed_since=since)).reservations
    assert {line.id for line in found} == {moved, noted}
    assert all(line.changed_at >= since for line in found)
    assert still not in {line.id for line in found}


def test_a_change_is_journaled_once_and_counts_the_version(olga: Actor, house: House) -> None:
    made = booked(olga, house)
    with work(olga) as db:
        row = change_reservation(db, made, 1, notes="late", tags=["vip", " vip ", ""], source="phone")
        assert (row.version, row.notes, row.tags, row.source) == (2, "late", ["vip"], "phone")
        assert change_reservation(db, made, 2, notes="late").version == 2
        events = history(db, made)
    assert [(e.event, e.before, e.after) for e in events] == [
        (
            "reservation.changed",
            {"notes": "", "tags": [], "source": "desk"},
            {"notes": "late", "tags": ["vip"], "source": "phone"},
        )
    ]


def test_a_change_that_saw_an_old_version_loses_politely(olga: Actor, rita: Actor, house: House) -> None:
    made = booked(olga, house)
    with work(rita) as db:
        change_reservation(db, made, 1, notes="hers")
    with pytest.raises(MovedMeanwhile) as refused, work(olga) as db:
        change_reservation(db, made, 1, notes="mine")
    assert (refused.value.data["by"], refused.value.data["event"]) == ("Rita Desk", "reservation.changed")


@pytest.mark.parametrize(
    ("field", "value"),
    [("notes", "x" * 4001), ("notes", "\x00"), ("tags", ["x" * 51]), ("tags", [str(n) for n in range(21)]), ("source", " ")],
)
def test_what_cannot_be_kept_is_refused(olga: Actor, house: House, field: str, value: object) -> None:
    made = booked(olga, house)
    with pytest.raises(BadInput) as refused, work(olga) as db:
        change_reservation(db, made, None, **{field: value})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_another_guest_can_take_the_reservation_over(olga: Actor, house: House) -> None:
    first, second = booked(olga, house, name="First"), booked(olga, house, day=5, name="Second")
    with work(olga) as db:
        change_reservation(db, first, None, guest_id=reservation(db, second).guest.id)
        assert reservation(db, first).guest.last_name == "Second"
        with pytest.raises(NotFound):
            change_reservation(db, first, None, guest_id=new_id())


def test_one_more_room_is_sold_under_the_same_code(olga: Actor, house: House) -> None:
    made = booked(olga, house, rooms=2)
    room = Room(house.double, JUNE, JUNE + timedelta(days=1))
    with work(olga) as db:
        add_room(db, made, 1, room)
    with pytest.raises(SoldOut), work(olga) as db:
        add_room(db, made, 2, room)
    with work(olga) as db:
        seen = reservation(db, made)
        assert (len(seen.stays), seen.version, seen.total) == (3, 2, 50_000)
        assert availability(db, house.property_id, JUNE, JUNE + timedelta(days=1))[0].free == 0


def test_a_reservation_cannot_grow_without_end(olga: Actor, house: House) -> None:
    wide = a_room_type(olga, house.property_id, "Bed", units=51, unit_type="bed")
    room = Room(wide, JUNE, JUNE + timedelta(days=1))
    with work(olga) as db:
        made = book(db, Booking(house.property_id, GuestDetails("Group"), [room] * 50)).reservation.id
    with pytest.raises(TooManyRooms), work(olga) as db:
        add_room(db, made, None, room)


def test_the_same_outside_booking_enters_once(olga: Actor, house: House) -> None:
    booked(olga, house, source="web", external_ref="A-1")
    booked(olga, house, day=3, source="phone", external_ref="A-1")
    with pytest.raises(AlreadyBooked):
        booked(olga, house, day=5, source="web", external_ref="A-1")


def test_nobody_sees_a_neighbours_reservation_or_guest(olga: Actor, otto: Actor, house: House) -> None:
    made = booked(olga, house)
    with work(olga) as db:
        ann = reservation(db, made).guest.id
    with work(otto) as db:
        assert reservations(db, Wanted()).reservations == []
        assert guests(db) == ([], False)
        for ask in (lambda: reservation(db, made), lambda: guest(db, ann), lambda: change_reservation(db, made, None, notes="x")):
            with pytest.raises(NotFound):
                ask()


def test_who_works_in_one_property_sees_its_guests_only(olga: Actor, house: House) -> None:
    other = a_property(olga, "Other")
    there = House(other, a_room_type(olga, other), house.single)
    here_id, there_id = booked(olga, house, name="Here"), booked(olga, there, name="There")
    limited = replace(olga, property_ids=frozenset({house.property_id}))
    with work(olga) as db:
        stranger = reservation(db, there_id).guest.id
    with work(limited) as db:
        assert [line.id for line in reservations(db, Wanted()).reservations] == [here_id]
        assert [line.last_name for line in guests(db)[0]] == ["Here"]
        for ask in (lambda: reservation(db, there_id), lambda: guest(db, stranger), lambda: availability(db, other, JUNE, JUNE)):
            with pytest.raises(NotFound):
                ask()
        with pytest.raises(NotFound):
            book(db, Booking(house.property_id, stranger, [Room(house.double, JUNE, JUNE + timedelta(days=1))]))


def test_housekeeping_learns_nothing_of_a_guest(olga: Actor, hana: Actor, house: House) -> None:
    made = booked(olga, house)
    with work(hana) as db:
        line = reservation(db, made).guest
        assert (line.name, line.email, line.phone, line.notes) == ("", None, None, None)
        with pytest.raises(NotPermitted):
            guests(db)


def test_guests_are_found_by_the_beginning_of_their_name_or_their_address(olga: Actor, house: House) -> None:
    for day, name in enumerate(("Adams", "Adamson", "Brown")):
        booked(olga, house, day=day * 3, name=name)
    with work(olga) as db:
        assert [line.last_name for line in guests(db, "adam")[0]] == ["Adamson", "Adams"]
        assert [line.last_name for line in guests(db, "ann br")[0]] == ["Brown"]
        assert [line.last_name for line in guests(db, "brown@example.com")[0]] == ["Brown"]
        first, more = guests(db, limit=2)
        assert more
        assert guests(db, after=first[-1].id)[0][0].last_name == "Adams"


def test_availability_counts_untouched_nights_too_in_one_statement(olga: Actor, house: House) -> None:
    booked(olga, house, nights=2, rooms=2)
    with work(olga) as db, statements(db) as seen:
        nights = availability(db, house.property_id, JUNE, JUNE + timedelta(days=3))
    assert len(seen) == 1
    assert [(n.room_type, n.night.day, n.capacity, n.sold, n.free, n.base_price) for n in nights] == [
        ("Double", 1, 3, 2, 1, 10_000),
        ("Double", 2, 3, 2, 1, 10_000),
        ("Double", 3, 3, 0, 3, 10_000),
        ("Single", 1, 3, 0, 3, 7_000),
        ("Single", 2, 3, 0, 3, 7_000),
        ("Single", 3, 3, 0, 3, 7_000),
    ]


@pytest.mark.parametrize("count", [0, -1, 401])
def test_availability_of_no_or_too_many_nights_is_refused(olga: Actor, house: House, count: int) -> None:
    with pytest.raises(BadInput), work(olga) as db:
        availability(db, house.property_id, JUNE, JUNE + timedelta(days=count))


def test_a_reservation_is_found_by_what_a_caller_says(olga: Actor, house: House) -> None:
    anna = GuestDetails("Müller", "Anna", phone="+370 (612) 34-567")
    room = Room(house.double, JUNE, JUNE + timedelta(days=2))
    with work(olga) as db:
        made = book(db, Booking(house.property_id, anna, [room], external_ref="HM-77")).reservation

        def found(search: str) -> bool:
            wanted = Wanted(property_id=house.property_id, search=search)
            return made.id in {one.id for one in reservations(db, wanted).reservations}

        for said in ("mül", "Anna", "anna mü", "Müller A", made.code.lower(), "HM-77", "612 345", "+37061234567", "0061234567"):
            assert found(said), said
        for said in ("üller", "1234", "612 349", "Anna B", "%", "HM-7"):
            assert not found(said), said


def test_names_and_phone_numbers_are_for_those_who_may_see_guests(olga: Actor, house: House) -> None:
    room = Room(house.double, JUNE, JUNE + timedelta(days=2))
    with work(olga) as db:
        code = book(db, Booking(house.property_id, GuestDetails("Müller", phone="+370 612 34567"), [room])).reservation.code
    blind = replace(olga, permissions=olga.permissions - {"guest.view"})
    with work(blind) as db:
        for said in ("61234567", "Müller"):
            assert not reservations(db, Wanted(property_id=house.property_id, search=said)).reservations
        (found,) = reservations(db, Wanted(property_id=house.property_id, search=code)).reservations
        assert (found.who, found.guest.name, found.guest.last_name) == (code, "", None)


def test_notes_are_for_those_who_may_see_guests_and_survive_a_change_by_others(olga: Actor, house: House) -> None:
    room = Room(house.double, JUNE, JUNE + timedelta(days=2))
    with work(olga) as db:
        made = book(db, Booking(house.property_id, GuestDetails("Müller"), [room], notes="Anna is diabetic")).reservation
    blind = olga.without("guest.view")
    with work(blind) as db:
        change_reservation(db, made.id, 1, tags=["late"])
        assert details(db, [made.id])[0].notes is None
        assert reservations(db, Wanted()).reservations[0].notes is None
        assert reservation(db, made.id).notes is None
    with work(olga) as db:
        assert reservation(db, made.id).notes == "Anna is diabetic"

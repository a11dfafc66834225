"""A member limited to one property, and the sister property next to it: out of reach through every verb, as a neighbour's is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted, Refusal
from pms.ui.calendar import edit
from pms.ui.calendar.booking_state import BookingForm, Draft, add_drafts, book_drafts
from pms.ui.calendar.card import load_card
from pms.ui.calendar.drop import Drop, Place, drop, guest_of, question
from tests.builders import a_cast, a_member
from tests.tenancy.house import ARRIVAL, DEPARTURE, House, a_house
from tests.tenancy.verbs import EMPTY, LATER, REFUSED, Try

FORM = edit.StayForm(ARRIVAL, DEPARTURE, "keep", 1, 0)
SHARED = ("accounts.", "properties.amenities.", "properties.room_type.create with an", "properties.room_type.change with an")
"""What belongs to the organization: people, keys (tests/domains/accounts say who reaches how far), and amenities."""
GUARDED_ABOVE = {
    "imports.house.house": "imports.run looks at the import's property first",
    "imports.house.build": "imports.run looks at the import's property first",
    "reservations.calendar.segments_in": "the sheet asks chart_house first",
    "reservations.calendar.counted": "the sheet asks chart_house first",
    "reservations.calendar.unassigned": "the sheet asks chart_house first",
    "reservations.relocate.elsewhere": "channels ask of their own bookings' stays, the drawer of a stay it has read",
    "reservations.calendar.traffic": "the sheet asks chart_house first",
}
"""Parts of one read or verb that never stand alone, and who keeps strangers from them."""


@pytest.fixture(scope="module")
def sisters(services: None) -> tuple[House, House]:
    """Both Olga's; the second as it looks to somebody who has every permission in it, and in it alone."""
    cast = a_cast()
    hers, his = a_house(cast.olga), a_house(cast.olga)
    limited = a_member(cast.organization_id, "Lena Limited", "manager", [his.property_id])
    return hers, replace(his, actor=limited)


@pytest.mark.parametrize("name", [name for name in REFUSED if not name.startswith(SHARED) and name not in GUARDED_ABOVE])
def test_a_sisters_id_is_refused(name: str, sisters: tuple[House, House]) -> None:
    hers, his = sisters
    with pytest.raises((NotFound, NotPermitted, BadInput)), work(his.actor) as db:
        REFUSED[name](db, hers, his)


@pytest.mark.parametrize("name", [name for name in EMPTY if name not in GUARDED_ABOVE])
def test_a_question_about_a_sister_finds_nothing(name: str, sisters: tuple[House, House]) -> None:
    hers, his = sisters
    try:
        with work(his.actor) as db:
            found = EMPTY[name](db, hers, his)
    except Refusal:
        return
    assert not found


GUEST = edit.GuestForm("Mine")
SCREENS: dict[str, Try] = {
    "drop": lambda db, hers, his: drop(db, Drop(hers.stay_id, 1, "move", Place(unit_id=hers.free_unit_id), ARRIVAL, 0)),
    "drop into a sister's unit": lambda db, hers, his: drop(
        db, Drop(his.stay_id, 1, "move", Place(unit_id=hers.free_unit_id), ARRIVAL, 0)
    ),
    "question": lambda db, hers, his: question(db, Drop(hers.stay_id, 1, "end", Place(), ARRIVAL, 1)),
    "asked_of": lambda db, hers, his: edit.asked_of(db, hers.stay_id, FORM),
    "load_card": lambda db, hers, his: load_card(db, hers.stay_id),
    "units_for": lambda db, hers, his: edit.units_for(db, hers.stay_id),
    "change_stay": lambda db, hers, his: edit.change_stay(db, hers.stay_id, 1, (FORM, edit.Asked())),
    "change_prices": lambda db, hers, his: edit.change_prices(db, hers.stay_id, 1, {}),
    "change_person": lambda db, hers, his: edit.change_person(db, hers.guest_id, 1, GUEST),
    "change_notes": lambda db, hers, his: edit.change_notes(db, hers.reservation_id, 1, edit.NotesForm("desk")),
    "split_stay": lambda db, hers, his: edit.split_stay(db, hers.stay_id, 1, edit.SplitForm(LATER, hers.free_unit_id)),
    "book_drafts": lambda db, hers, his: book_drafts(db, hers.property_id, "", BookingForm("Mine"), []),
    "add_drafts": lambda db, hers, his: add_drafts(db, his.property_id, hers.reservation_id, [Draft(str(his.room_type_id))]),
}


@pytest.mark.parametrize("name", SCREENS)
def test_what_screens_do_with_a_sisters_id_is_refused(name: str, sisters: tuple[House, House]) -> None:
    hers, his = sisters
    with pytest.raises((NotFound, NotPermitted, BadInput)), work(his.actor) as db:
        SCREENS[name](db, hers, his)


def test_a_refused_drop_does_not_say_whose_stay_it_was(sisters: tuple[House, House]) -> None:
    hers, his = sisters
    with work(his.actor) as db:
        assert guest_of(db, his.stay_id) == "Adams"
        assert guest_of(db, hers.stay_id) == ""

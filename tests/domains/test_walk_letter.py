"""The letter for a walked guest: what it says in which language, to whom it is given, and that it is a PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from weasyprint import HTML

from pms.kernel.db import work
from pms.kernel.refusals import NotFound, NotPermitted
from pms.reports import walk_letter as walk_letters
from pms.reports.walk_letter import Letter, PrinterBusy, as_html, as_pdf, walk_letter
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.relocate import Walk, walk
from tests.builders import Cast, a_property, a_room_type

ARRIVAL, DEPARTURE = date(2027, 3, 1), date(2027, 3, 3)
LETTER = Letter(
    "en",
    "Seaside",
    "Palanga",
    date(2027, 3, 1),
    "AB23CD45",
    "Anna <b>Müller</b>",
    ARRIVAL,
    DEPARTURE,
    "Hilton & Sons",
    "Quay 1",
    "+370 46 1",
    "A taxi waits.",
    "Rita, +370 5 9",
    True,
    False,
    5_000,
    "EUR",
)


def walked(cast: Cast, language: str = "") -> UUID:
    house = a_property(cast.olga)
    with work(cast.olga) as db:
        room = Room(a_room_type(cast.olga, house), ARRIVAL, DEPARTURE)
        stay = book(db, Booking(house, GuestDetails("Müller", "Anna", language=language), [room])).stays[0]
        walk(db, stay.id, None, Walk("Hilton", room_cost=24_000))
    return stay.id


def test_it_says_where_how_long_and_who_pays() -> None:
    said = as_html(LETTER)
    for words in (
        "Dear Anna &lt;b&gt;Müller&lt;/b&gt;,",
        "Hilton &amp; Sons",
        "1 Mar 2027 – 3 Mar 2027 (2 nights)",
        "We pay for all these nights.",
        "A taxi waits. You pay for it.",
        "You receive €50.00 from us.",
        "Please ask us anything: Rita, +370 5 9",
    ):
        assert words in said
    assert "<b>Müller" not in said


def test_what_nobody_wrote_is_not_said() -> None:
    said = as_html(replace(LETTER, transport="", contact="", compensation=0, room_paid=False))
    assert "You pay there for these nights." in said
    for words in ("The way there", "Please ask us", "For the trouble"):
        assert words not in said


@pytest.mark.parametrize(("locale", "words"), [("lt", "Atsiprašome"), ("de", "Es tut uns leid"), ("en", "We are sorry")])
def test_it_is_whole_in_every_language(locale: str, words: str) -> None:
    said = as_html(replace(LETTER, locale=locale))
    assert words in said
    assert ("Yours sincerely" in said) == (locale == "en")


def test_it_is_one_sheet_of_pdf() -> None:
    said = as_html(replace(LETTER, locale="lt", hotel="Žvaigždė " * 11, address="Ą" * 200, transport="Taksi " * 33))
    assert as_pdf(said).startswith(b"%PDF-")
    assert len(HTML(string=said).render().pages) == 1


def test_it_is_in_the_guests_language_unless_another_is_chosen(cast: Cast) -> None:
    stay = walked(cast, "de")
    with work(cast.rita) as db:
        assert [walk_letter(db, stay, one).locale for one in ("", "lt", "xx")] == ["de", "lt", "de"]
    with work(cast.rita) as db:
        assert walk_letter(db, walked(cast)).locale == "en"


def test_there_is_none_for_who_was_not_walked(cast: Cast) -> None:
    with work(cast.rita) as db, pytest.raises(NotFound):
        walk_letter(db, uuid4())
    house = a_property(cast.olga)
    with work(cast.olga) as db:
        room = Room(a_room_type(cast.olga, house), ARRIVAL, DEPARTURE)
        stay = book(db, Booking(house, GuestDetails("Müller"), [room])).stays[0]
    with work(cast.rita) as db, pytest.raises(NotFound):
        walk_letter(db, stay.id)


def test_it_is_for_those_who_may_see_guests(cast: Cast) -> None:
    stay = walked(cast)
    with work(cast.hana) as db, pytest.raises(NotPermitted):
        walk_letter(db, stay)
    with work(cast.otto) as db, pytest.raises(NotFound):
        walk_letter(db, stay)


def test_a_crowd_of_letters_is_refused_and_does_not_take_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_letters, "WAIT_SECONDS", 0.01)
    with walk_letters._ONE_AT_A_TIME, pytest.raises(PrinterBusy):
        as_pdf("<p>one more</p>")

"""The drawer of a channel's booking offers what the channel wants to be told of it, and shows what it answered."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from pms.channels import reporting
from pms.channels.apply import apply
from pms.channels.connections import connect, set_state
from pms.channels.incoming import Incoming, IncomingRoom
from pms.channels.models import ChannelBooking
from pms.channels.reporting import Answer
from pms.kernel.db import work
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.ui.calendar.drawer_state import StayDrawer
from tests.states.hotel import Hotel
from tests.states.tab import said


def booked(hotel: Hotel) -> UUID:
    """The stay of a booking of Booking.com whose guest was to arrive two days ago."""
    with work(hotel.cast.olga) as db:
        connection = connect(db, hotel.id, "booking_com", "101010", {"client_id": "a", "client_secret": "b"})
        set_state(db, connection.id, 1, "paused")
        room = IncomingRoom("1", hotel.day(1), hotel.day(3), prices=(9_000, 9_000))
        apply(db, connection, "Booking.com", Incoming("47", "r1", "new", [room], GuestDetails("Baker"), "EUR"), "1")
        reservation = db.scalars(select(ChannelBooking.reservation_id).where(ChannelBooking.booking == "47")).one()
        stay = db.scalars(select(Stay.id).where(Stay.reservation_id == reservation)).one()
        db.execute(text("update stay set arrival = arrival - 3, departure = departure - 3 where id = :id"), {"id": stay})
        return stay


def answered(hotel: Hotel, connection_of: UUID, answer: Answer) -> None:
    with work(hotel.cast.olga) as db:
        (connection,) = db.execute(
            text("select b.connection_id from channel_booking b join stay s using (reservation_id) where s.id = :id"),
            {"id": connection_of},
        ).scalars()
        (due,) = reporting.due(db, connection)
        reporting.note(db, due.id, answer)


async def test_a_no_show_is_offered_to_be_reported_once_it_is_marked(hotel: Hotel) -> None:
    stay = booked(hotel)
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay))
    drawer = tab.state(StayDrawer)
    assert (drawer.card.told_to, [one.what for one in drawer.card.reports]) == ("Booking.com", ["invalid_card"])
    await tab.call(StayDrawer.do, "no_show")
    assert [(one.what, one.may, one.said) for one in drawer.card.reports] == [("no_show", True, "")]
    events = await tab.call(StayDrawer.report, "no_show", True)
    assert "Booking.com is being told." in said(events)
    assert [(one.what, one.may, one.said) for one in drawer.card.reports] == [("no_show", False, "On its way")]
    answered(hotel, stay, Answer("reported"))
    await tab.call(StayDrawer.show_stay, str(stay))
    assert drawer.card.reports[0].said.endswith(", fees waived")
    assert [one[0] for one in drawer.card.history][:2] == ["Reported to the channel", "To be reported to the channel"]


async def test_what_the_channel_refused_is_shown_in_its_words(hotel: Hotel) -> None:
    stay = booked(hotel)
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(stay))
    await tab.call(StayDrawer.report, "invalid_card", False)
    answered(hotel, stay, Answer("refused", "too early. RUID abc"))
    await tab.call(StayDrawer.show_stay, str(stay))
    (row,) = tab.state(StayDrawer).card.reports
    assert (row.may, row.said) == (True, "Refused: too early. RUID abc")


async def test_a_report_that_is_none_or_cannot_be_made_is_refused(hotel: Hotel) -> None:
    own = hotel.book(1, 2, hotel.doubles[0]).stays[0]
    tab = hotel.tab()
    await tab.call(StayDrawer.show_stay, str(own.id))
    assert tab.state(StayDrawer).card.reports == []
    assert "cannot be reported" in said(await tab.call(StayDrawer.report, "no_show", False))
    assert "could not be understood" in said(await tab.call(StayDrawer.report, "bad_weather", False))

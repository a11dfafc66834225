"""What the house reports of a booking reaches the channel once, whatever breaks, and its answer is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from pms.channels import reporting
from pms.channels.adapter import ReportKind
from pms.channels.calls import latest_calls
from pms.channels.connections import disconnect, set_state
from pms.channels.models import Connection
from pms.channels.reporting import NothingToReport, Report, ReportedAlready
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import NotPermitted
from pms.reservations.life_cycle import no_show, reinstate
from tests.channels.booking_com import FakeBookingCom
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.fake import DONE, FAULTS, SOON, Fault
from tests.services import environment

REPORTING = "/hotels/xml/reporting"


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "booking_com") as house:
        house.turn()
        yield house


def fake(hotel: OnChannel) -> FakeBookingCom:
    assert isinstance(hotel.fake, FakeBookingCom)
    return hotel.fake


def sold(hotel: OnChannel, rooms: int = 1) -> str:
    """A booking that is in the books, of guests who were to arrive two days ago."""
    id = hotel.fake.sell([hotel.sale(2, 4)] * rooms)
    assert id is not None
    hotel.turn()
    with work(hotel.owner) as db:
        for stay in hotel.reservation(id)[1]:
            db.execute(text("update stay set arrival = arrival - 4, departure = departure - 4 where id = :id"), {"id": stay.id})
    return id


def nobody_came(hotel: OnChannel, id: str) -> None:
    with work(hotel.owner) as db:
        for stay in hotel.reservation(id)[1]:
            no_show(db, stay.id, None)


def ask(hotel: OnChannel, id: str, what: ReportKind, waived: bool = False, actor: Actor | None = None) -> None:
    with work(actor or hotel.owner) as db:
        reporting.report(db, hotel.reservation(id)[1][0].id, what, waived)


def of(hotel: OnChannel, id: str) -> dict[str, Report]:
    with work(hotel.owner) as db:
        return {one.what: one for one in reporting.reports_of(db, hotel.reservation(id)[0].id).of}


def due_again(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        db.execute(text("update channel_report set due_at = now() where connection_id = :id"), {"id": hotel.connection})


def reported(hotel: OnChannel) -> int:
    return sum(path == REPORTING for _, path, _ in hotel.fake.calls)


def test_a_no_show_is_reported_with_its_fees_waived_or_not_and_the_answer_is_kept(hotel: OnChannel) -> None:
    for waived in (True, False):
        id = sold(hotel)
        nobody_came(hotel, id)
        assert of(hotel, id)["no_show"] == Report("no_show", may=True)
        ask(hotel, id, "no_show", waived)
        assert (of(hotel, id)["no_show"].state, fake(hotel).reports[1:]) == ("waiting", [] if waived else fake(hotel).reports[1:])
        hotel.turn()
        told = of(hotel, id)["no_show"]
        assert (told.state, told.may, told.waived, told.answered_at is not None) == ("reported", False, waived, True)
        assert fake(hotel).reports[-1] == (id, "is_no_show", "yes" if waived else "no")


def test_a_bad_card_is_reported_and_then_the_booking_may_be_cancelled_for_it(hotel: OnChannel) -> None:
    id = sold(hotel)
    assert {what: one.may for what, one in of(hotel, id).items()} == {
        "no_show": False,
        "invalid_card": True,
        "cancel_invalid_card": False,
    }
    with pytest.raises(NothingToReport):
        ask(hotel, id, "cancel_invalid_card")
    ask(hotel, id, "invalid_card", waived=True)
    hotel.turn()
    assert fake(hotel).reports == [(id, "cc_is_invalid", "")]
    ask(hotel, id, "cancel_invalid_card")
    hotel.turn()
    assert fake(hotel).reports[1:] == [(id, "cancel_reservation_invalid_cc", "")]


def test_a_no_show_is_reported_of_the_whole_booking_when_nobody_came(hotel: OnChannel) -> None:
    id = sold(hotel, rooms=2)
    first, second = hotel.reservation(id)[1]
    with work(hotel.owner) as db:
        no_show(db, first.id, None)
    with pytest.raises(NothingToReport):
        ask(hotel, id, "no_show")
    with work(hotel.owner) as db:
        no_show(db, second.id, None)
    ask(hotel, id, "no_show")
    with pytest.raises(ReportedAlready):
        ask(hotel, id, "no_show")


def test_a_guest_who_came_after_all_is_not_a_no_show(hotel: OnChannel) -> None:
    id = sold(hotel)
    nobody_came(hotel, id)
    with work(hotel.owner) as db:
        reinstate(db, hotel.reservation(id)[1][0].id, None)
    with pytest.raises(NothingToReport):
        ask(hotel, id, "no_show")


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in DONE])
def test_whatever_breaks_while_it_is_told_it_is_told_once(hotel: OnChannel, fault: Fault) -> None:
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    broken(hotel, fault)
    with environment(**SOON):
        hotel.turn()
    due_again(hotel)
    hotel.turn()
    hotel.turn()
    assert fake(hotel).reports == [(id, "cc_is_invalid", "")]
    assert of(hotel, id)["invalid_card"].state == "reported"
    assert hotel.state() == ("testing", "")


@pytest.mark.parametrize("fault", ["drop_after", "hang_after"])
def test_an_answer_nobody_heard_is_asked_for_again_and_then_never_more(hotel: OnChannel, fault: Fault) -> None:
    """The channel took it, and the line broke or fell silent: it hears the same once more, which is the same report."""
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    broken(hotel, fault)
    with environment(**SOON):
        hotel.turn()
    assert of(hotel, id)["invalid_card"].state == "waiting"
    due_again(hotel)
    hotel.turn()
    again = reported(hotel)
    due_again(hotel)
    hotel.turn()
    assert (again, reported(hotel), set(fake(hotel).reports)) == (2, 2, {(id, "cc_is_invalid", "")})


def broken(hotel: OnChannel, fault: Fault) -> None:
    """That happens to the next report, and to nothing else."""
    left = [fault]
    hotel.fake.fault_of = lambda path: left.pop() if path == REPORTING and left else None  # type: ignore[method-assign]


def test_a_channel_that_cannot_now_is_left_alone_for_a_while_and_still_heard(hotel: OnChannel) -> None:
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    broken(hotel, "429")
    hotel.turn()
    hotel.turn()
    assert (reported(hotel), of(hotel, id)["invalid_card"].state) == (1, "waiting")
    later = hotel.fake.sell([hotel.sale(8, 9)])
    hotel.turn()
    assert later in hotel.bookings()


def test_what_the_channel_refuses_is_shown_in_its_words_and_may_be_tried_again(hotel: OnChannel) -> None:
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    booking = hotel.fake.bookings.pop(id)
    hotel.turn()
    told = of(hotel, id)["invalid_card"]
    assert (told.state, told.may) == ("refused", True)
    assert "no such reservation" in told.words
    assert "RUID" in told.words
    hotel.turn()
    assert reported(hotel) == 1, "what is refused is not tried again by itself"
    hotel.fake.bookings[id] = booking
    ask(hotel, id, "invalid_card")
    hotel.turn()
    assert of(hotel, id)["invalid_card"].state == "reported"


def test_who_may_not_report_is_refused_and_the_connection_goes_on(hotel: OnChannel) -> None:
    """Access to reports is granted apart from that to bookings."""
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    fake(hotel).barred_from = REPORTING
    hotel.turn()
    assert (of(hotel, id)["invalid_card"].state, hotel.state()) == ("refused", ("testing", ""))


def test_a_process_killed_before_it_noted_the_answer_leaves_the_report_to_the_next(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row that waits came with the transaction of whoever asked, and leaves with the answer alone."""
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    with monkeypatch.context() as killing:
        killing.setattr(reporting, "note", kill)
        with pytest.raises(Killed):
            hotel.turn()
    assert of(hotel, id)["invalid_card"].state == "waiting"
    hotel.turn()
    hotel.turn()
    assert (of(hotel, id)["invalid_card"].state, reported(hotel)) == ("reported", 2)


class Killed(BaseException):
    """The process ends here."""


def kill(*_: object) -> None:
    raise Killed


def test_a_report_waits_while_the_connection_is_paused(hotel: OnChannel) -> None:
    id = sold(hotel)
    state(hotel, "paused")
    ask(hotel, id, "invalid_card")
    assert not hotel.turn()
    state(hotel, "live")
    hotel.turn()
    assert fake(hotel).reports == [(id, "cc_is_invalid", "")]


def state(hotel: OnChannel, to: Any) -> None:
    with work(hotel.owner) as db:
        set_state(db, hotel.connection, db.one(Connection, hotel.connection).version, to)


def test_nothing_is_reported_of_a_booking_made_here_or_of_a_channel_that_is_gone(hotel: OnChannel) -> None:
    own = hotel.book(2, 4)
    with work(hotel.owner) as db:
        assert reporting.reports_of(db, own.reservation.id).of == ()
    with pytest.raises(NothingToReport), work(hotel.owner) as db:
        reporting.report(db, own.stays[0].id, "invalid_card")
    id = sold(hotel)
    with work(hotel.owner) as db:
        disconnect(db, hotel.connection, db.one(Connection, hotel.connection).version)
    assert of(hotel, id) == {}


def test_a_channel_that_takes_no_reports_is_offered_none(olga: Actor) -> None:
    with on_channel(olga, "expedia") as hotel:
        hotel.turn()
        id = hotel.fake.sell([hotel.sale(2, 4)])
        assert id is not None
        hotel.turn()
        assert of(hotel, id) == {}
        with pytest.raises(NothingToReport):
            ask(hotel, id, "invalid_card")


def test_whoever_may_not_mark_a_no_show_may_not_report_one(hotel: OnChannel) -> None:
    id = sold(hotel)
    with pytest.raises(NotPermitted):
        ask(hotel, id, "invalid_card", actor=hotel.owner.without("reservation.check_in"))


def test_who_reported_what_and_what_was_answered_is_in_the_journal_and_in_the_log(hotel: OnChannel) -> None:
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    hotel.turn()
    with work(hotel.owner) as db:
        told = {row.event: row for row in history(db, hotel.reservation(id)[0].id)}
        assert told["reservation.report_asked"].actor_name == hotel.owner.name
        assert told["reservation.report_accepted"].after == {"what": "invalid_card", "channel": "Booking.com", "words": ""}
        assert REPORTING in {call.path for call in latest_calls(db, hotel.connection)}


def test_a_later_report_keeps_its_time(hotel: OnChannel) -> None:
    """A pause the channel asks for is kept, whatever else is said meanwhile."""
    id = sold(hotel)
    ask(hotel, id, "invalid_card")
    with work(hotel.owner) as db:
        (due,) = reporting.due(db, hotel.connection)
        reporting.note(db, due.id, reporting.Answer("waiting", "later", 600))
        row = db.one(reporting.ChannelReport, due.id)
        assert timedelta(minutes=9) < row.due_at - db.now < timedelta(minutes=11)
        assert reporting.due(db, hotel.connection) == []

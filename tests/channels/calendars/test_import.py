"""What a feed's file does to the house: every rule of reading, by name. Days count from today; unit 0 is the feed's."""

from __future__ import annotations

import pytest
from sqlmodel import select

from pms.channels.calendars.feeds import believe_empty, remove_feed
from pms.kernel.db import work
from pms.reservations.life_cycle import cancel, check_in, reinstate
from pms.reservations.models import Guest
from pms.reservations.move import assign, change_dates, unassign
from tests.channels.calendars.conftest import House
from tests.channels.calendars.sites import (
    airbnb,
    airbnb_2018,
    airbnb_closed,
    airbnb_sold,
    booking_com,
    event,
    file,
    plain,
    vrbo,
)

OTHER = "HMZZZZ9999"


def guests(house: House) -> list[str]:
    with work(house.owner) as db:
        return sorted(db.scalars(select(Guest.last_name)))


def cancel_here(house: House) -> None:
    stay = house.stay()
    with work(house.owner) as db:
        cancel(db, stay.id, None)


# What an entry becomes


def test_a_reservation_is_booked_by_force_at_no_price_under_the_sites_name_and_code(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    assert house.stays() == [(3, 6, "confirmed", 0)]
    (made,) = house.reservations()
    assert (made.source, made.external_ref, guests(house)) == ("Airbnb", "HMABCD1234", ["Reserved"])


def test_a_name_that_the_site_gives_is_the_guests(house: House) -> None:
    house.feed()
    house.learn(airbnb_2018(*house.span(3, 6)))
    assert guests(house) == ["Ann Smith"]
    assert house.reservations()[0].external_ref == "HMABCD1234"


def test_a_uid_is_the_reference_where_there_is_no_code(house: House) -> None:
    house.feed("Vrbo")
    house.learn(file(plain("abc@vrbo", *house.span(3, 6), "Reserved - Zoé")), "Vrbo")
    assert (house.reservations()[0].external_ref, guests(house)) == ("abc@vrbo", ["Zoé"])


def test_a_closed_time_becomes_a_block_and_no_reservation(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert (house.blocks(), house.stays()) == ([(3, 6)], [])


@pytest.mark.parametrize("words", ["Blocked", "Indisponible", "Not available", "Dentist"])
def test_words_that_say_closed_or_nothing_we_know_close_the_nights(house: House, words: str) -> None:
    house.feed("Vrbo")
    house.learn(vrbo((*house.span(3, 6), words)), "Vrbo")
    assert (house.blocks(), house.stays()) == ([(3, 6)], [])


def test_touching_entries_are_two_stays(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_sold(*house.span(6, 8), OTHER)))
    assert house.stays() == [(3, 6, "confirmed", 0), (6, 8, "confirmed", 0)]
    assert house.told() == []


def test_what_is_over_is_not_booked(house: House) -> None:
    house.feed()
    house.learn(
        airbnb(airbnb_sold(*house.span(-6, -3)), airbnb_closed(*house.span(-3, 0)), airbnb_sold(*house.span(1, 2), OTHER))
    )
    assert (house.stays(), house.blocks()) == ([(1, 2, "confirmed", 0)], [])


def test_an_entry_longer_than_any_stay_is_a_closed_time(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 500))))
    assert (house.stays(), house.blocks()) == ([], [(3, 183)])


def test_a_long_tail_is_closed_for_its_first_nights_only_and_told(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(300, 730))))
    assert (house.blocks(), house.told()) == ([(300, 480)], ["long_block"])


def test_a_second_fetch_of_the_same_changes_nothing(house: House) -> None:
    house.feed()
    entries = (airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(6, 7)))
    house.learn(airbnb(*entries))
    before = house.stay().version, house.blocks(), [row.id for row in house.events()]
    house.learn(airbnb(airbnb_sold(*house.span(3, 6), stamp="20991231T000000Z"), entries[1]))
    assert (house.stay().version, house.blocks(), [row.id for row in house.events()]) == before


# Where the unit is not free


def test_a_reservation_finds_the_unit_taken_and_waits_unassigned_and_told(house: House) -> None:
    house.book(4, 5)
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    assert (3, 6, "confirmed", None) in house.stays()
    assert house.told() == ["unassigned"]


def test_a_reservation_is_never_refused_for_lack_of_rooms(house: House) -> None:
    for unit in range(3):
        house.book(3, 6, unit)
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    assert (3, 6, "confirmed", None) in house.stays()


def test_a_closed_time_leaves_nights_alone_that_ours_have(house: House) -> None:
    house.book(4, 5)
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert house.blocks() == [(3, 4), (5, 6)]


def test_two_entries_that_overlap_are_told_and_neither_is_lost(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_sold(*house.span(5, 8), OTHER)))
    assert sorted(house.stays()) == [(3, 6, "confirmed", 0), (5, 8, "confirmed", None)]
    assert set(house.told()) == {"overlap", "unassigned"}


def test_one_uid_with_two_dates_keeps_both_as_closed_times(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 5)), plain("a", *house.span(8, 9))))
    assert (house.blocks(), house.stays()) == ([(3, 5), (8, 9)], [])


def test_nights_closed_first_and_sold_then_are_sold_in_the_unit(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(2, 9))))
    house.learn(airbnb(airbnb_sold(*house.span(4, 6)), airbnb_closed(*house.span(2, 4)), airbnb_closed(*house.span(6, 9))))
    assert (house.stays(), house.blocks()) == ([(4, 6, "confirmed", 0)], [(2, 4), (6, 9)])


# What changes on the site


def test_other_dates_under_the_same_uid_move_the_stay(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6))))
    house.learn(file(plain("a", *house.span(2, 8))))
    assert house.stays() == [(2, 8, "confirmed", 0)]


def test_other_dates_that_do_not_fit_into_the_unit_leave_the_stay_unassigned(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6))))
    house.book(6, 9)
    house.learn(file(plain("a", *house.span(3, 8))))
    assert (3, 8, "confirmed", None) in house.stays()
    assert house.told() == ["unassigned"]


def test_other_dates_are_never_refused_for_lack_of_rooms(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6))))
    for unit in (1, 2, None):
        house.book(6, 8, unit)
    house.learn(file(plain("a", *house.span(3, 8))))
    assert (3, 8, "confirmed", 0) in house.stays()
    assert house.told() == []


def test_what_the_desk_changed_stays_until_the_site_changes_it_too(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6))))
    with work(house.owner) as db:
        change_dates(db, house.stay().id, None, *house.span(4, 6))
        assign(db, house.stay().id, None, house.units[2])
    house.learn(file(plain("a", *house.span(3, 6))))
    assert house.stays() == [(4, 6, "confirmed", 2)]
    house.learn(file(plain("a", *house.span(3, 7))))
    assert house.stays() == [(4, 7, "confirmed", 2)]


def test_a_first_night_cut_off_at_today_is_no_change(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(-2, 3))))
    house.learn(file(plain("a", *house.span(0, 3))))
    assert house.stays() == [(-2, 3, "confirmed", 0)]


def test_another_uid_with_shared_nights_and_the_same_departure_is_the_same_stay(house: House) -> None:
    house.feed("Booking.com")
    house.learn(booking_com(("a1", *house.span(-2, 3)), summary="CLOSED - Ann Smith"), "Booking.com")
    house.learn(booking_com(("b2", *house.span(0, 3)), summary="CLOSED - Ann Smith"), "Booking.com")
    assert house.stays() == [(-2, 3, "confirmed", 0)]
    assert [row.uid for row in house.events("Booking.com")] == ["b2@booking.com"]


def test_the_same_code_under_another_uid_is_the_same_stay(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    house.learn(airbnb(airbnb_sold(*house.span(4, 9)).replace("1418fb94e984", "ffffffffffff")))
    assert house.stays() == [(4, 9, "confirmed", 0)]


def test_two_codes_with_the_same_departure_are_two_stays(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    house.learn(airbnb(airbnb_sold(*house.span(4, 6), OTHER)))
    assert len(house.stays()) == 2


def test_a_stay_whose_name_the_site_takes_away_is_still_sold(house: House) -> None:
    house.feed("Booking.com")
    house.learn(booking_com(("a1", *house.span(2, 5)), summary="CLOSED - Ann Smith"), "Booking.com")
    for _ in range(4):
        house.learn(booking_com(("a1", *house.span(2, 5))), "Booking.com")
    assert (house.stays(), house.blocks()) == ([(2, 5, "confirmed", 0)], [])


# What is no longer on the site

REST = "HMRRRR0000"


def with_rest(house: House, *entries: str) -> bytes:
    """A file that is never empty."""
    return airbnb(*entries, airbnb_closed(*house.span(100, 101), "rest"))


def test_absence_cancels_only_after_three_good_fetches_in_a_row(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6))))
    for expected in ("confirmed", "confirmed", "cancelled"):
        house.learn(with_rest(house))
        assert house.stay().status == expected


def test_a_bad_fetch_in_between_begins_the_row_anew(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6))))
    for content in (with_rest(house), with_rest(house), b"<html>", with_rest(house), with_rest(house)):
        house.learn(content)
    assert house.stay().status == "confirmed"
    house.learn(with_rest(house))
    assert house.stay().status == "cancelled"


def test_an_entry_that_comes_back_in_time_starts_from_none(house: House) -> None:
    house.feed()
    sold = airbnb_sold(*house.span(3, 6))
    for entries in ([sold], [], [], [sold], [], []):
        house.learn(with_rest(house, *entries))
    assert house.stay().status == "confirmed"


def test_a_cancelled_entry_that_comes_back_brings_its_stay_back(house: House) -> None:
    house.feed()
    sold = airbnb_sold(*house.span(3, 6))
    for entries in ([sold], [], [], [], [sold]):
        house.learn(with_rest(house, *entries))
    assert house.stays() == [(3, 6, "confirmed", 0)]


def test_one_that_comes_back_into_a_full_house_is_booked_by_force(house: House) -> None:
    house.feed()
    sold = airbnb_sold(*house.span(3, 6))
    for entries in ([sold], [], [], []):
        house.learn(with_rest(house, *entries))
    for unit in range(3):
        house.book(3, 6, unit)
    house.learn(with_rest(house, sold))
    assert [stay for stay in house.stays() if stay[3] is None] == [(3, 6, "confirmed", None)]
    assert {row.external_ref for row in house.reservations()} == {None, "HMABCD1234", "HMABCD1234/2"}
    house.learn(with_rest(house, sold))
    assert len(house.stays()) == 5


@pytest.mark.parametrize(("first", "end"), [(-5, 0), (-2, 2), (0, 3)])
def test_a_stay_that_is_over_or_has_begun_is_never_cancelled(house: House, first: int, end: int) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(first, end))))
    for _ in range(5):
        house.learn(with_rest(house))
    assert [stay[2] for stay in house.stays()] == (["confirmed"] if end > 0 else [])
    assert house.told() == (["absent"] if end > 0 else [])


def test_a_guest_in_the_house_is_never_cancelled(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(0, 3))))
    with work(house.owner) as db:
        check_in(db, house.stay().id, None)
    off = event("UID:1418fb94e984-hmabcd12340000000000000000000000@airbnb.com", "DTSTART;VALUE=DATE:20270101", "STATUS:CANCELLED")
    for _ in range(4):
        house.learn(with_rest(house, off))
    assert house.stay().status == "checked_in"


def test_an_entry_called_off_by_name_is_cancelled_at_once(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6)), plain("b", *house.span(9, 10))))
    house.learn(file(plain("a", *house.span(3, 6), "Reserved", "STATUS:CANCELLED"), plain("b", *house.span(9, 10))))
    assert house.stays() == [(3, 6, "cancelled", 0), (9, 10, "confirmed", 0)]


def test_an_entry_that_cannot_be_read_is_not_absent(house: House) -> None:
    house.feed()
    house.learn(file(plain("a", *house.span(3, 6)), plain("b", *house.span(9, 10), "Blocked"), plain("c", *house.span(20, 21))))
    broken = [event("UID:a", "DTSTART;VALUE=DATE:2027"), event("UID:b", "DTEND;VALUE=DATE:20270101")]
    for _ in range(4):
        house.learn(file(*broken, plain("c", *house.span(20, 21))))
    assert (3, 6, "confirmed", 0) in house.stays()
    assert house.blocks() == [(9, 10)]
    assert house.told() == ["no_dates", "no_dates"]


def test_a_broken_entry_without_a_uid_lets_nothing_be_called_absent(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(9, 10))))
    for _ in range(4):
        house.learn(with_rest(house, event("DTSTART;VALUE=DATE:2027")))
    assert (house.stay().status, house.blocks()) == ("confirmed", [(9, 10), (100, 101)])


def test_a_stay_cancelled_here_stays_cancelled_and_is_told_while_the_site_has_it(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6))))
    cancel_here(house)
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6))))
    assert (house.stay().status, house.told()) == ("cancelled", ["cancelled_here"])
    house.learn(with_rest(house))
    assert house.told() == []


# When nothing can be learnt


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "html"),
        (b"", "not_a_calendar"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n", "truncated"),
        (airbnb(), "empty"),
    ],
)
def test_what_is_no_whole_calendar_changes_nothing_and_is_told(house: House, content: bytes, why: str) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(8, 9))))
    for _ in range(5):
        house.learn(content)
    assert (house.stays(), house.blocks(), house.told()) == ([(3, 6, "confirmed", 0)], [(8, 9)], [why])
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(8, 9))))
    assert house.told() == []


def test_a_file_with_nothing_but_the_past_is_as_empty(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    house.learn(airbnb(airbnb_sold(*house.span(-9, -6))))
    assert (house.blocks(), house.told()) == ([(3, 6)], ["empty"])


def test_a_feed_that_was_empty_from_the_beginning_is_no_trouble(house: House) -> None:
    house.feed()
    house.learn(airbnb())
    assert house.told() == []


def test_a_person_may_say_that_it_is_empty_indeed(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(8, 9))))
    house.learn(airbnb())
    with work(house.owner) as db:
        believe_empty(db, house.feeds["Airbnb"], house.line().version)
    for _ in range(3):
        house.learn(airbnb())
    assert (house.stay().status, house.blocks(), house.told()) == ("cancelled", [], [])
    house.learn(airbnb(airbnb_closed(*house.span(8, 9))))
    house.learn(airbnb())
    assert house.told() == ["empty"]


def test_the_last_stay_cancelled_here_makes_an_empty_file_no_trouble(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    cancel_here(house)
    house.learn(airbnb())
    assert house.told() == []


# A feed that goes and comes


def test_a_feed_removed_frees_its_closed_nights_and_keeps_its_reservations(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6)), airbnb_closed(*house.span(8, 9))))
    with work(house.owner) as db:
        remove_feed(db, house.feeds["Airbnb"], house.line().version)
    assert (house.stays(), house.blocks()) == ([(3, 6, "confirmed", 0)], [])


def test_a_feed_added_again_knows_the_reservations_of_the_first(house: House) -> None:
    test_a_feed_removed_frees_its_closed_nights_and_keeps_its_reservations(house)
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    assert house.stays() == [(3, 6, "confirmed", 0)]
    for _ in range(3):
        house.learn(with_rest(house))
    assert house.stay().status == "cancelled"


def test_a_stay_unassigned_by_the_desk_is_told(house: House) -> None:
    house.feed()
    house.learn(airbnb(airbnb_sold(*house.span(3, 6))))
    with work(house.owner) as db:
        unassign(db, house.stay().id, None)
    assert house.told() == ["unassigned"]


def test_a_cancelled_stay_reinstated_by_the_desk_is_not_cancelled_again(house: House) -> None:
    house.feed()
    house.learn(with_rest(house, airbnb_sold(*house.span(3, 6))))
    for _ in range(3):
        house.learn(with_rest(house))
    with work(house.owner) as db:
        reinstate(db, house.stay().id, None)
    for _ in range(4):
        house.learn(with_rest(house))
    assert house.stay().status == "confirmed"

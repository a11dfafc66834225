"""A channel shows what is true, whatever went wrong on the way; and it is told no more than it needs."""

from typing import Any

import pytest
from sqlalchemy import text

from pms.channels.connections import connect
from pms.channels.outbound import take
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.rates.cells import Edit, change_cells
from pms.reservations.life_cycle import cancel
from tests.builders import a_property
from tests.channels.conftest import NIGHTS, OnChannel
from workers.channels import sweep


def edit(hotel: OnChannel, n: int, **values: Any) -> None:
    with work(hotel.owner) as db:
        change_cells(db, hotel.property_id, [Edit((hotel.plan, hotel.double, hotel.day(n)), values)])


def test_a_new_connection_is_told_everything_in_two_calls(hotel: OnChannel) -> None:
    assert hotel.push() == 0
    assert [path for path, _ in hotel.fake.calls] == ["/availability", "/restrictions"]
    for n in range(NIGHTS):
        assert hotel.shown("room-D", n) == {"availability": 3}
        rate = hotel.shown("rate-D", n)
        assert rate["rate"] == 10_000
        assert (rate["min_stay_through"], rate["max_stay"], rate["stop_sell"]) == (1, 0, False)


def test_who_was_told_everything_is_told_nothing_again(hotel: OnChannel) -> None:
    hotel.push()
    hotel.fake.calls.clear()
    hotel.push()
    assert hotel.fake.calls == []


def test_a_sale_and_its_cancellation_are_told_with_their_nights_alone(hotel: OnChannel) -> None:
    hotel.push()
    hotel.fake.calls.clear()
    booked = hotel.book(2, 5)
    hotel.push()
    assert hotel.fake.calls == [("/availability", 1)]
    assert [hotel.shown("room-D", n)["availability"] for n in range(1, 6)] == [3, 2, 2, 2, 3]
    with work(hotel.owner) as db:
        cancel(db, booked.stays[0].id, None)
    hotel.push()
    assert [hotel.shown("room-D", n)["availability"] for n in range(1, 6)] == [3] * 5


def test_of_two_changes_only_the_last_is_sent(hotel: OnChannel) -> None:
    hotel.push()
    hotel.fake.calls.clear()
    edit(hotel, 3, price=12_000)
    edit(hotel, 3, price=13_000)
    hotel.push()
    assert hotel.fake.calls == [("/restrictions", 1)]
    assert hotel.shown("rate-D", 3)["rate"] == 13_000


def test_a_lifted_restriction_is_lifted_there(hotel: OnChannel) -> None:
    edit(hotel, 3, min_stay=4, closed=True)
    hotel.push()
    assert (hotel.shown("rate-D", 3)["min_stay_through"], hotel.shown("rate-D", 3)["stop_sell"]) == (4, True)
    edit(hotel, 3, min_stay=None, closed=None)
    hotel.push()
    assert (hotel.shown("rate-D", 3)["min_stay_through"], hotel.shown("rate-D", 3)["stop_sell"]) == (1, False)


def test_a_plan_not_open_to_the_channel_is_closed_there(hotel: OnChannel) -> None:
    hotel.push()
    with work(hotel.owner) as db:
        db.execute(text("update rate_plan set channels = array['desk'] where id = :id"), {"id": hotel.plan})
        db.execute(text("update rate_book set mark = gen_random_uuid() where property_id = :id"), {"id": hotel.property_id})
    hotel.push()
    assert all(hotel.shown("rate-D", n)["stop_sell"] for n in range(NIGHTS))


def test_what_the_channel_refuses_stands_alone_and_is_not_sent_again_until_it_changes(hotel: OnChannel) -> None:
    """A price of nothing is no price to Channex; the restriction of the same night, and all other nights, go out."""
    edit(hotel, 3, price=0, min_stay=2)
    hotel.push()
    assert "rate" not in hotel.shown("rate-D", 3)
    assert hotel.shown("rate-D", 3)["min_stay_through"] == 2
    assert hotel.shown("rate-D", 4)["rate"] == 10_000
    assert hotel.words() == {"{'rate': ['must be greater than 0']}"}
    hotel.fake.calls.clear()
    hotel.push()
    assert hotel.fake.calls == []
    edit(hotel, 3, price=8_000)
    hotel.push()
    assert hotel.shown("rate-D", 3)["rate"] == 8_000
    assert hotel.words() == set()


def test_a_message_refused_as_a_whole_is_halved_until_the_bad_cell_stands_alone(hotel: OnChannel) -> None:
    hotel.fake.strict = True
    edit(hotel, 3, price=0)
    hotel.push()
    assert "rate" not in hotel.shown("rate-D", 3)
    assert [hotel.shown("rate-D", n)["rate"] for n in (2, 4, NIGHTS - 1)] == [10_000] * 3
    assert len(hotel.words()) == 1


@pytest.mark.parametrize(("status", "seconds"), [(429, 7.0), (500, 60.0), (503, 60.0)])
def test_a_channel_that_cannot_now_is_asked_again_and_nothing_is_lost(hotel: OnChannel, status: int, seconds: float) -> None:
    hotel.fake.troubles = [status]
    assert hotel.push() == seconds
    assert hotel.fake.calendar == {}
    assert hotel.push() == 0, "it wants to be left alone"
    assert hotel.fake.calendar == {}
    hotel.rested()
    assert hotel.push() == 0
    assert hotel.shown("room-D", 0) == {"availability": 3}


def test_a_line_that_breaks_after_the_work_was_done_does_no_harm(hotel: OnChannel) -> None:
    hotel.fake.drops = 1
    assert hotel.push() == 60.0
    hotel.rested()
    assert hotel.push() == 0
    assert hotel.shown("room-D", 0) == {"availability": 3}
    assert hotel.shown("rate-D", 0)["rate"] == 10_000


def test_wrong_credentials_stop_the_connection_and_say_why(hotel: OnChannel) -> None:
    hotel.fake.key = "changed over there"
    assert hotel.push() == 0
    state, problem = hotel.state()
    assert state == "attention"
    assert "Unauthorized" in problem
    hotel.fake.key = "secret"
    hotel.push()
    assert hotel.fake.calls == [], "nobody sends to it before somebody has looked"


def test_only_one_sends_at_a_time_and_a_dead_one_is_not_waited_for_forever(hotel: OnChannel) -> None:
    with work(hotel.owner) as db:
        assert take(db, hotel.connection)
    assert hotel.push() == 0
    assert hotel.fake.calls == []
    hotel.rested()
    hotel.push()
    assert len(hotel.fake.calls) == 2


def test_a_sweep_tells_every_channel_and_one_in_trouble_holds_up_no_other(hotel: OnChannel, otto: Actor) -> None:
    house = a_property(otto)
    with work(otto) as db:
        broken = connect(db, house, "channex", "P-9", {"api_key": "secret"}).id
        db.execute(text("update channel_connection set credentials = 'not sealed by us' where id = :id"), {"id": broken})
    assert sweep() >= 2
    assert hotel.shown("room-D", 0) == {"availability": 3}
    assert hotel.shown("room-D", 499) == {"availability": 3}
    assert hotel.shown("room-D", 500) == {}

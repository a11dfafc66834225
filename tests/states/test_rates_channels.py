"""How cells stand on the channels, in the grid: what waits, what was refused and why, and nothing where all have it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pms.channels import outbound
from pms.channels.accepted import Accepted
from pms.channels.connections import adapter_of, connect, map_product, set_state
from pms.channels.memory import Memory
from pms.channels.models import Connection
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reactions import reaction
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.ui.calendar.rows import day_number, key_of
from pms.ui.rates import sheet
from pms.ui.rates.state import Rates
from pms.ui.rates.why_state import Why
from tests.builders import Cast
from tests.channels.channex import FakeChannex
from tests.states.hotel import Feed
from tests.states.priced import Priced, hear, opened, row, shown
from tests.states.tab import Tab, said
from tests.states.test_calendar_rates import statements as statements

NO = "rate: must be greater than 0"


class Mapped(Priced):
    """The small house with its doubles, and their flexible plan, on Channex."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        with work(cast.olga) as db:
            fake = FakeChannex()
            self.connection = connect(db, self.id, "channex", fake.remote_property, fake.credentials).id
            map_product(db, self.connection, self.double, None, "room-D")
            map_product(db, self.connection, self.double, self.flexible, "room-D/rate-D")

    def tell(self) -> None:
        """The channel hears all there is, and will not have a price of nothing."""
        accepted = Accepted()
        for part in ("rooms", "rates"):
            with work(self.cast.olga) as db:
                connection = db.one(Connection, self.connection)
                changes = outbound.look(db, connection, adapter_of("channex"), part, 60, Memory(), None).changes  # type: ignore[arg-type]
                refused = {n: NO for n, change in enumerate(changes) if change.values.get("price") == 0}
                outbound.note(db, self.connection, changes, refused)
                accepted.add(db, self.connection, changes)
        with work(self.cast.olga) as db:
            accepted.say(db, self.connection)

    def sold_row(self, tab: Tab, kind: str = "Double") -> list[str]:
        return next(cells for _, head, cells in shown(tab)["lines"].values() if head[1] in "tf" and head[2] == kind)

    async def why(self, n: int = 1, actor: Actor | None = None) -> list[list[str]]:
        tab = await opened(self, actor=actor or self.cast.olga)
        await tab.call(Why.ask, *self.cell(n)[:2], 10, 10)
        return tab.state(Why).story.channels  # type: ignore[no-any-return]


@pytest.fixture
def hotel(cast: Cast) -> Mapped:
    return Mapped(cast)


async def heard(tab: Tab, hotel: Mapped, feed: Feed) -> None:
    """News came, and what the tab shows by them is what a fresh one shows."""
    assert hear(tab, hotel, feed)
    assert shown(tab) == shown(await opened(hotel))


async def test_cells_wait_until_the_channel_has_them_and_then_say_nothing(hotel: Mapped) -> None:
    tab, feed = await opened(hotel), Feed()
    assert row(tab, "Flexible")[:2] == ["100!w", "100!w"]
    assert row(tab, "Strict")[:2] == ["90", "90"], "mapped nowhere"
    assert hotel.sold_row(tab)[0] == "0/3!w"
    hotel.tell()
    await heard(tab, hotel, feed)
    assert row(tab, "Flexible")[:2] == ["100", "100"]
    assert hotel.sold_row(tab)[0] == "0/3"


async def test_a_changed_price_and_a_sale_wait_in_their_own_cells(hotel: Mapped) -> None:
    hotel.tell()
    tab, feed = await opened(hotel), Feed()
    hotel.fill(2, price=12_000)
    hotel.book(3, 1)
    await heard(tab, hotel, feed)
    assert row(tab, "Flexible")[1:5] == ["100", "120!mw!!1", "100", "100"]
    assert hotel.sold_row(tab)[2:5] == ["0/3", "1/3!w", "0/3"]


async def test_what_a_channel_refused_stands_in_the_cell_with_its_words(hotel: Mapped) -> None:
    hotel.tell()
    tab, feed = await opened(hotel), Feed()
    hotel.fill(1, price=0)
    await heard(tab, hotel, feed)
    hotel.tell()
    await heard(tab, hotel, feed)
    assert row(tab, "Flexible")[1] == "0!mr!!1"
    assert tab.state(Rates).refused == 1
    assert await hotel.why() == [["Channex", f"refused: {NO}", "refused"]]
    assert await hotel.why(actor=hotel.cast.rita) == [["Channex", "refused", "refused"]], "its words are for who works with rates"
    hotel.fill(1, price=None)
    await heard(tab, hotel, feed)
    assert "r" not in row(tab, "Flexible")[1]
    hotel.tell()
    assert [line[2] for line in await hotel.why()] == ["accepted"]


async def test_a_channel_that_is_paused_is_waited_for_by_nobody_and_the_details_say_so(hotel: Mapped) -> None:
    with work(hotel.cast.olga) as db:
        set_state(db, hotel.connection, db.one(Connection, hotel.connection).version, "paused")
    assert row(await opened(hotel), "Flexible")[0] == "100"
    assert {tuple(line[1:]) for line in await hotel.why()} == {("nothing is sent at present", "off")}


async def test_an_answer_reads_no_prices_anew_lights_nothing_up_and_sends_little(hotel: Mapped) -> None:
    tab, feed = await opened(hotel, address="days=31"), Feed()
    known = sheet.known(tab.state(Rates)._window.span)
    before = known.facts
    tab.delta()
    hotel.tell()
    hear(tab, hotel, feed)
    assert before
    assert known.facts
    assert known.facts.prices is before.prices
    assert tab.state(Rates).flash == ""
    assert 0 < len(json.dumps(tab.delta(), default=str)) < 4_000


async def test_of_an_answer_only_the_nights_and_the_channel_that_answered_are_looked_at_again(
    hotel: Mapped, statements: list[str]
) -> None:
    hotel.tell()
    hotel.fill(2, price=12_000)
    tab, feed = await opened(hotel, address="days=31"), Feed()
    known = sheet.known(tab.state(Rates)._window.span)
    before = known.facts
    assert before
    hotel.tell()
    statements.clear()
    hear(tab, hotel, feed)
    assert len([one for one in statements if "channel_" in one]) == 2, "its products, and what it has of those nights"
    assert known.facts
    pairs = zip(before.products.values(), known.facts.products.values(), strict=True)
    ((old, new),) = [(old, new) for old, new in pairs if old.states != new.states]
    assert [n for n, (one, other) in enumerate(zip(old.states, new.states, strict=True)) if one != other] == [2]
    assert shown(tab) == shown(await opened(hotel, address="days=31"))


async def test_a_single_unit_on_a_channel_shows_in_its_room_types_row_and_the_details_name_it(hotel: Mapped) -> None:
    with work(hotel.cast.olga) as db:
        map_product(db, hotel.connection, hotel.suite, None, "room-U", unit_id=hotel.suites[0])
    tab, feed = await opened(hotel), Feed()
    assert hotel.sold_row(tab, "Suite")[:2] == ["0/2!w", "0/2!w"]
    hotel.tell()
    await heard(tab, hotel, feed)
    assert hotel.sold_row(tab, "Suite")[:2] == ["0/2", "0/2"]
    for night, unit in ((1, hotel.suites[1]), (2, hotel.suites[0])):
        room = Room(hotel.suite, hotel.day(night), hotel.day(night + 1), unit)
        hotel.work(book, Booking(hotel.id, GuestDetails("Roth", "Anna"), [room]))
    await heard(tab, hotel, feed)
    assert hotel.sold_row(tab, "Suite")[1:3] == ["1/2", "1/2!w"], "who sleeps next door is no news of this room"
    await tab.call(Why.ask, f"p{key_of(hotel.flexible)}{key_of(hotel.suite)}", day_number(hotel.day(2)), 10, 10)
    assert ["Channex, 201", "not told yet", "waiting"] in tab.state(Why).story.channels


def test_an_answer_is_no_news_for_channels_and_one_row_however_many_messages(hotel: Mapped) -> None:
    feed = Feed()
    hotel.tell()
    hotel.tell()
    (news,) = [one for one in feed.news() if one.event == "channel_connection.told"]
    assert reaction(news.event).channels == ""
    assert news.after
    assert date.fromisoformat(news.after["first"]) == hotel.today


async def test_only_what_was_refused_and_the_next_of_it(hotel: Mapped) -> None:
    hotel.fill(40, price=0)
    hotel.tell()
    tab = await opened(hotel)
    await tab.call(Rates.filter_refused)
    assert shown(tab)["count"] == 0
    await tab.call(Rates.filter_refused)
    await tab.call(Rates.to_next_refused)
    assert shown(tab)["days"][0] == day_number(hotel.day(40))
    assert [head[2] for _, head, _ in shown(tab)["lines"].values()] == ["Double", "Flexible"]
    await tab.call(Rates.to_next_refused)
    assert shown(tab)["days"][0] == day_number(hotel.day(40)), "after the last comes the first"


async def test_where_nothing_is_refused_one_is_told_so(hotel: Mapped) -> None:
    tab = await opened(hotel)
    first: Any = shown(tab)["days"][0]
    assert "No channel refuses anything." in said(await tab.call(Rates.to_next_refused))
    assert shown(tab)["days"][0] == first

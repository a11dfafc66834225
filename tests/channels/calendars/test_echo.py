"""Two sites that read us and are read by us: nothing goes round in circles, and what goes at one end goes everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from itertools import permutations

import pytest
from fastapi.testclient import TestClient

from pms.api.app import http
from pms.channels.calendars.read import read
from pms.channels.calendars.sync import fetch
from pms.kernel.dates import nights, runs
from pms.kernel.db import work
from pms.reservations.life_cycle import cancel
from tests.channels.calendars.conftest import ZONE, House
from tests.channels.calendars.sites import Site, airbnb, airbnb_closed, airbnb_sold, booking_com, file, plain, serving
from tests.channels.fake import Answer

REST = {"Airbnb": (300, 301), "Vrbo": (310, 311)}
"""What each site has closed anyway, so that its file is never empty."""


@dataclass
class Ota:
    """A site that sells and closes nights of its own, reads ours now and then, and shows both: ours as closed nights that
    nobody can tell from its own.
    """

    name: str
    house: House
    site: Site
    sold: list[tuple[date, date]] = field(default_factory=list)
    closed: list[tuple[date, date]] = field(default_factory=list)
    ours: set[date] = field(default_factory=set)

    def shown(self) -> bytes:
        days = self.ours | {night for span in self.closed for night in nights(*span)}
        days -= {night for span in self.sold for night in nights(*span)}
        rest = airbnb_closed(*self.house.span(*REST[self.name]), "rest")
        sold = [airbnb_sold(*span, code=f"HM{place:08d}") for place, span in enumerate(self.sold)]
        return airbnb(*sold, *(airbnb_closed(*span) for span in runs(sorted(days))), rest)

    def pull(self, client: TestClient) -> None:
        """Read our side, as sites do every few hours."""
        content = client.get(self.house.link(self.name)).content
        self.ours = {night for entry in read(content, ZONE).entries for night in nights(entry.first, entry.end)}
        self.ours -= {night for span in REST.values() for night in nights(*self.house.span(*span))}

    def push(self) -> None:
        """Be read by us."""
        self.house.due()
        fetch(self.house.job, self.house.feeds[self.name])


@pytest.fixture
def client(services: None) -> Iterator[TestClient]:
    with TestClient(http) as client:
        yield client


@pytest.fixture
def sites(house: House, local_sites: None) -> Iterator[tuple[Ota, Ota]]:
    with ExitStack() as stack:
        found = []
        for name in ("Airbnb", "Vrbo"):
            ota = Ota(name, house, stack.enter_context(serving(Site())))
            ota.site.answer = lambda call, ota=ota: Answer(200, ota.shown(), "text/calendar")  # type: ignore[misc]
            house.feed(name, url=ota.site.url)
            found.append(ota)
        yield found[0], found[1]


ORDERS = [order for order in permutations(range(4)) if order.index(0) < order.index(1)]
"""Who reads whom in which order: one of each two that differ by the sites' names only."""


def a_round(order: tuple[int, ...], sites: tuple[Ota, Ota], client: TestClient) -> None:
    a, b = sites
    acts = (lambda: a.pull(client), lambda: b.pull(client), a.push, b.push)
    for act in order:
        acts[act]()


def taken(house: House) -> list[tuple[int, int]]:
    """Nights that lie on the unit, without what every file has."""
    live = [(first, end) for first, end, status, unit in house.stays() if status != "cancelled" and unit is not None]
    return sorted([*live, *(span for span in house.blocks() if span not in REST.values())])


@pytest.mark.parametrize("order", ORDERS)
def test_a_stay_of_one_site_comes_and_goes_on_both(
    house: House, sites: tuple[Ota, Ota], client: TestClient, order: tuple[int, ...]
) -> None:
    a, b = sites
    a.sold = [house.span(3, 6)]
    for _ in range(3):
        a_round(order, sites, client)
    assert taken(house) == [(3, 6)]
    assert (a.ours, b.ours) == (set(), set(nights(*house.span(3, 6))))
    a.sold = []
    for _ in range(7):
        a_round(order, sites, client)
    assert (taken(house), a.ours, b.ours) == ([], set(), set())


@pytest.mark.parametrize("order", ORDERS[:4])
def test_nights_closed_on_one_site_open_again_on_both(
    house: House, sites: tuple[Ota, Ota], client: TestClient, order: tuple[int, ...]
) -> None:
    a, b = sites
    a.closed = [house.span(3, 6)]
    b.closed = [house.span(6, 8)]
    for _ in range(3):
        a_round(order, sites, client)
    assert taken(house) == [(3, 6), (6, 8)]
    assert (a.ours, b.ours) == (set(nights(*house.span(6, 8))), set(nights(*house.span(3, 6))))
    a.closed = []
    for _ in range(4):
        a_round(order, sites, client)
    assert (taken(house), a.ours, b.ours) == ([(6, 8)], set(nights(*house.span(6, 8))), set())


@pytest.mark.parametrize("order", ORDERS[:4])
def test_a_stay_of_ours_cancelled_here_goes_everywhere(
    house: House, sites: tuple[Ota, Ota], client: TestClient, order: tuple[int, ...]
) -> None:
    a, b = sites
    stay = house.book(3, 6).stays[0].id
    for _ in range(3):
        a_round(order, sites, client)
    assert a.ours == b.ours == set(nights(*house.span(3, 6)))
    with work(house.owner) as db:
        cancel(db, stay, None)
    for _ in range(4):
        a_round(order, sites, client)
    assert (taken(house), a.ours, b.ours) == ([], set(), set())


def test_nights_of_ours_that_come_back_are_told_as_such_and_block_nothing(
    house: House, sites: tuple[Ota, Ota], client: TestClient
) -> None:
    house.book(3, 6)
    a_round((0, 1, 2, 3), sites, client)
    assert house.told("Vrbo") == ["echo"]
    assert taken(house) == [(3, 6)]


def test_nights_that_nothing_explains_any_more_stay_closed_and_are_told_with_their_age(
    house: House, sites: tuple[Ota, Ota], client: TestClient
) -> None:
    _, b = sites
    stay = house.book(3, 6).stays[0].id
    a_round((0, 1, 2, 3), sites, client)
    with work(house.owner) as db:
        cancel(db, stay, None)
    b.push()  # Vrbo has not read us since
    assert taken(house) == [(3, 6)]
    (ghost,) = house.line("Vrbo").notes
    assert (ghost.key, ghost.data["first"]) == ("ghost", house.day(3).isoformat())
    assert ghost.data["since"]
    assert [span for span in house.exported("Airbnb") if span not in REST.values()] == []


def test_nights_closed_on_a_site_that_never_read_us_are_its_own(house: House) -> None:
    house.feed()
    house.feed("Vrbo")
    stay = house.book(3, 6).stays[0].id
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert (house.blocks(), house.told()) == ([], [])
    with work(house.owner) as db:
        cancel(db, stay, None)
    house.learn(airbnb(airbnb_closed(*house.span(3, 6))))
    assert (house.blocks(), house.exported("Vrbo")) == ([(3, 6)], [(3, 6)])


def test_ours_back_as_a_reservation_is_no_second_stay(house: House) -> None:
    """Other programs give back what they were told as it was told."""
    house.feed()
    house.pulled()
    house.book(3, 6)
    (told,) = house.spans("Airbnb")
    house.learn(file(plain(told.uid, told.first, told.end)))
    house.learn(file(plain("another", told.first, told.end)))
    assert house.stays() == [(3, 6, "confirmed", 0)]
    assert house.told() == ["echo"]


def test_one_entry_over_ours_and_their_own_nights_is_each_for_itself(house: House) -> None:
    house.feed("Booking.com")
    house.feed("Vrbo")
    house.pulled("Booking.com")
    house.book(3, 6)
    house.learn(booking_com(("a", *house.span(2, 9))), "Booking.com")
    assert house.blocks() == [(2, 3), (6, 9)]
    assert house.exported("Vrbo") == [(2, 3), (3, 6), (6, 9)]
    assert house.exported("Booking.com") == [(3, 6)]

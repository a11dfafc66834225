"""What can be sold to whom at what price: rates and what is left, brought together on real tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db, raw, work
from pms.kernel.refusals import BadInput, NotFound
from pms.properties.models import Tax
from pms.rates.cells import Edit, change_cells
from pms.rates.load import house_of, turn_page
from pms.rates.models import AgeBand, PartyPrice, PriceRule
from pms.rates.parties import PartyFields, price_party
from pms.rates.party import Party
from pms.rates.plans import PlanFields, create_plan
from pms.rates.price import Step
from pms.rates.restrict import Wish
from pms.rates.said import step
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.models import Stay
from pms.reservations.offers import NotForSale, Offer, counter_of, nearest, offers, quote
from pms.reservations.sold import Terms, plan_prices, refuse_change
from tests.builders import Cast, a_property, a_room_type

DAY = timedelta(days=1)
SOON = today("Europe/Vilnius") + 30 * DAY
WISH = Wish(SOON, SOON + 3 * DAY)


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house, units=2, base_price=10_000)


@pytest.fixture
def flexible(olga: Actor, house: UUID) -> UUID:
    with work(olga) as db:
        found = house_of(db, house).default_plan_id
    assert found is not None
    return found


def _quote(actor: Actor, house: UUID, kind: UUID, plan: UUID | None = None, **wish: Any) -> Offer:
    with work(actor) as db:
        return quote(db, house, replace(WISH, **wish), kind, plan)


def _why(db: Db, house: UUID, plan: UUID, kind: UUID, **wish: Any) -> list[Step]:
    """The steps to the price of the first night."""
    asked = replace(WISH, **wish)
    counter = counter_of(db, house_of(db, house), asked.arrival, asked.nights + 1, channel=asked.channel)
    return list(counter.steps(asked, counter.plan(plan), counter.kind(kind))[0])


def _sell(actor: Actor, house: UUID, kind: UUID, nights: int = 1, rooms: int = 1, first: int = 0) -> None:
    arrival = SOON + first * DAY
    with work(actor) as db:
        book(db, Booking(house, GuestDetails("Adams", "Ann"), [Room(kind, arrival, arrival + nights * DAY)] * rooms))


def _fill(actor: Actor, house: UUID, *edits: Edit) -> None:
    with work(actor) as db:
        change_cells(db, house, edits)


def _keep(actor: Actor, house: UUID, *rows: Any) -> None:
    """Put rows of the book into the tables and turn its page."""
    with work(actor) as db:
        db.add_all(rows)
        turn_page(db, house)


def _plan(actor: Actor, house: UUID, code: str, **fields: Any) -> UUID:
    with work(actor) as db:
        return create_plan(db, house, PlanFields(code, f"Plan {code}", **fields)).id


def test_all_plans_in_all_room_types_the_cheapest_first_and_what_is_not_sold_with_its_reasons(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    single = a_room_type(olga, house, "Single", base_price=7_000, adults=1, children=0)
    strict = _plan(olga, house, "NR", parent_id=flexible, percent=-1_000)
    with work(olga) as db:
        found = offers(db, house, WISH)
    assert [(offer.plan.id, offer.kind.id, offer.prices) for offer in found.offers] == [
        (strict, double, (9_000,) * 3),
        (flexible, double, (10_000,) * 3),
    ]
    assert {(offer.kind.id, *(reason.rule for reason in offer.reasons)) for offer in found.refused} == {
        (single, "party_too_large")
    }


def test_a_house_without_room_types_offers_nothing(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        found = offers(db, house, WISH)
        assert (found.offers, found.refused, nearest(db, house, WISH)) == ((), (), [])


def test_a_night_that_is_sold_out_is_named(olga: Actor, house: UUID, double: UUID) -> None:
    _sell(olga, house, double, rooms=2, first=1)
    offer = _quote(olga, house, double)
    assert [(reason.rule, reason.night) for reason in offer.reasons] == [("sold_out", SOON + DAY)]
    assert offer.free == 0
    assert _quote(olga, house, double, departure=SOON + DAY).free == 2


def test_what_may_be_overbooked_can_be_sold(olga: Actor, house: UUID, double: UUID) -> None:
    _sell(olga, house, double, rooms=2)
    with work(olga) as db:
        raw(db).execute("update inventory_night set overbooking = 1 where room_type_id = %s", (double,))
    assert _quote(olga, house, double, departure=SOON + DAY).reasons == ()
    assert _quote(olga, house, double, departure=SOON + DAY).free == 1


def test_closed_nights_and_departures_forbid_and_a_closed_day_of_departure_does_not(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    _fill(olga, house, Edit((flexible, double, SOON + 3 * DAY), {"closed": True}))
    assert _quote(olga, house, double).reasons == ()
    _fill(olga, house, Edit((flexible, double, SOON + 3 * DAY), {"closed_departure": True}))
    assert [reason.rule for reason in _quote(olga, house, double).reasons] == ["closed_departure"]
    _fill(olga, house, Edit((flexible, double, SOON + 2 * DAY), {"closed": True, "min_stay": 4}))
    assert [reason.rule for reason in _quote(olga, house, double).reasons] == ["closed", "min_stay", "closed_departure"]


def test_a_rule_of_occupancy_follows_the_sales(olga: Actor, house: UUID, double: UUID) -> None:
    rule = {"name": "Busy", "kind": "occupancy", "occupancy_from": 5_000, "percent": 800, "property_id": house}
    _keep(olga, house, PriceRule(organization_id=olga.organization_id, **rule))
    assert _quote(olga, house, double).prices == (10_000, 10_000, 10_000)
    _sell(olga, house, double, nights=2)
    assert _quote(olga, house, double).prices == (10_800, 10_800, 10_000)


def test_a_rule_of_occupancy_of_the_property_looks_at_all_room_types(olga: Actor, house: UUID, double: UUID) -> None:
    suite = a_room_type(olga, house, "Suite", units=2, base_price=20_000)
    rule = {"name": "Busy", "kind": "occupancy", "occupancy_of": "property", "occupancy_from": 5_000, "amount": 100}
    _keep(olga, house, PriceRule(organization_id=olga.organization_id, property_id=house, **rule))
    _sell(olga, house, double, rooms=2)
    assert _quote(olga, house, suite).prices == (20_100, 20_000, 20_000)
    with work(olga) as db:
        assert [step.kind for step in _why(db, house, _quote(olga, house, suite).plan.id, suite)] == ["base", "rule"]


def test_a_family_pays_for_its_children_and_the_city_for_its_adults(olga: Actor, house: UUID, double: UUID) -> None:
    given = {"organization_id": olga.organization_id, "property_id": house}
    band = AgeBand(name="Children", from_age=3, to_age=11, **given)
    _keep(olga, house, band)
    _keep(
        olga,
        house,
        PartyPrice(organization_id=olga.organization_id, room_type_id=double, children={str(band.id): 1_500}, single_use=900),
        Tax(name="VAT", kind="percent", percent=900, **given),
        Tax(name="City", kind="per_person_night", amount=200, from_age=18, included=False, position=1, **given),
    )
    family = _quote(olga, house, double, party=Party(2, (7,)))
    assert family.prices == (11_500,) * 3
    assert [(line.name, line.amount, line.included) for line in family.taxed.lines] == [
        ("VAT", 2_850, True),
        ("City", 1_200, False),
    ]
    assert (family.taxed.net, family.taxed.price, family.taxed.total) == (31_650, 34_500, 35_700)
    assert _quote(olga, house, double, party=Party(1)).prices == (9_100,) * 3


def test_a_plan_behind_a_code_is_offered_to_who_knows_it(olga: Actor, house: UUID, double: UUID) -> None:
    secret = _plan(olga, house, "CORP", access="code", codes=["Summer"])
    assert [reason.rule for reason in _quote(olga, house, double, secret).reasons] == ["needs_code"]
    assert _quote(olga, house, double, secret, codes=frozenset({"SUMMER"})).reasons == ()


def test_the_nearest_dates_that_can_be_sold(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    _sell(olga, house, double, nights=3, rooms=2)
    _plan(olga, house, "NR", parent_id=flexible, percent=-1_000)
    with work(olga) as db:
        found = nearest(db, house, WISH, most=4)
    assert [(arrival - SOON).days for arrival, _ in found] == [-3, 3, -4, 4]
    assert {offer.prices for _, offer in found} == {(9_000,) * 3}, "the cheapest of that day"


def test_nothing_near_lies_in_the_past(olga: Actor, house: UUID, double: UUID) -> None:
    here = today("Europe/Vilnius")
    with work(olga) as db:
        found = nearest(db, house, Wish(here + DAY, here + 2 * DAY), most=50)
    assert min(arrival for arrival, _ in found) == here
    with work(olga) as db:
        assert nearest(db, house, Wish(here - 20 * DAY, here - 19 * DAY), most=3)[0][0] == here


def test_why_a_night_costs_what_it_does(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    strict = _plan(olga, house, "NR", parent_id=flexible, percent=-1_000, round_step=100)
    _fill(olga, house, Edit((flexible, double, SOON), {"price": 12_345}))
    with work(olga) as db:
        steps = _why(db, house, strict, double)
    assert [(step.kind, step.price) for step in steps] == [
        ("base", 10_000),
        ("manual", 12_345),
        ("formula", 11_110),
        ("round", 11_100),
    ]


def test_why_goes_on_to_what_the_party_pays_for_its_stay_through_its_channel(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    with work(olga) as db:
        price_party(db, double, 0, PartyFields(base_adults=1, extra_adult=3_000))
    longer = ({"nights": 2, "percent": -500}, {"nights": 3, "percent": -1_000})
    plan = _plan(olga, house, "OTA", parent_id=flexible, steps=longer, markups={HERE: {"percent": 2_000, "amount": 100}})
    wish = {"channel": HERE, "party": Party(2)}
    with work(olga) as db:
        steps = _why(db, house, plan, double, **wish)
        found = offers(db, house, replace(WISH, **wish), why=True).offers  # type: ignore[arg-type]
    assert [(one.kind, one.name, one.price, one.percent, one.amount) for one in steps] == [
        ("base", "Flexible", 10_000, 0, 0),
        ("party", "", 13_000, 0, 0),
        ("stay", "", 11_700, -1_000, 0),
        ("markup", HERE, 14_140, 2_000, 100),
    ]
    assert [step(one, None, "EUR", "en")[0] for one in steps[1:]] == [
        "Other guests than it is meant for",
        "Stays of 3 nights and more −10%",
        "Mark-up of Booking.com +20% +€1.00",
    ]
    for offer in found:
        assert tuple(night[-1].price for night in offer.steps) == offer.prices, "the last step is the price"
    assert _why_kept(olga, house, double, plan, **wish) == [14_140] * 3, "kept with the stay to the end"


def _why_kept(actor: Actor, house: UUID, kind: UUID, plan: UUID, channel: str, party: Party) -> list[int]:
    room = Room(kind, SOON, SOON + 3 * DAY, None, party.adults, 0, None, (), Terms(plan, channel))
    with work(actor) as db:
        quoted = book(db, Booking(house, GuestDetails("Rossi"), [room])).stays[0].quote
    assert quoted is not None
    return [night[-1][-1] for night in quoted["steps"]]


def test_what_is_asked_for_exists_here_and_lasts_no_longer_than_a_year(
    cast: Cast, house: UUID, double: UUID, flexible: UUID
) -> None:
    elsewhere = a_property(cast.olga, "Hillside")
    theirs = a_room_type(cast.olga, elsewhere)
    with work(cast.olga) as db:
        for kind, plan in ((theirs, flexible), (double, UUID(int=9))):
            with pytest.raises(NotFound):
                quote(db, house, WISH, kind, plan)
        for wish in (
            replace(WISH, departure=SOON + 367 * DAY),
            replace(WISH, departure=SOON - DAY),
            replace(WISH, party=Party(0)),
        ):
            with pytest.raises(BadInput):
                offers(db, house, wish)
        assert {offer.reasons[0].rule for offer in offers(db, house, replace(WISH, departure=SOON)).refused} == {"no_nights"}
    with work(cast.otto) as db, pytest.raises(NotFound):
        offers(db, house, WISH)


HERE = "booking_com"


def test_a_channel_asks_its_own_price_and_nobody_else_does(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    _fill(olga, house, Edit((flexible, double, SOON), {"price": 8_000}, channel=HERE))
    assert _quote(olga, house, double, channel=HERE).prices == (8_000, 10_000, 10_000)
    for other in ("desk", "expedia", "api"):
        assert _quote(olga, house, double, channel=other).prices == (10_000,) * 3
    with work(olga) as db:
        assert [one.prices for one in offers(db, house, replace(WISH, channel=HERE)).offers] == [(8_000, 10_000, 10_000)]
        assert [step.price for step in _why(db, house, flexible, double)] == [10_000]


def test_what_a_channel_does_not_sell_is_refused_there_and_sold_at_the_desk(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    _fill(olga, house, *[Edit((flexible, double, SOON + n * DAY), {"closed": True}, channel=HERE) for n in (1, 2)])
    assert [reason.rule for reason in _quote(olga, house, double, channel=HERE).reasons] == ["closed", "closed"]
    assert _quote(olga, house, double).reasons == ()
    assert _quote(olga, house, double, channel=HERE, at_desk=True).reasons == (), "the desk has it in hand"
    with work(olga) as db:
        assert [day for day, _ in nearest(db, house, replace(WISH, channel=HERE), most=1)] == [SOON - 2 * DAY]
        assert [day for day, _ in nearest(db, house, WISH, most=2)] == [SOON - DAY, SOON + DAY]


def test_a_channel_may_sell_what_is_closed_for_all_others(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    cell = flexible, double, SOON
    _fill(olga, house, Edit(cell, {"closed": True}), Edit(cell, {"closed": False}, channel="website"))
    assert _quote(olga, house, double, channel="website").reasons == ()
    assert [reason.rule for reason in _quote(olga, house, double).reasons] == ["closed"]


def test_what_is_booked_through_a_channel_costs_what_was_offered_and_keeps_why(
    olga: Actor, house: UUID, double: UUID, flexible: UUID
) -> None:
    _fill(olga, house, Edit((flexible, double, SOON), {"price": 8_000, "max_stay": 4}, channel=HERE))
    offered = sum(_quote(olga, house, double, channel=HERE).prices)
    with work(olga) as db:
        room = Room(double, SOON, SOON + 3 * DAY, terms=Terms(channel=HERE, shown=offered))
        stay = book(db, Booking(house, GuestDetails("Adams", "Ann"), [room])).stays[0]
        quoted = db.one(Stay, stay.id).quote
        assert quoted is not None
        assert (quoted["prices"], quoted["steps"][0][-1]) == ([8_000, 10_000, 10_000], ["own", HERE, 0, 0, 8_000])
        anew = plan_prices(db, db.one(Stay, stay.id), double, SOON, SOON + 5 * DAY)
        assert list(anew.values()) == [8_000, 10_000, 10_000, 10_000, 10_000]
        assert refuse_change(db, db.one(Stay, stay.id), SOON, SOON + 5 * DAY) is None, "the desk may keep them longer"
    with work(olga) as db, pytest.raises(NotForSale):
        book(db, Booking(house, GuestDetails("Adams", "Ann"), [Room(double, SOON, SOON + 5 * DAY, terms=Terms(channel=HERE))]))

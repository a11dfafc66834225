"""A stay that is priced anew is priced as what it is: children as old as they are, through its own channel, in its own room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotPermitted
from pms.rates.channels import CONNECTED
from pms.rates.load import house_of
from pms.rates.parties import Band, PartyFields, price_party, set_age_bands
from pms.rates.party import Party
from pms.rates.plans import PlanFields, create_plan
from pms.rates.plans import change_plan as alter_plan
from pms.rates.rules import RuleFields, create_rule
from pms.reservations.life_cycle import check_in
from pms.reservations.models import Stay
from pms.reservations.move import PastNightsFixed, change_dates, change_party, reprice, undo
from pms.reservations.offers import PriceChanged
from pms.reservations.resell import agree_prices, change_plan, plans_of_stay, price_of_party, take_price
from pms.reservations.sold import Terms, ages_of
from tests.domains.reservations.conftest import House
from tests.invariants import assert_house_in_order

OTA = "booking_com"


@pytest.fixture
def flexible(house: House) -> UUID:
    with work(house.owner) as db:
        found = house_of(db, house.property_id).default_plan_id
    assert found is not None
    return found


@pytest.fixture
def families(house: House) -> None:
    """A small child costs 10.00 a night, an adult beyond the first 30.00."""
    with work(house.owner) as db:
        (band,) = set_age_bands(db, house.property_id, [], [Band("Small", 0, 5)])
        fields = PartyFields(base_adults=1, extra_adult=3_000, children={band.id: 1_000})
        price_party(db, house.double, 0, fields)


@pytest.fixture
def marked_up(house: House, flexible: UUID) -> UUID:
    """The standard plan asks 20 % more of whoever comes through the OTA."""
    with work(house.owner) as db:
        alter_plan(db, flexible, 1, PlanFields("FLEX", "Flexible", markups={OTA: {"percent": 2_000, "amount": 0}}))
    return flexible


@pytest.fixture
def strict(house: House, flexible: UUID) -> UUID:
    with work(house.owner) as db:
        plan: UUID = create_plan(db, house.property_id, PlanFields("NR", "Strict", parent_id=flexible, percent=-1_000)).id
    return plan


def _dearer_when_full(house: House) -> None:
    """8 % more from the second of two doubles on."""
    with work(house.owner) as db:
        create_rule(db, house.property_id, RuleFields("Full", "occupancy", occupancy_from=5_000, percent=800))


def _prices(house: House, stay: Stay) -> list[int]:
    return [night.price for night in house.nights(stay)]


def _now(house: House, stay: Stay) -> Stay:
    with work(house.owner) as db:
        return db.one(Stay, stay.id)


def _quote(house: House, stay: Stay) -> dict[str, Any]:
    quote = _now(house, stay).quote
    assert quote is not None
    return quote


def test_a_child_whose_age_was_said_at_booking_stays_that_old(house: House, strict: UUID, families: None) -> None:
    stay = _family(house)
    assert _prices(house, stay) == [10_000] * 2
    longer = house.do(change_dates, stay, house.day(1), house.day(4))
    assert _prices(house, longer) == [10_000] * 3
    with work(house.owner) as db:
        assert [one.total for one in plans_of_stay(db, stay.id).plans] == [30_000, 27_300]
    assert _prices(house, house.do(change_plan, longer, Terms(strict))) == [9_100] * 3
    assert ages_of(_now(house, stay)) == (4,)


def _family(house: House, **more: Any) -> Stay:
    return house.book(house.room(1, 3, adults=1, children=1, children_ages=[4]), **more).stays[0]


def test_the_stay_itself_does_not_make_its_house_full(house: House, strict: UUID) -> None:
    _dearer_when_full(house)
    stay = house.stay(1, 3, house.u101)
    with work(house.owner) as db:
        assert [one.total for one in plans_of_stay(db, stay.id).plans] == [18_000, 16_200]
    assert _prices(house, house.do(change_plan, stay, Terms(strict, shown=16_200))) == [8_100] * 2
    house.stay(1, 4, house.u102)
    with work(house.owner) as db:
        assert plans_of_stay(db, stay.id).plans[1].prices == (8_748, 8_748)
    longer = house.do(change_dates, _now(house, stay), house.day(1), house.day(4))
    assert _prices(house, longer) == [8_100, 8_100, 8_748]


def test_a_stay_that_came_through_a_channel_goes_on_paying_as_there(house: House, marked_up: UUID, strict: UUID) -> None:
    stay = house.book(house.room(1, 3, terms=Terms(channel=OTA))).stays[0]
    assert _prices(house, stay) == [10_800] * 2
    assert _prices(house, house.do(change_dates, stay, house.day(1), house.day(4))) == [10_800] * 3


def test_prices_brought_along_from_a_channel_grow_by_what_is_asked_there(house: House, marked_up: UUID) -> None:
    said = house.book(house.room(1, 3, prices=[7_000, 7_000]), source=OTA).stays[0]
    named = house.book(house.room(1, 3, prices=[7_000, 7_000], terms=Terms(channel=OTA)), source="manager").stays[0]
    for stay in (said, named):
        assert _prices(house, house.do(change_dates, stay, house.day(1), house.day(4))) == [7_000, 7_000, 10_800]


@pytest.mark.parametrize("channel", CONNECTED)
def test_so_do_those_of_a_channel_that_sells_only_for_who_is_connected_to_it(house: House, flexible: UUID, channel: str) -> None:
    with work(house.owner) as db:
        alter_plan(db, flexible, 1, PlanFields("FLEX", "Flexible", markups={channel: {"percent": 2_000, "amount": 0}}))
    said = house.book(house.room(1, 3, prices=[7_000, 7_000]), source=channel).stays[0]
    named = house.book(house.room(1, 3, prices=[7_000, 7_000], terms=Terms(channel=channel)), source="Tourist Board").stays[0]
    for stay in (said, named):
        assert _prices(house, house.do(change_dates, stay, house.day(1), house.day(4))) == [7_000, 7_000, 10_800]


def test_what_the_desk_sold_pays_as_at_the_desk_whatever_its_source_says(house: House, marked_up: UUID) -> None:
    stay = house.stay(1, 3, source=OTA)
    assert _prices(house, house.do(change_dates, stay, house.day(1), house.day(4))) == [9_000] * 3


def test_a_plan_of_the_desk_is_open_to_a_stay_that_came_through_a_channel(house: House, flexible: UUID) -> None:
    stay = house.book(house.room(1, 3, terms=Terms(channel="website"))).stays[0]
    with work(house.owner) as db:
        fields = PlanFields("DESK", "Desk", parent_id=flexible, channels=["desk"])
        desk = create_plan(db, house.property_id, fields).id
        other = create_plan(db, house.property_id, PlanFields("OTA", "OTA", parent_id=flexible, channels=[OTA])).id
        found = {one.offer.plan.id: [why.rule for why in one.offer.reasons] for one in plans_of_stay(db, stay.id).plans}
    assert (found[desk], found[other]) == ([], ["not_this_channel"])
    assert house.do(change_plan, stay, Terms(desk)).rate_plan_id == desk


def test_a_plan_bought_with_a_code_can_be_sold_to_the_same_guest_anew(house: House, flexible: UUID) -> None:
    with work(house.owner) as db:
        fields = PlanFields("CLUB", "Club", parent_id=flexible, access="code", codes=["Summer"])
        club = create_plan(db, house.property_id, fields).id
    stay = house.book(house.room(1, 3, terms=Terms(club, codes=("SUMMER",)))).stays[0]
    assert house.do(change_plan, stay, Terms(club)).rate_plan_id == club


def test_another_party_keeps_the_agreed_price_and_can_take_its_own(house: House, families: None) -> None:
    stay = house.do(change_party, _family(house), 2, 1)
    assert (_prices(house, stay), ages_of(stay)) == ([10_000] * 2, (4,))
    with work(house.owner) as db:
        found = price_of_party(db, stay.id, house.day(1), house.day(3), Party(2, (4,)))
    assert (found.currency, found.kept, found.taken) == ("EUR", 20_000, 26_000)
    with pytest.raises(PriceChanged):
        house.do(take_price, stay, shown=25_000)
    stay = house.do(take_price, stay, shown=26_000)
    assert _prices(house, stay) == [13_000] * 2
    assert (_quote(house, stay)["prices"], "agreed" in _quote(house, stay)) == ([13_000] * 2, False)
    house.do(undo, stay)
    assert (_prices(house, stay), _quote(house, stay)["prices"]) == ([10_000] * 2, [10_000] * 2)
    assert_house_in_order(house.owner)


def test_the_price_of_another_party_counts_nights_added_at_what_that_party_pays(house: House, families: None) -> None:
    stay = _family(house)
    with work(house.owner) as db:
        found = price_of_party(db, stay.id, house.day(1), house.day(4), Party(2, (4,)))
    assert (found.kept, found.taken) == (33_000, 39_000)


def test_nights_already_slept_keep_their_price_whoever_sleeps_there_now(house: House, families: None) -> None:
    stay = house.do(check_in, house.stay(-1, 2, house.u101))
    assert _prices(house, stay) == [12_000] * 3
    alone = house.do(change_party, stay, 1, 0)
    assert _prices(house, house.do(take_price, alone)) == [12_000, 9_000, 9_000]
    with pytest.raises(PastNightsFixed):
        house.do(reprice, _now(house, stay), [1, 9_000, 9_000])


@pytest.mark.parametrize(
    ("children", "ages", "kept"),
    [(2, None, (4, None)), (0, None, ()), (1, None, (4,)), (1, [7], (7,)), (2, [1, 2], (1, 2)), (1, [None], (None,))],
)
def test_the_ages_known_are_kept_as_far_as_nobody_says_otherwise(
    house: House, children: int, ages: list[int | None] | None, kept: tuple[int | None, ...]
) -> None:
    changed = house.do(change_party, _family(house), 1, children, ages)
    assert ages_of(changed) == kept
    assert ages_of(house.do(undo, changed)) == (4,)


def test_of_several_children_nobody_knows_which_stay_at_home(house: House) -> None:
    stay = house.book(house.room(1, 3, adults=1, children=2, children_ages=[4, 9])).stays[0]
    assert ages_of(house.do(change_party, stay, 1, 1)) == (None,)


@pytest.mark.parametrize("ages", [[4], [4, 18], [4, -1], [1, 2, 3]])
def test_ages_that_cannot_be_are_refused(house: House, ages: list[int]) -> None:
    with pytest.raises(BadInput):
        house.do(change_party, house.stay(1, 3), 2, 2, ages)


def test_ages_are_kept_beside_prices_brought_along(house: House) -> None:
    room = house.room(1, 3, adults=1, children=1, children_ages=[4], prices=[1, 2])
    assert ages_of(house.book(room).stays[0]) == (4,)


def test_a_reason_goes_with_the_prices_it_was_given_for(house: House) -> None:
    stay = house.do(agree_prices, house.stay(1, 3), [7_000, 7_000], "Regular guest")
    same = house.do(reprice, stay, [7_000, 7_000])
    assert _quote(house, same)["reason"] == "Regular guest"
    changed = house.do(reprice, same, [8_000, 8_000])
    assert (_quote(house, changed)["agreed"], "reason" in _quote(house, changed)) == ([8_000] * 2, False)
    house.do(undo, changed)
    assert (_quote(house, stay)["agreed"], _quote(house, stay)["reason"]) == ([7_000] * 2, "Regular guest")


def test_a_stay_back_at_the_plans_prices_has_nothing_agreed(house: House) -> None:
    stay = house.do(agree_prices, house.stay(1, 3), [7_000, 7_000], "Regular guest")
    assert {"agreed", "reason"}.isdisjoint(_quote(house, house.do(reprice, stay, [9_000, 9_000])))


def test_prices_that_are_not_the_plans_need_the_permission_to_override(house: House, strict: UUID) -> None:
    desk = house.owner.without("rate.override")
    for terms in (Terms(), Terms(strict)):
        with pytest.raises(PriceChanged) as refused:
            house.book(house.room(1, 3, prices=[1, 2], terms=terms), actor=desk)
        now = 18_000 if terms.rate_plan_id is None else 16_200
        assert (refused.value.data["shown"], refused.value.data["now"]) == (3, now), "whatever they meant, both prices are named"
        with pytest.raises(NotPermitted):
            house.book(house.room(1, 3, prices=[1, now - 1], terms=terms), actor=desk)
    asked = house.book(house.room(1, 3, prices=[9_000, 9_000]), actor=desk).stays[0]
    lower = house.book(house.room(1, 3, prices=[8_100, 8_100], terms=Terms(strict)), actor=desk).stays[0]
    assert (asked.rate_plan_id is not None, lower.rate_plan_id) == (True, strict)
    assert "agreed" not in _quote(house, asked)

"""What parties pay, by room type; age bands, of which no two hold a child of one age."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.rates.parties import Band, BandsOverlap, PartyFields, price_party, set_age_bands
from pms.rates.queries import RateSetUp, rate_set_up
from tests.builders import Cast, a_property

SMALL, BIG = Band("Small children", 0, 5), Band("Children", 6, 11)


def _set_up(actor: Actor, house: UUID) -> RateSetUp:
    with work(actor) as db:
        return rate_set_up(db, house)


def test_what_a_party_pays_is_said_once_and_changed_by_who_saw_it(olga: Actor, house: UUID, double: UUID) -> None:
    (line,) = _set_up(olga, house).parties
    assert (line.version, line.fields) == (0, PartyFields(base_adults=2)), "nobody said anything: as many as the room sleeps"
    with work(olga) as db:
        price_party(db, double, 0, PartyFields(1, 2_000, 0, {}, 5_000, 20_000))
        assert [story.event for story in history(db, double)] == ["party_price.changed"]
    with work(olga) as db, pytest.raises(MovedMeanwhile) as refused:
        price_party(db, double, 0, PartyFields())
    assert refused.value.data["by"] == "Olga Owner"
    with work(olga) as db:
        price_party(db, double, 1, PartyFields(2, 0, 1_500))
    (line,) = _set_up(olga, house).parties
    assert (line.version, line.fields.single_use, line.fields.floor) == (2, 1_500, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"base_adults": 0},
        {"base_adults": 3},
        {"extra_adult": -1},
        {"single_use": 3_000_000_000},
        {"floor": -1},
        {"floor": 200, "ceiling": 100},
    ],
)
def test_a_party_that_makes_no_sense_is_refused(olga: Actor, double: UUID, fields: dict[str, Any]) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        price_party(db, double, 0, PartyFields(**fields))


def test_age_bands_are_replaced_as_a_whole_and_prices_stay_with_them(olga: Actor, house: UUID, double: UUID) -> None:
    with work(olga) as db:
        set_age_bands(db, house, [], [BIG, SMALL])
    small, big = _set_up(olga, house).bands
    assert (small.name, big.name) == ("Small children", "Children")
    assert small.id
    assert big.id
    with work(olga) as db:
        price_party(db, double, 0, PartyFields(children={small.id: 0, big.id: 1_500}))
    with work(olga) as db:
        set_age_bands(db, house, [small, big], [Band("Babies", 0, 2), Band("Children", 3, 12, big.id)])
    found = _set_up(olga, house)
    assert [(band.name, band.to_age) for band in found.bands] == [("Babies", 2), ("Children", 12)]
    assert found.parties[0].fields.children == {big.id: 1_500}
    with work(olga) as db:
        set_age_bands(db, house, found.bands, [])
    found = _set_up(olga, house)
    assert (found.bands, found.parties[0].fields.children) == ((), {})


@pytest.mark.parametrize(
    "bands",
    [
        [Band("A", 0, 5), Band("B", 5, 11)],
        [Band("A", 3, 4), Band("B", 0, 11)],
        [Band("A", 0, 17), Band("B", 0, 17)],
    ],
)
def test_no_two_bands_hold_a_child_of_one_age(olga: Actor, house: UUID, bands: list[Band]) -> None:
    with work(olga) as db, pytest.raises(BandsOverlap):
        set_age_bands(db, house, [], bands)


@pytest.mark.parametrize("band", [Band("A", 6, 5), Band("A", -1, 5), Band("A", 0, 18), Band(" ", 0, 5)])
def test_a_band_that_makes_no_sense_is_refused(olga: Actor, house: UUID, band: Band) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        set_age_bands(db, house, [], [band])


def test_bands_that_somebody_changed_meanwhile_stay(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        set_age_bands(db, house, [], [SMALL])
    with work(olga) as db, pytest.raises(MovedMeanwhile):
        set_age_bands(db, house, [], [BIG])


def test_bands_are_of_this_house(olga: Actor, house: UUID, double: UUID) -> None:
    other = a_property(olga, "Hillside")
    with work(olga) as db:
        (theirs,) = set_age_bands(db, other, [], [SMALL])
    with work(olga) as db, pytest.raises(NotFound):
        price_party(db, double, 0, PartyFields(children={theirs.id: 1}))
    with work(olga) as db, pytest.raises(NotFound):
        set_age_bands(db, house, [], [Band("Mine", 0, 5, theirs.id)])


def test_only_who_manages_rates_does_any_of_this(cast: Cast, house: UUID, double: UUID) -> None:
    with work(cast.rita) as db, pytest.raises(NotPermitted):
        price_party(db, double, 0, PartyFields())
    with work(cast.rita) as db, pytest.raises(NotPermitted):
        set_age_bands(db, house, [], [SMALL])

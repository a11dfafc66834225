"""Taxes and fees: made, changed, archived; refused where they make no sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.properties.taxes import TaxFields, archive_tax, change_tax, create_tax, taxes
from tests.builders import Cast, a_property

VAT = TaxFields("VAT", "percent", percent=900, included=True)
CITY = TaxFields("City tax", "per_person_night", amount=200, included=False, from_age=18, nights_most=7)


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


def test_taxes_are_made_changed_and_archived(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        create_tax(db, house, VAT)
        city = create_tax(db, house, CITY)
        assert [line.fields for line in taxes(db, house)] == [VAT, CITY]
    with work(olga) as db:
        change_tax(db, city.id, 1, replace(CITY, amount=250, valid_from=date(2027, 1, 1)))
        assert taxes(db, house)[1].fields.amount == 250
    with work(olga) as db, pytest.raises(MovedMeanwhile):
        change_tax(db, city.id, 1, CITY)
    with work(olga) as db:
        archive_tax(db, city.id, 2)
        assert [line.fields.name for line in taxes(db, house)] == ["VAT"]
        assert [story.event for story in history(db, city.id)] == ["tax.archived", "tax.changed", "tax.created"]
    with work(olga) as db, pytest.raises(NotFound):
        archive_tax(db, city.id, 3)


def test_what_does_not_belong_to_its_kind_is_forgotten(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        create_tax(db, house, replace(VAT, amount=500, from_age=12, on_fixed=True))
        create_tax(db, house, replace(CITY, percent=900, kind="per_booking", from_age=12, on_fixed=True))
        first, second = (line.fields for line in taxes(db, house))
    assert (first.amount, first.from_age, first.on_fixed) == (0, 0, True)
    assert (second.percent, second.from_age, second.on_fixed) == (0, 0, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "whim"},
        {"name": " "},
        {"amount": 0},
        {"amount": 3_000_000_000},
        {"kind": "percent", "percent": 0},
        {"kind": "percent", "percent": 10_001},
        {"from_age": 19},
        {"nights_most": 0},
        {"exempt_from_nights": 367},
        {"valid_from": date(2027, 1, 2), "valid_until": date(2027, 1, 1)},
        {"valid_from": date(202, 1, 2)},
    ],
)
def test_a_tax_that_makes_no_sense_is_refused(olga: Actor, house: UUID, fields: dict[str, Any]) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        create_tax(db, house, replace(CITY, **fields))


def test_only_who_manages_rates_does_any_of_this(cast: Cast, house: UUID) -> None:
    with work(cast.olga) as db:
        made = create_tax(db, house, VAT)
    for verb, arguments in ((create_tax, (house, VAT)), (change_tax, (made.id, 1, VAT)), (archive_tax, (made.id, 1))):
        with work(cast.rita) as db, pytest.raises(NotPermitted):
            verb(db, *arguments)

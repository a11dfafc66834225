"""A house whose rates are being set up."""

from __future__ import annotations

from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.rates.load import house_of
from tests.builders import a_property, a_room_type


@pytest.fixture
def house(olga: Actor) -> UUID:
    return a_property(olga)


@pytest.fixture
def double(olga: Actor, house: UUID) -> UUID:
    return a_room_type(olga, house, base_price=10_000)


@pytest.fixture
def flexible(olga: Actor, house: UUID) -> UUID:
    """The plan the house was born with."""
    with work(olga) as db:
        found = house_of(db, house).default_plan_id
    assert found is not None
    return found

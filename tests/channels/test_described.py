"""A channel that wants the house described knows its rooms and plans as they are, and is never told of a house without any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from sqlalchemy import text
from sqlmodel import select

from pms import reactions
from pms.channels import described, queries
from pms.channels.adapter import HousePlan
from pms.channels.connections import unmap_product
from pms.channels.models import Product
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.rates.policies import PolicyFields, create_policy
from pms.rates.policy import Tier
from tests.channels.conftest import OnChannel, on_channel
from tests.channels.google_ari import FakeGoogleAri

DATA = "/travel/hotels/uploads/property_data"


@pytest.fixture
def hotel(olga: Actor) -> Iterator[OnChannel]:
    with on_channel(olga, "google_ari") as house:
        yield house


def times(hotel: OnChannel) -> int:
    assert isinstance(hotel.fake, FakeGoogleAri)
    return hotel.fake.overlays


def put(hotel: OnChannel, statement: str) -> None:
    with work(hotel.owner) as db:
        db.execute(text(statement), {"plan": hotel.plan, "room": hotel.double, "id": hotel.connection})


def words(hotel: OnChannel) -> str:
    with work(hotel.owner) as db:
        return queries.connection(db, hotel.connection).undescribed


def test_a_new_connection_is_described_before_it_is_told_a_price(hotel: OnChannel) -> None:
    hotel.turn()
    assert hotel.fake.products == {"room-D": {"rate-D"}, "room-S": {"rate-S"}}
    assert hotel.fake.calls[0][1] == DATA
    assert times(hotel) == 1


def test_a_house_that_is_as_it_was_is_not_described_again_until_the_night(hotel: OnChannel) -> None:
    hotel.turn()
    hotel.turn()
    assert times(hotel) == 1
    put(hotel, "update channel_connection set compare_at = now() where id = :id")
    hotel.turn()
    assert times(hotel) == 2


@pytest.mark.parametrize(
    "change",
    [
        "update room_type set name = 'Sea view' where id = :room",
        "update room_type set adults = 3 where id = :room",
        "update rate_plan set name = 'Half flexible' where id = :plan",
        "update rate_plan set meals = 'breakfast' where id = :plan",
    ],
)
def test_another_name_or_party_or_plan_is_described(hotel: OnChannel, change: str) -> None:
    hotel.turn()
    put(hotel, change)
    hotel.turn()
    assert times(hotel) == 2


def test_another_cancellation_policy_is_described(hotel: OnChannel) -> None:
    hotel.turn()
    tiers = [Tier(days=7, percent=2_500), Tier(days=7, time=time(12), percent=5_000), Tier(days=1, percent=10_000)]
    with work(hotel.owner) as db:
        policy = create_policy(db, hotel.property_id, PolicyFields("cancellation", "Week", tiers))
        db.execute(
            text("update rate_plan set cancellation_id = :policy where id = :plan"), {"policy": policy.id, "plan": hotel.plan}
        )
    hotel.turn()
    assert times(hotel) == 2
    with work(hotel.owner) as db:
        plans = described.house_of(db, hotel.connection).plans
    assert {(plan.free_days, plan.free_time) for plan in plans} == {(7, time(0))}


@pytest.mark.parametrize(
    ("tiers", "free"),
    [
        ([], (0, time(0))),
        ([Tier(days=2, time=time(18), nights=1, percent=10_000)], (2, time(18))),
        ([Tier(percent=10_000)], (None, time(0))),
        ([Tier(), Tier(days=3, fixed=2_000)], (3, time(0))),
    ],
)
def test_cancelling_is_free_until_it_first_costs_something(tiers: list[Tier], free: tuple[int | None, time]) -> None:
    assert described._free_until(tiers) == free


def test_whatever_is_described_is_news_for_channels() -> None:
    for event in ("room_type.changed", "rate_plan.changed", "rate_policy.changed", "property.changed"):
        assert reactions.reaction(event).channels == "all"


def test_what_is_unmapped_is_gone_and_a_house_without_any_is_not_described(hotel: OnChannel) -> None:
    hotel.turn()
    unmapped(hotel, "room-S/rate-S")
    hotel.turn()
    assert hotel.fake.products == {"room-D": {"rate-D"}}
    unmapped(hotel, "room-D/rate-D")
    before = times(hotel)
    put(hotel, "update channel_connection set compare_at = now() where id = :id")
    hotel.turn()
    assert (times(hotel), hotel.fake.products) == (before, {"room-D": {"rate-D"}})


def unmapped(hotel: OnChannel, remote: str) -> None:
    with work(hotel.owner) as db:
        query = select(Product).where(Product.connection_id == hotel.connection, Product.remote_id == remote)
        unmap_product(db, db.scalars(query).one().id)


@pytest.mark.parametrize("fault", ["500", "drop_before", "drop_after", "garbage", "429"])
def test_a_description_that_got_lost_is_sent_again(hotel: OnChannel, fault: str) -> None:
    left = [fault]
    hotel.fake.fault_of = lambda path: left.pop() if path == DATA and left else None  # type: ignore[method-assign, assignment, return-value]
    hotel.turn()
    hotel.turn()
    assert hotel.fake.products == {"room-D": {"rate-D"}, "room-S": {"rate-S"}}
    assert hotel.shown("room-D", 0)["rooms"] == 3


def test_a_description_that_is_refused_is_shown_and_not_sent_again_as_it_is(
    hotel: OnChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans that no room names: Google says that it has issues with the house."""
    with monkeypatch.context() as wrong:
        real = described.house_of
        wrong.setattr(described, "house_of", lambda db, id: real(db, id).__class__(real(db, id).rooms, (HousePlan("X", "X"),)))
        hotel.turn()
        hotel.turn()
        assert sum(path == DATA for _, path, _ in hotel.fake.calls) == 1
    assert "4001" in words(hotel)
    hotel.turn()
    assert (times(hotel), words(hotel)) == (1, "")


def test_a_channel_that_wants_no_description_is_sent_none(olga: Actor) -> None:
    with on_channel(olga, "expedia") as hotel:
        hotel.turn()
        with work(hotel.owner) as db:
            assert (
                db.execute(text("select described from channel_connection where id = :id"), {"id": hotel.connection}).scalar()
                is None
            )

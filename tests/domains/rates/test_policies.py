"""Policies: tiers in order, refused where they make no sense; kept while plans sell by them."""

from __future__ import annotations

from datetime import time
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.rates.plans import PlanFields, archive_plan, create_plan
from pms.rates.policies import PolicyFields, PolicyInUse, archive_policy, change_policy, create_policy
from pms.rates.policy import Tier
from pms.rates.queries import rate_set_up
from tests.builders import Cast

LATE = Tier(days=0, time=time(18), percent=10_000)
EARLY = Tier(days=7, time=time(12), percent=10_000, nights=1)


def test_tiers_run_from_the_booking_towards_the_arrival(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        made = create_policy(db, house, PolicyFields("cancellation", " Semi  flexible ", [LATE, EARLY], Tier(percent=5_000)))
        (line,) = rate_set_up(db, house).policies
    assert line.fields == PolicyFields("cancellation", "Semi flexible", (EARLY, LATE), Tier(percent=5_000))
    with work(olga) as db:
        change_policy(db, made.id, 1, PolicyFields("cancellation", "Strict", [Tier(percent=10_000)]))
    with work(olga) as db, pytest.raises(MovedMeanwhile):
        change_policy(db, made.id, 1, PolicyFields("cancellation", "Stricter", [Tier(percent=10_000)]))
    with work(olga) as db:
        archive_policy(db, made.id, 2)
        assert [story.event.partition(".")[2] for story in history(db, made.id)] == ["archived", "changed", "created"]
        assert rate_set_up(db, house).policies == ()


def test_deposits_are_due_by_the_day(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        create_policy(db, house, PolicyFields("deposit", "Half", [Tier(days=14, time=time(9), percent=5_000)]))
        assert rate_set_up(db, house).policies[0].fields.tiers == (Tier(days=14, percent=5_000),)


def test_a_policy_stays_while_plans_sell_by_it(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        policy = create_policy(db, house, PolicyFields("cancellation", "Strict", [LATE]))
        plan = create_plan(db, house, PlanFields("NR", "Non-refundable", cancellation_id=policy.id))
        assert rate_set_up(db, house).policies[0].plans == ("Non-refundable",)
    with work(olga) as db, pytest.raises(PolicyInUse, match="Non-refundable"):
        archive_policy(db, policy.id, 1)
    with work(olga) as db:
        archive_plan(db, plan.id, 1)
        archive_policy(db, policy.id, 1)
    with work(olga) as db, pytest.raises(NotFound):
        create_plan(db, house, PlanFields("NR", "Again", cancellation_id=policy.id))


@pytest.mark.parametrize(
    "fields",
    [
        PolicyFields("whim", "A", [LATE]),
        PolicyFields("cancellation", " ", [LATE]),
        PolicyFields("cancellation", "A", [LATE, LATE]),
        PolicyFields("cancellation", "A", [Tier(days=day, percent=1) for day in range(9)]),
        PolicyFields("cancellation", "A", [Tier(days=1)]),
        PolicyFields("cancellation", "A", [Tier(days=-1, percent=1)]),
        PolicyFields("cancellation", "A", [Tier(days=801, percent=1)]),
        PolicyFields("cancellation", "A", [Tier(percent=10_001)]),
        PolicyFields("cancellation", "A", [Tier(fixed=-1)]),
        PolicyFields("cancellation", "A", [Tier(percent=1, nights=0)]),
        PolicyFields("cancellation", "A", [LATE], Tier()),
        PolicyFields("deposit", "A", [LATE], LATE),
        PolicyFields("deposit", "A", [Tier(days=1, percent=1), Tier(days=1, time=time(1), percent=1)]),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(olga: Actor, house: UUID, fields: PolicyFields) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        create_policy(db, house, fields)


def test_a_policy_stays_of_its_kind(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        policy = create_policy(db, house, PolicyFields("cancellation", "Strict", [LATE]))
    with work(olga) as db, pytest.raises(BadInput):
        change_policy(db, policy.id, 1, PolicyFields("deposit", "Strict", [LATE]))


def test_only_who_manages_rates_does_any_of_this(cast: Cast, house: UUID) -> None:
    strict = PolicyFields("cancellation", "Strict", [LATE])
    with work(cast.olga) as db:
        made = create_policy(db, house, strict)
    for verb, arguments in (
        (create_policy, (house, strict)),
        (change_policy, (made.id, 1, strict)),
        (archive_policy, (made.id, 1)),
    ):
        with work(cast.rita) as db, pytest.raises(NotPermitted):
            verb(db, *arguments)

"""Plans: opened, changed, put in order, archived and brought back; and what each of that refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from pms.kernel.actor import Actor
from pms.kernel.db import raw, work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from pms.rates.load import house_of
from pms.rates.plans import (
    CodeTaken,
    ParentArchived,
    PlanFields,
    PlanInUse,
    PlansGoInCircles,
    PolicyArchived,
    archive_plan,
    bring_back_plan,
    change_plan,
    create_plan,
    reorder_plans,
    sell_by_default,
)
from pms.rates.policies import PolicyFields, archive_policy, create_policy
from pms.rates.policy import Tier
from pms.rates.queries import rate_set_up
from pms.rates.standard import open_standard_plans
from tests.builders import Cast, a_property, a_room_type

STRICT = PlanFields("NR", "Non-refundable", percent=-1_000)


def _names(actor: Actor, house: UUID) -> list[str]:
    with work(actor) as db:
        return [plan.fields.name for plan in rate_set_up(db, house).plans]


def _mark(actor: Actor, house: UUID) -> UUID | None:
    with work(actor) as db:
        return house_of(db, house).mark


def test_a_plan_comes_after_the_others_and_goes_where_people_put_it(olga: Actor, house: UUID, flexible: UUID) -> None:
    before = _mark(olga, house)
    with work(olga) as db:
        made = create_plan(db, house, replace(STRICT, parent_id=flexible))
        assert [story.event for story in history(db, made.id)] == ["rate_plan.created"]
    assert _names(olga, house) == ["Flexible", "Non-refundable"]
    assert _mark(olga, house) != before, "every process reads the book anew"
    with work(olga) as db:
        reorder_plans(db, house, [made.id])
    assert _names(olga, house) == ["Non-refundable", "Flexible"]


def test_a_master_has_no_formula(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        made = create_plan(db, house, replace(STRICT, amount=5, per_adult=7, own_restrictions=True))
    assert (made.percent, made.amount, made.per_adult, made.own_restrictions) == (0, 0, 0, False)


def test_a_code_belongs_to_one_plan_on_sale(olga: Actor, house: UUID) -> None:
    with work(olga) as db, pytest.raises(CodeTaken):
        create_plan(db, house, PlanFields("flex", "Again"))


def test_plans_cannot_go_in_circles(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        one = create_plan(db, house, PlanFields("A", "A"))
        two = create_plan(db, house, PlanFields("B", "B", parent_id=one.id))
        three = create_plan(db, house, PlanFields("C", "C", parent_id=two.id))
    for parent in (one, three):
        with work(olga) as db, pytest.raises(PlansGoInCircles):
            change_plan(db, one.id, 1, PlanFields("A", "A", parent_id=parent.id))


def test_who_was_slower_is_told_by_whom(olga: Actor, house: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        change_plan(db, flexible, 1, PlanFields("FLEX", "Open"))
    with work(olga) as db, pytest.raises(MovedMeanwhile) as refused:
        change_plan(db, flexible, 1, PlanFields("FLEX", "Shut"))
    assert refused.value.data["by"] == "Olga Owner"


def test_a_plan_that_others_need_stays(olga: Actor, house: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        made = create_plan(db, house, replace(STRICT, parent_id=flexible))
    with work(olga) as db, pytest.raises(PlanInUse, match="Non-refundable"):
        archive_plan(db, flexible, 1)
    with work(olga) as db:
        archive_plan(db, made.id, 1)
    with work(olga) as db, pytest.raises(PlanInUse, match="nobody names"):
        archive_plan(db, flexible, 1)
    with work(olga) as db:
        other = create_plan(db, house, PlanFields("OTHER", "Other"))
        sell_by_default(db, other.id)
    with work(olga) as db:
        archive_plan(db, flexible, 1)
    assert _names(olga, house) == ["Other"]


def test_the_plan_that_sells_by_default_sells_whatever_is_asked_for(
    olga: Actor, house: UUID, flexible: UUID, double: UUID
) -> None:
    narrow: tuple[dict[str, Any], ...] = (
        {"access": "code", "codes": ["X"]},
        {"channels": ["desk"]},
        {"room_type_ids": [double]},
    )
    for fields in narrow:
        with work(olga) as db, pytest.raises(BadInput, match="public"):
            change_plan(db, flexible, 1, PlanFields("FLEX", "Flexible", **fields))
        with work(olga) as db:
            made = create_plan(db, house, PlanFields(next(iter(fields)), "Narrow", **fields))
        with work(olga) as db, pytest.raises(BadInput, match="public"):
            sell_by_default(db, made.id)


def test_an_archived_plan_comes_back_after_the_others(olga: Actor, house: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        made = create_plan(db, house, replace(STRICT, parent_id=flexible))
        child = create_plan(db, house, PlanFields("CHILD", "Child", parent_id=made.id))
        archive_plan(db, child.id, 1)
        archive_plan(db, made.id, 1)
        gone = rate_set_up(db, house, archived=True).plans[1:]
    assert {line.fields.name for line in gone} == {"Non-refundable", "Child"}
    with work(olga) as db, pytest.raises(ParentArchived):
        bring_back_plan(db, child.id, 2)
    with work(olga) as db, pytest.raises(NotFound):
        bring_back_plan(db, flexible, 1)
    with work(olga) as db:
        bring_back_plan(db, made.id, 2)
        bring_back_plan(db, child.id, 2)
    assert _names(olga, house) == ["Flexible", "Non-refundable", "Child"]


def test_an_archived_plan_whose_code_or_policy_is_gone_stays_archived(olga: Actor, house: UUID) -> None:
    with work(olga) as db:
        policy = create_policy(db, house, PolicyFields("cancellation", "Strict", [Tier(percent=10_000)]))
        made = create_plan(db, house, replace(STRICT, cancellation_id=policy.id))
        archive_plan(db, made.id, 1)
        archive_policy(db, policy.id, 1)
    with work(olga) as db, pytest.raises(PolicyArchived):
        bring_back_plan(db, made.id, 2)
    with work(olga) as db:
        create_plan(db, house, replace(STRICT, name="New"))
    with work(olga) as db, pytest.raises(CodeTaken):
        bring_back_plan(db, made.id, 2)


@pytest.mark.parametrize(
    "fields",
    [
        {"percent": -10_001},
        {"per_child": 3_000_000_000},
        {"round_step": 0},
        {"round_step": 100, "round_ending": 100},
        {"steps": [{"nights": 1, "percent": -100}]},
        {"steps": [{"nights": 7, "percent": -100}, {"nights": 7, "percent": -200}]},
        {"steps": [{"nights": 7}]},
        {"min_advance": 30, "max_advance": 3},
        {"max_advance": 801},
        {"code": " "},
        {"code": "x" * 21},
        {"name": " "},
        {"description": "x" * 2_001},
        {"meals": "brunch"},
        {"access": "friends"},
        {"access": "code"},
        {"codes": ["x" * 51]},
        {"valid_from": date(2027, 1, 2), "valid_until": date(2027, 1, 1)},
        {"valid_from": date(202, 1, 2)},
        {"channels": []},
        {"channels": ["x" * 41]},
        {"markups": {"desk": {"per cent": 1}}},
        {"markups": {"desk": {"percent": -10_001}}},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(olga: Actor, house: UUID, fields: dict[str, Any]) -> None:
    with pytest.raises(BadInput), work(olga) as db:
        create_plan(db, house, replace(STRICT, **fields))


def test_only_who_manages_rates_does_any_of_this(cast: Cast, house: UUID, flexible: UUID) -> None:
    for verb, arguments in (
        (create_plan, (house, STRICT)),
        (change_plan, (flexible, 1, STRICT)),
        (reorder_plans, (house, [])),
        (archive_plan, (flexible, 1)),
        (bring_back_plan, (flexible, 1)),
        (open_standard_plans, (house, ["early"])),
    ):
        with work(cast.rita) as db, pytest.raises(NotPermitted):
            verb(db, *arguments)


def test_a_plan_for_a_room_type_of_another_house_is_not_found(olga: Actor, house: UUID) -> None:
    theirs = a_room_type(olga, a_property(olga, "Hillside"))
    with work(olga) as db, pytest.raises(NotFound):
        create_plan(db, house, replace(STRICT, room_type_ids=[theirs]))


def test_the_standard_set_derives_from_the_plan_that_sells_by_default(olga: Actor, house: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        open_standard_plans(db, house, ["non_refundable", "breakfast", "early", "long"], breakfast=1_200)
        found = {line.fields.code: line.fields for line in rate_set_up(db, house).plans}
        tiers = raw(db).execute("select tiers from rate_policy where id = %s", (found["NR"].cancellation_id,)).fetchone()
    assert {fields.parent_id for code, fields in found.items() if code != "FLEX"} == {flexible}
    assert (found["NR"].percent, found["BB"].per_adult, found["BB"].meals) == (-1_000, 1_200, "breakfast")
    assert (found["EARLY"].percent, found["EARLY"].min_advance) == (-1_500, 30)
    assert found["LONG"].steps == [{"nights": 7, "percent": -1_000}]
    assert tiers == ([Tier(percent=10_000).keep()],)


@pytest.mark.parametrize(("wanted", "breakfast"), [([], 0), (["breakfast"], 0), (["brunch"], 1_000)])
def test_a_standard_set_without_sense_is_refused(olga: Actor, house: UUID, wanted: list[str], breakfast: int) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        open_standard_plans(db, house, wanted, breakfast)

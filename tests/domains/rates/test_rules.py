"""Price rules: what makes one, their order, their switch; and that prices follow."""

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
from pms.rates.load import board_of, house_of
from pms.rates.plans import PlanFields, create_plan
from pms.rates.price import prices
from pms.rates.queries import rate_set_up
from pms.rates.rules import RuleFields, archive_rule, change_rule, create_rule, reorder_rules, switch_rule
from tests.builders import Cast, a_property, a_room_type

FRIDAY = date(2027, 6, 4)
WEEKEND = RuleFields("Weekend", "weekday", weekdays=[5, 4, 5], percent=1_000)
JUNE = RuleFields("June", "season", spans=[(date(2027, 6, 1), date(2027, 7, 1))], amount=500)


def _price(actor: Actor, house: UUID, plan: UUID) -> int:
    with work(actor) as db:
        return int(prices(board_of(db, house_of(db, house), FRIDAY, 1))[plan][0, 0])


def test_rules_work_in_the_order_people_put_them_into(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        weekend, june = create_rule(db, house, WEEKEND), create_rule(db, house, JUNE)
        assert weekend.weekdays == [4, 5]
    assert _price(olga, house, flexible) == 11_500
    with work(olga) as db:
        reorder_rules(db, house, [june.id])
        assert [line.fields.name for line in rate_set_up(db, house).rules] == ["June", "Weekend"]
    assert _price(olga, house, flexible) == 11_550


def test_a_rule_rests_works_changes_and_goes(olga: Actor, house: UUID, double: UUID, flexible: UUID) -> None:
    with work(olga) as db:
        made = create_rule(db, house, WEEKEND)
    with work(olga) as db:
        switch_rule(db, made.id, 1, False)
    assert _price(olga, house, flexible) == 10_000
    with work(olga) as db:
        change_rule(db, made.id, 2, replace(WEEKEND, percent=2_000))
    assert _price(olga, house, flexible) == 12_000
    with work(olga) as db, pytest.raises(MovedMeanwhile):
        switch_rule(db, made.id, 2, False)
    with work(olga) as db:
        archive_rule(db, made.id, 3)
        assert [story.event.partition(".")[2] for story in history(db, made.id)] == ["archived", "changed", "switched", "created"]
    assert _price(olga, house, flexible) == 10_000
    with work(olga) as db, pytest.raises(NotFound):
        switch_rule(db, made.id, 4, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "whim"},
        {"weekdays": None},
        {"weekdays": [7]},
        {"percent": 0},
        {"percent": -10_001},
        {"percent": 100_001},
        {"amount": 3_000_000_000},
        {"name": " "},
        {"kind": "season"},
        {"kind": "season", "spans": [(date(2027, 6, 2), date(2027, 6, 2))]},
        {"kind": "season", "spans": [(date(202, 6, 2), date(2027, 6, 2))]},
        {"kind": "event", "spans": [(date(2027, 6, 2), date(2027, 6, 3))] * 51},
        {"kind": "holiday"},
        {"kind": "holiday", "holidays": "morrow"},
        {"kind": "occupancy"},
        {"kind": "occupancy", "occupancy_from": 10_001},
        {"kind": "occupancy", "occupancy_from": 8_000, "occupancy_below": 8_000},
        {"kind": "occupancy", "occupancy_from": 8_000, "occupancy_of": "town"},
        {"kind": "last_minute"},
        {"kind": "last_minute", "days_before": -1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(olga: Actor, house: UUID, fields: dict[str, Any]) -> None:
    with work(olga) as db, pytest.raises(BadInput):
        create_rule(db, house, replace(WEEKEND, **fields))


def test_rules_are_of_masters_and_room_types_of_this_house(olga: Actor, house: UUID, flexible: UUID) -> None:
    theirs = a_room_type(olga, a_property(olga, "Hillside"))
    with work(olga) as db, pytest.raises(NotFound):
        create_rule(db, house, replace(WEEKEND, room_type_ids=[theirs]))
    with work(olga) as db:
        derived = create_plan(db, house, PlanFields("NR", "Non-refundable", parent_id=flexible))
    with work(olga) as db, pytest.raises(BadInput, match="derived plans follow"):
        create_rule(db, house, replace(WEEKEND, rate_plan_ids=[derived.id]))


def test_only_who_manages_rates_does_any_of_this(cast: Cast, house: UUID) -> None:
    with work(cast.olga) as db:
        made = create_rule(db, house, WEEKEND)
    for verb, arguments in (
        (create_rule, (house, WEEKEND)),
        (change_rule, (made.id, 1, WEEKEND)),
        (switch_rule, (made.id, 1, False)),
        (reorder_rules, (house, [])),
        (archive_rule, (made.id, 1)),
    ):
        with work(cast.rita) as db, pytest.raises(NotPermitted):
            verb(db, *arguments)

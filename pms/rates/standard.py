"""The plans most houses sell beside their first one, opened in one go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from pms.kernel.db import Db
from pms.kernel.refusals import BadInput
from pms.kernel.words import N_, translate
from pms.rates.load import house_of
from pms.rates.models import RatePlan
from pms.rates.plans import PlanFields, create_plan
from pms.rates.policies import PolicyFields, create_policy
from pms.rates.policy import Tier
from pms.rates.rounding import BASIS

STANDARD = {
    "non_refundable": (N_("Non-refundable"), "NR"),
    "breakfast": (N_("Breakfast included"), "BB"),
    "early": (N_("Early bird"), "EARLY"),
    "long": (N_("Long stay"), "LONG"),
}
"""What can be opened: a name in words, and a code."""
_FORMULAS: dict[str, dict[str, Any]] = {
    "non_refundable": {"percent": -1_000},
    "breakfast": {"meals": "breakfast"},
    "early": {"percent": -1_500, "min_advance": 30},
    "long": {"steps": ({"nights": 7, "percent": -1_000},)},
}


def open_standard_plans(db: Db, property_id: UUID, wanted: Collection[str], breakfast: int = 0) -> list[RatePlan]:
    """Open those of `STANDARD` that are wanted, derived from the plan that sells by default.

    `breakfast` is what it costs a person, in minor units. Refuses `BadInput`, `CodeTaken`, `NotFound`, `NotPermitted`.
    """
    if not wanted or not set(wanted) <= set(STANDARD):
        raise BadInput("wanted", "Choose at least one plan.")
    if "breakfast" in wanted and breakfast <= 0:
        raise BadInput("breakfast", "Say what breakfast costs a person.")
    db.actor.require("rate.manage", property_id)
    parent = house_of(db, property_id).default_plan_id
    opened = []
    for key, (name, code) in STANDARD.items():
        if key not in wanted:
            continue
        formula = dict(_FORMULAS[key])
        if key == "breakfast":
            formula |= {"per_adult": breakfast, "per_child": breakfast}
        if key == "non_refundable":
            formula["cancellation_id"] = _paid_in_full(db, property_id)
        named = translate(name, db.actor.locale)
        opened.append(create_plan(db, property_id, PlanFields(code, named, parent_id=parent, **formula)))
    return opened


def _paid_in_full(db: Db, property_id: UUID) -> UUID:
    name = translate("Non-refundable", db.actor.locale)
    return create_policy(db, property_id, PolicyFields("cancellation", name, [Tier(percent=BASIS)])).id

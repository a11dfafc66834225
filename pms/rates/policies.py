"""Policies: what cancelling costs and what is due before arrival, in tiers (see `policy.py` for what they come to)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any
from uuid import UUID

from pms.kernel.dates import now
from pms.kernel.db import Db, raw
from pms.kernel.money import MINOR_MAX
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, Refusal
from pms.properties.property import clean_title
from pms.rates.hold import held_house, held_row, next_position
from pms.rates.load import turn_page
from pms.rates.models import Policy
from pms.rates.policy import MIDNIGHT, Tier, in_order
from pms.rates.rounding import BASIS

KINDS = ("cancellation", "deposit")
TIERS_MOST, DAYS_MOST, NIGHTS_MOST = 8, 800, 366


class PolicyInUse(Refusal):
    """Plans on sale have it; `plans` are their names."""

    sentence = "{policy} is needed: {names} sell by it."
    status = 409


@dataclass(frozen=True)
class PolicyFields:
    """What people fill in: `kind` is "cancellation" or "deposit", `no_show` what not arriving costs (None: as the last tier)."""

    kind: str
    name: str
    tiers: Sequence[Tier] = ()
    no_show: Tier | None = None


def create_policy(db: Db, property_id: UUID, fields: PolicyFields) -> Policy:
    """A new policy, for plans to name. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    house = held_house(db, property_id)
    columns = _columns(_checked(fields))
    position = next_position(db, Policy, house.id)
    row = Policy(organization_id=db.organization_id, property_id=house.id, position=position, **columns)
    db.add(row)
    turn_page(db, house.id)
    record(db, "rate_policy.created", "rate_policy", row.id, house.id, after=picture(row))
    return row


def change_policy(db: Db, policy_id: UUID, version: int, fields: PolicyFields) -> Policy:
    """Change a policy, but not from one kind into the other; bookings made under it keep what they were sold (R-52).

    Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`.
    """
    row = held_row(db, Policy, policy_id, version, "policy")
    before, good = picture(row), _checked(fields)
    if good.kind != row.kind:
        raise BadInput("kind", "A policy stays of its kind. Make another one.")
    for name, value in _columns(good).items():
        setattr(row, name, value)
    row.version += 1
    turn_page(db, row.property_id)
    record(db, "rate_policy.changed", "rate_policy", row.id, row.property_id, before=before, after=picture(row))
    return row


def archive_policy(db: Db, policy_id: UUID, version: int) -> None:
    """Take a policy out that no plan on sale has. Refuses `PolicyInUse`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = held_row(db, Policy, policy_id, version, "policy")
    query = (
        "select name from rate_plan where property_id = %s and archived_at is null and %s in (cancellation_id, deposit_id)"
        " order by position, id"
    )
    names = [name for (name,) in raw(db).execute(query, (row.property_id, row.id))]
    if names:
        raise PolicyInUse(policy=row.name, names=", ".join(names), plans=names)
    row.archived_at, row.version = now(), row.version + 1
    turn_page(db, row.property_id)
    record(db, "rate_policy.archived", "rate_policy", row.id, row.property_id, before=picture(row))


def picture(row: Policy) -> dict[str, Any]:
    """What the journal keeps of a policy."""
    return {name: getattr(row, name) for name in (*PolicyFields.__dataclass_fields__, "version")}


def refuse_bad_tiers(kind: str, tiers: Sequence[Tier], no_show: Tier | None = None) -> None:
    """Refuse `BadInput` unless these can be the tiers of a policy of that kind: also for a sentence while people type."""
    if len(tiers) > TIERS_MOST:
        raise BadInput("tiers", "At most {most} steps.", most=TIERS_MOST)
    for tier in (*tiers, *([no_show] if no_show else [])):
        _refuse_bad(tier)
    moments = [(tier.days, tier.time if kind == "cancellation" else MIDNIGHT) for tier in tiers]
    if len(set(moments)) < len(moments):
        raise BadInput("tiers", "Two steps begin at the same moment.")
    if kind == "deposit" and no_show is not None:
        raise BadInput("no_show", "Not arriving is a matter of the cancellation policy.")


def _refuse_bad(tier: Tier) -> None:
    if tier.days is not None and not 0 <= tier.days <= DAYS_MOST:
        raise BadInput("tiers", "Between 0 and {most} days.", most=DAYS_MOST)
    if not 0 <= tier.percent <= BASIS:
        raise BadInput("tiers", "Between 0 % and 100 %.")
    if not 0 <= tier.fixed <= MINOR_MAX:
        raise BadInput("tiers", "This is not an amount of money.")
    if tier.nights is not None and not 1 <= tier.nights <= NIGHTS_MOST:
        raise BadInput("tiers", "Between 1 and {most} nights.", most=NIGHTS_MOST)
    if not tier.percent and not tier.fixed:
        raise BadInput("tiers", "Say how much each step costs.")


def _checked(fields: PolicyFields) -> PolicyFields:
    if fields.kind not in KINDS:
        raise BadInput("kind", "Choose one of the list.")
    refuse_bad_tiers(fields.kind, fields.tiers, fields.no_show)
    tiers = [replace(tier, time=_minute(tier.time) if fields.kind == "cancellation" else MIDNIGHT) for tier in fields.tiers]
    return replace(fields, name=clean_title(fields.name), tiers=in_order(tiers))


def _minute(clock: time) -> time:
    return clock.replace(second=0, microsecond=0, tzinfo=None)


def _columns(fields: PolicyFields) -> dict[str, Any]:
    no_show = fields.no_show and replace(fields.no_show, days=None, time=MIDNIGHT)
    return {
        "kind": fields.kind,
        "name": fields.name,
        "tiers": [tier.keep() for tier in fields.tiers],
        "no_show": no_show and no_show.keep(),
    }

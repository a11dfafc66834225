"""The rate plans screen without a browser: what is listed, what the forms do, and what hostile hands get."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from pms.kernel.actor import Actor
from pms.kernel.dates import DAY, today
from pms.kernel.db import work
from pms.properties.room_type import RoomTypeFields, change
from pms.rates.load import house_of
from pms.rates.plans import PlanFields, archive_plan, change_plan, create_plan
from pms.rates.queries import RateSetUp, rate_set_up
from pms.rates.restrict import Wish
from pms.reservations.offers import quote
from pms.ui.rate_plans.band_state import BandBox
from pms.ui.rate_plans.party_state import PartyBox
from pms.ui.rate_plans.plan_state import PlanBox, StartBox
from pms.ui.rate_plans.policy_state import PolicyBox
from pms.ui.rate_plans.rule_state import RuleBox
from pms.ui.rate_plans.state import VIEW, RatePlans, Sight
from pms.ui.rate_plans.tax_state import TaxBox
from pms.ui.shell import Session
from tests.builders import Cast, a_property, a_room_type
from tests.states.tab import Tab, said

PLAN = {
    "plan_name": "Non-refundable",
    "plan_code": "NR",
    "plan_percent": "-12,5",
    "plan_amount": "−1.00",
    "plan_meals": "none",
    "plan_rounding": "50:0",
    "plan_round_to": "up",
    "plan_access": "public",
    "plan_every_channel": "on",
}


@pytest.fixture
def house(cast: Cast) -> UUID:
    return a_property(cast.olga)


@pytest.fixture
def double(cast: Cast, house: UUID) -> UUID:
    return a_room_type(cast.olga, house)


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/rate-plans")
    await tab.call(RatePlans.load)
    return tab


def set_up(actor: Actor, house: UUID) -> RateSetUp:
    with work(actor) as db:
        return rate_set_up(db, house)


def first_plan(actor: Actor, house: UUID) -> UUID:
    with work(actor) as db:
        found = house_of(db, house).default_plan_id
    assert found
    return found


async def test_a_new_house_sells_by_one_plan_and_can_begin_with_the_usual_ones(cast: Cast, house: UUID) -> None:
    tab = await a_tab(cast.olga)
    (plan,) = tab.state(RatePlans).plans
    assert (plan.name, plan.formula, plan.cancellation, plan.buyers, plan.is_first_choice) == (
        "Flexible",
        "Prices of its own",
        "Free cancellation until arrival.",
        "Everybody",
        True,
    )
    ticked = {f"start_{key}": "on" for key in ("non_refundable", "breakfast", "early", "long")}
    await tab.call(StartBox.save, ticked)
    assert list(tab.state(StartBox).errors) == ["breakfast"]
    await tab.call(StartBox.save, {**ticked, "start_price": "a lot"})
    assert list(tab.state(StartBox).errors) == ["breakfast"]
    await tab.call(StartBox.save, {**ticked, "start_price": "12,00"})
    assert [(one.code, one.formula, one.terms) for one in tab.state(RatePlans).plans[1:]] == [
        ("NR", "Flexible −10%", []),
        ("BB", "Flexible +€12.00 a person", []),
        ("EARLY", "Flexible −15%", ["Booked at least 30 days ahead"]),
        ("LONG", "Flexible", ["From 7 nights −10%"]),
    ]


async def test_a_plan_is_derived_changed_ordered_archived_and_brought_back(cast: Cast, house: UUID, double: UUID) -> None:
    tab, flexible = await a_tab(cast.olga), first_plan(cast.olga, house)
    box, screen = tab.state(PlanBox), tab.state(RatePlans)
    await tab.call(PlanBox.add)
    assert box.parent == str(flexible), "the plan that sells by default is the parent offered"
    await tab.call(PlanBox.add_step)
    step = {"plan_step.0.nights": "7", "plan_step.0.percent": "-10"}
    only = {f"plan_type.{double}": "on"}
    await tab.call(PlanBox.save, {**PLAN, **step, **only, "plan_parent_id": str(flexible)})
    row = screen.plans[1]
    assert (row.formula, row.buyers, row.terms) == (
        "Flexible −12.5% −€1.00, rounded up to €0.50",
        "Double",
        ["From 7 nights −10%"],
    )
    await tab.call(PlanBox.edit, row.id)
    assert (box.filled.percent, box.filled.amount, box.filled.rounding, box.steps[0].nights) == ("-12.5", "-1.00", "50:0", "7")
    await tab.call(PlanBox.drop_step, "0")
    code = {"plan_access": "code", "plan_codes": "ACME, acme2", "plan_every_channel": "", "plan_channel.desk": "on"}
    await tab.call(
        PlanBox.save, {**PLAN, **code, "plan_parent_id": str(flexible), "plan_every_channel": "", "plan_channel.desk": "on"}
    )
    assert (screen.plans[1].buyers, screen.plans[1].terms) == ("With a code: ACME, acme2 · Front desk", [])
    await tab.call(RatePlans.move_plan, row.id, -1)
    assert [one.code for one in screen.plans] == ["NR", "FLEX"]
    await tab.call(PlanBox.edit, row.id)
    await tab.call(PlanBox.make_default)
    assert "public" in box.errors["form"]
    await tab.call(PlanBox.archive)
    assert [one.code for one in screen.plans] == ["FLEX"]
    await tab.call(RatePlans.toggle_archived, True)
    gone = screen.gone[0]
    await tab.call(RatePlans.bring_back, gone.id, gone.version)
    assert ([one.code for one in screen.plans], screen.gone) == (["FLEX", "NR"], [])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"plan_percent": "much"}, "percent"),
        ({"plan_percent": "1,234"}, "percent"),
        ({"plan_amount": "1.2.3"}, "amount"),
        ({"plan_code": ""}, "code"),
        ({"plan_code": "flex"}, "code"),
        ({"plan_name": " "}, "name"),
        ({"plan_rounding": "x"}, "round_step"),
        ({"plan_rounding": "0:0"}, "round_step"),
        ({"plan_valid_from": "yesterday"}, "valid_from"),
        ({"plan_min_advance": "1.5"}, "min_advance"),
        ({"plan_min_advance": "9" * 4_000}, "min_advance"),
        ({"plan_meals": "brunch"}, "meals"),
        ({"plan_every_channel": ""}, "channels"),
        ({"plan_markup.desk.percent": "-200"}, "markups"),
        ({"plan_step.0.nights": "7"}, "steps"),
    ],
)
async def test_what_is_wrong_with_a_plan_is_said_beside_its_field(
    cast: Cast, house: UUID, typed: dict[str, str], field: str
) -> None:
    tab, box = await a_tab(cast.olga), PlanBox
    await tab.call(box.add)
    await tab.call(box.add_step)
    await tab.call(box.save, {**PLAN, "plan_parent_id": tab.state(box).parent, **typed})
    assert list(tab.state(box).errors) == [field]
    assert len(tab.state(RatePlans).plans) == 1


async def test_a_plan_without_a_parent_has_prices_of_its_own(cast: Cast, house: UUID) -> None:
    tab = await a_tab(cast.olga)
    await tab.call(PlanBox.add)
    await tab.call(PlanBox.save, {**PLAN, "plan_parent_id": ""})
    assert tab.state(RatePlans).plans[1].formula == "Prices of its own, rounded up to €0.50"


async def test_rules_are_made_ordered_switched_and_dragged(cast: Cast, house: UUID, double: UUID) -> None:
    tab = await a_tab(cast.olga)
    screen = tab.state(RatePlans)
    await tab.call(RuleBox.add)
    await tab.call(RuleBox.save, {"rule_name": "Weekend", "rule_kind": "weekday", "rule_percent": "15"})
    assert list(tab.state(RuleBox).errors) == ["weekdays"]
    days = {"rule_weekday.4": "on", "rule_weekday.5": "on"}
    await tab.call(RuleBox.save, {"rule_name": "Weekend", "rule_kind": "weekday", "rule_percent": "15", **days})
    await tab.call(RuleBox.add)
    span = {"rule_span.0.first": "2027-06-01", "rule_span.0.last": "2027-08-31"}
    await tab.call(RuleBox.save, {"rule_name": "Summer", "rule_kind": "season", "rule_amount": "5", **span})
    await tab.call(RuleBox.add)
    full = {"rule_occupancy_from": "80", "rule_occupancy_of": "property"}
    await tab.call(RuleBox.save, {"rule_name": "Full", "rule_kind": "occupancy", "rule_percent": "8", **full})
    assert [(one.name, one.condition, one.effect, one.example) for one in screen.rules] == [
        ("Weekend", "Fri, Sat", "+15%", "€100.00 → €115.00"),
        ("Summer", "1 Jun 2027 – 31 Aug 2027", "+€5.00", "€100.00 → €105.00"),
        ("Full", "80% or more of the house sold", "+8%", "€100.00 → €108.00"),
    ]
    weekend, summer, fullness = screen.rules
    await tab.call(RatePlans.move_rule, summer.id, -1)
    assert [one.name for one in screen.rules] == ["Summer", "Weekend", "Full"]
    await tab.call(RatePlans.pick_up, fullness.id)
    await tab.call(RatePlans.drop_on, summer.id)
    assert [one.name for one in screen.rules] == ["Full", "Summer", "Weekend"]
    await tab.call(RatePlans.drop_on, weekend.id)
    await tab.call(RatePlans.switch, weekend.id, 1, False)
    assert [one.is_on for one in screen.rules] == [True, True, False]
    await tab.call(RuleBox.edit, weekend.id)
    assert tab.state(RuleBox).filled.weekdays == ["4", "5"]
    await tab.call(RuleBox.save, {"rule_name": "Weekend", "rule_kind": "weekday", "rule_percent": "20", **days})
    assert (screen.rules[2].effect, screen.rules[2].is_on) == ("+20%", False), "a rule that rests goes on resting"
    await tab.call(RuleBox.edit, weekend.id)
    await tab.call(RuleBox.archive)
    assert [one.name for one in screen.rules] == ["Full", "Summer"]


async def test_bands_and_what_parties_pay(cast: Cast, house: UUID, double: UUID) -> None:
    tab = await a_tab(cast.olga)
    screen, bands = tab.state(RatePlans), tab.state(BandBox)
    assert (screen.parties[0].base, screen.parties[0].children) == ("2 adults", "")
    await tab.call(BandBox.manage)
    await tab.call(BandBox.add)
    form = {"band_0.name": "Small", "band_0.first": "0", "band_0.last": "5", "band_1.name": "Big", "band_1.first": "5"}
    await tab.call(BandBox.save, form)
    assert list(bands.errors) == ["bands"]
    await tab.call(BandBox.save, {**form, "band_1.last": "11"})
    assert "overlap" in bands.errors["bands"]
    await tab.call(BandBox.save, {**form, "band_1.first": "6", "band_1.last": "11"})
    assert [(one.name, one.ages) for one in screen.bands] == [("Small", "0 to 5 years"), ("Big", "6 to 11 years")]
    await tab.call(PartyBox.edit, str(double))
    big = tab.state(PartyBox).children[1].id
    party = {"party_base_adults": "2", "party_extra_adult": "25", "party_single_use": "15", f"party_child.{big}": "12.50"}
    await tab.call(PartyBox.save, {**party, "party_floor": "80", "party_ceiling": "60"})
    assert list(tab.state(PartyBox).errors) == ["ceiling"]
    await tab.call(PartyBox.save, {**party, "party_floor": "60"})
    row = screen.parties[0]
    assert (row.extra, row.single, row.children, row.limits) == ("+€25.00", "−€15.00", "Small free, Big €12.50", "from €60.00")


async def test_a_policy_is_said_while_it_is_written(cast: Cast, house: UUID) -> None:
    tab = await a_tab(cast.olga)
    box = tab.state(PolicyBox)
    await tab.call(PolicyBox.add, "cancellation")
    form = {"policy_name": "Strict", "policy_0.days": "3", "policy_0.time": "18:00", "policy_0.percent": "100"}
    await tab.call(PolicyBox.preview, form)
    assert box.sentence == "Free cancellation until 18:00 3 days before arrival, then the whole stay."
    await tab.call(PolicyBox.preview, {**form, "policy_0.percent": "200"})
    assert list(box.errors) == ["tiers"]
    await tab.call(PolicyBox.preview, {**form, "policy_0.time": "18:00+02:00"})
    assert list(box.errors) == ["tiers"], "it is the clock on the property's own wall"
    await tab.call(PolicyBox.add_tier)
    await tab.call(PolicyBox.save, form)
    assert list(box.errors) == ["tiers"], "a step that costs nothing is none"
    await tab.call(PolicyBox.drop_tier, "1")
    await tab.call(PolicyBox.save, form)
    (row,) = tab.state(RatePlans).cancellations
    assert (row.name, row.sentence) == ("Strict", box.sentence.replace("  ", " "))
    await tab.call(PolicyBox.add, "deposit")
    await tab.call(PolicyBox.save, {"policy_name": "Third", "policy_0.percent": "30"})
    assert tab.state(RatePlans).deposits[0].sentence == "Due: 30% of the whole stay at once."
    with work(cast.olga) as db:
        create_plan(db, house, PlanFields("S", "Strict plan", cancellation_id=UUID(row.id)))
    await tab.call(PolicyBox.edit, row.id)
    await tab.call(PolicyBox.archive)
    assert "Strict plan" in box.refused


async def test_taxes_are_listed_as_they_are_charged(cast: Cast, house: UUID) -> None:
    tab = await a_tab(cast.olga)
    await tab.call(TaxBox.add)
    await tab.call(TaxBox.save, {"tax_name": "VAT", "tax_kind": "percent", "tax_percent": "0"})
    assert list(tab.state(TaxBox).errors) == ["percent"]
    await tab.call(TaxBox.save, {"tax_name": "VAT", "tax_kind": "percent", "tax_percent": "12", "tax_included": "yes"})
    await tab.call(TaxBox.add)
    city = {"tax_name": "City tax", "tax_kind": "per_person_night", "tax_amount": "2", "tax_included": "no", "tax_from_age": "18"}
    await tab.call(TaxBox.save, city)
    rows = tab.state(RatePlans).taxes
    assert [(one.name, one.amount, one.included, one.limits) for one in rows] == [
        ("VAT", "12%", True, ""),
        ("City tax", "€2.00 · a person and night", False, "from 18 years on"),
    ]
    await tab.call(TaxBox.edit, rows[1].id)
    await tab.call(TaxBox.archive)
    assert [one.name for one in tab.state(RatePlans).taxes] == ["VAT"]


async def test_vat_in_the_prices_falls_on_fixed_fees_in_them_where_one_says_so(cast: Cast, house: UUID) -> None:
    tab = await a_tab(cast.olga)
    fee = {"tax_name": "Cleaning", "tax_kind": "per_booking", "tax_amount": "10", "tax_included": "yes"}
    vat = {"tax_name": "VAT", "tax_kind": "percent", "tax_percent": "20", "tax_included": "yes", "tax_on_fixed": "on"}
    for form in (fee, vat):
        await tab.call(TaxBox.add)
        await tab.call(TaxBox.save, form)
    row = tab.state(RatePlans).taxes[1]
    assert (row.amount, row.limits) == ("20%", "on fixed fees too")
    await tab.call(TaxBox.edit, row.id)
    assert tab.state(TaxBox).filled.on_fixed
    kind, night = a_room_type(cast.olga, house, base_price=13_200), today("Europe/Vilnius") + DAY
    with work(cast.olga) as db:
        offer = quote(db, house, Wish(night, night + DAY), kind)
    assert [(line.name, line.amount) for line in offer.taxed.lines] == [("Cleaning", 1_000), ("VAT", 2_200)]


async def test_who_was_slower_is_told_by_whom(cast: Cast, house: UUID) -> None:
    tab, flexible = await a_tab(cast.olga), first_plan(cast.olga, house)
    await tab.call(PlanBox.edit, str(flexible))
    with work(cast.olga) as db:
        change_plan(db, flexible, 1, PlanFields("FLEX", "Open"))
    await tab.call(PlanBox.save, {**PLAN, "plan_code": "FLEX"})
    box = tab.state(PlanBox)
    assert (box.errors["form"].startswith("Olga Owner changed this"), box.stale) == (True, True)
    await tab.call(PlanBox.refresh)
    assert box.filled.name == "Open"


async def test_a_form_hears_that_its_row_went(cast: Cast, house: UUID) -> None:
    with work(cast.olga) as db:
        plan = create_plan(db, house, PlanFields("X", "Extra"))
    tab = await a_tab(cast.olga)
    await tab.call(PlanBox.edit, str(plan.id))
    with work(cast.olga) as db:
        archive_plan(db, plan.id, 1)
    await VIEW.apply(tab.state(RatePlans), VIEW.load(cast.olga, Sight(house, False), None), None)
    assert "changed this" in tab.state(PlanBox).errors["form"]
    assert [one.code for one in tab.state(RatePlans).plans] == ["FLEX"]


async def test_live_and_fresh_show_the_same(cast: Cast, house: UUID, double: UUID) -> None:
    tab = await a_tab(cast.olga)
    with work(cast.olga) as db:
        change(db, double, 1, RoomTypeFields("Twin", base_price=5_000))
    sight = Sight(house, False)
    await VIEW.apply(tab.state(RatePlans), VIEW.load(cast.olga, sight, None), ())
    fresh = (await a_tab(cast.olga)).state(RatePlans)
    names = ("plans", "rules", "parties", "bands", "cancellations", "deposits", "taxes", "types", "masters")
    assert {name: getattr(tab.state(RatePlans), name) for name in names} == {name: getattr(fresh, name) for name in names}
    assert fresh.parties[0].name == "Twin"


async def test_the_desk_reads_and_changes_nothing(cast: Cast, house: UUID, double: UUID) -> None:
    tab, flexible = await a_tab(cast.rita), first_plan(cast.olga, house)
    assert [one.name for one in tab.state(RatePlans).plans] == ["Flexible"]
    before = set_up(cast.olga, house)
    await tab.call(PlanBox.add)
    await tab.call(BandBox.manage)
    await tab.call(PartyBox.edit, str(double))
    tries: list[tuple[Any, tuple[Any, ...]]] = [
        (PlanBox.save, (PLAN,)),
        (StartBox.save, ({"start_early": "on"},)),
        (RuleBox.save, ({"rule_name": "R", "rule_kind": "weekday", "rule_percent": "1", "rule_weekday.1": "on"},)),
        (PolicyBox.save, ({"policy_name": "P"},)),
        (TaxBox.save, ({"tax_name": "T", "tax_kind": "percent", "tax_percent": "1"},)),
        (BandBox.save, ({"band_0.name": "B", "band_0.first": "0", "band_0.last": "5"},)),
        (PartyBox.save, ({"party_base_adults": "1"},)),
    ]
    for handler, arguments in tries:
        await tab.call(handler, *arguments)
    said_no = said(await tab.call(RatePlans.move_plan, str(flexible), 1))
    assert "permission" in said_no
    await tab.call(RatePlans.toggle_archived, True)
    assert tab.state(RatePlans).gone == []
    assert set_up(cast.olga, house) == before


async def test_hostile_arguments_change_nothing(cast: Cast, house: UUID, double: UUID) -> None:
    tab, flexible = await a_tab(cast.olga), first_plan(cast.olga, house)
    before = set_up(cast.olga, house)
    stranger = str(uuid4())
    tries: list[tuple[Any, tuple[Any, ...]]] = [
        (RatePlans.choose, ("secrets",)),
        (RatePlans.move_plan, (str(flexible), 7)),
        (RatePlans.move_plan, (stranger, 1)),
        (RatePlans.move_rule, ("x", 1)),
        (RatePlans.pick_up, ({},)),
        (RatePlans.drop_on, (stranger,)),
        (RatePlans.switch, (stranger, 1, True)),
        (RatePlans.bring_back, (stranger, 1)),
        (PlanBox.edit, (stranger,)),
        (PlanBox.drop_step, (["0"],)),
        (PlanBox.choose_access, ("friends",)),
        (PlanBox.save, ("form",)),
        (PlanBox.save, ({**PLAN, "plan_parent_id": "x"},)),
        (PlanBox.save, ({**PLAN, "plan_parent_id": stranger},)),
        (PlanBox.save, ({**PLAN, "plan_name": ["a"]},)),
        (PlanBox.save, ({**PLAN, "plan_name": "x" * 6_000},)),
        (PlanBox.save, ({**PLAN, "plan_name": "a\x00b"},)),
        (PlanBox.save, ({**PLAN, "plan_type.x": "on"},)),
        (PlanBox.save, ({**PLAN, "plan_cancellation_id": stranger},)),
        (PlanBox.archive, ()),
        (PlanBox.make_default, ()),
        (RuleBox.save, ({"rule_kind": "season", "rule_name": "R", "rule_percent": "5", "rule_plan.x": "on"},)),
        (RuleBox.edit, (None,)),
        (RuleBox.archive, ()),
        (PartyBox.edit, (stranger,)),
        (PartyBox.save, ({},)),
        (PolicyBox.add, ("bribe",)),
        (PolicyBox.preview, ({"policy_0.days": {}},)),
        (PolicyBox.save, ({},)),
        (TaxBox.edit, ("",)),
        (TaxBox.save, ({"tax_kind": "percent", "tax_percent": "12"},)),
        (BandBox.save, ({"band_0.name": 5},)),
        (StartBox.save, ({"start_everything": "on"},)),
    ]
    for handler, arguments in tries:
        await tab.call(handler, *arguments)
    assert set_up(cast.olga, house) == before
    assert tab.state(RatePlans).tab == "plans"


async def test_a_house_without_rooms_or_no_house_at_all_shows_nothing_wrong(cast: Cast) -> None:
    tab = await a_tab(cast.olga)
    assert (tab.state(RatePlans).ready, tab.state(RatePlans).plans) == (True, [])
    assert "no such property" in said(await tab.call(PlanBox.add))

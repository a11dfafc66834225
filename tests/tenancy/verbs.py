"""Every verb and query that takes an id, and how Otto would try it on Olga's hotel.

`test_verbs.py` fails when a function of a domain takes an id and stands in none of these tables.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from pms.accounts import api_keys, invitations, members, sessions
from pms.channels import deals
from pms.imports import house as imports_house
from pms.imports import queries as imports_queries
from pms.imports import run as imports_run
from pms.imports.plan import Options, Plan, TypeNeed
from pms.inventory import allowance, availability, bring_back
from pms.inventory import units as inventory_units
from pms.properties import amenities, property, queries, room_type, taxes, units
from pms.properties.property import PropertyFields
from pms.properties.room_type import RoomTypeFields
from pms.properties.taxes import TaxFields
from pms.rates import cells, parties, plans, policies, rules
from pms.rates import history as rate_history
from pms.rates import queries as rate_queries
from pms.rates.cells import Edit
from pms.rates.load import house_of, sale_of
from pms.rates.parties import Band, PartyFields
from pms.rates.party import Party
from pms.rates.plans import PlanFields
from pms.rates.policies import PolicyFields
from pms.rates.queries import rate_set_up
from pms.rates.restrict import Wish
from pms.rates.rules import RuleFields
from pms.rates.standard import open_standard_plans
from pms.reports import occupancy, walk_letter
from pms.reservations import (
    block_list,
    blocks,
    calendar,
    day,
    details,
    guests,
    life_cycle,
    move,
    offers,
    rate_changes,
    rate_sheets,
    relocate,
    resell,
    retell,
    structure,
    ways_out,
)
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.queries import Wanted, guest_within_reach, reservations
from pms.reservations.queries import guests as guests_page
from pms.reservations.rate_table import rate_table
from pms.reservations.sold import Terms
from pms.reservations.vacancy import vacancies
from tests.tenancy.channel_verbs import CHANNELS, Try
from tests.tenancy.house import ARRIVAL, DEPARTURE, House

DAY = timedelta(days=1)
LATER = date(2027, 7, 1)
SEASIDE = PropertyFields("Seaside", "LT", "Europe/Vilnius", "EUR", time(14), time(11))
DOUBLE = RoomTypeFields("Double")
ADAMS = GuestDetails("Adams")
PLAN = PlanFields("MINE", "Mine")
WEEKEND = RuleFields("Mine", "weekday", weekdays=[5], percent=1)
STRICT = PolicyFields("cancellation", "Mine")
VAT = TaxFields("Mine", "percent", percent=1)
SHEET = b"room_type,plan,date,price\nDouble,FLEX,2027-07-01,1\n"
WISH = Wish(LATER, LATER + DAY)
NEED = TypeNeed("Double", 1, 2, 0, 9_000)


def _cell(house: House) -> Edit:
    return Edit((house.rates.plan_id, house.room_type_id, LATER), {"price": 1})


def _room(house: House, **other: object) -> Room:
    return replace(Room(house.room_type_id, LATER, LATER + DAY), **other)  # type: ignore[arg-type]


REFUSED: dict[str, Try] = {
    # accounts
    "accounts.api_keys.create": lambda db, hers, his: api_keys.create(db, "K", ["property.view"], [hers.property_id]),
    "accounts.api_keys.revoke": lambda db, hers, his: api_keys.revoke(db, hers.api_key_id),
    "accounts.invitations.invite": lambda db, hers, his: invitations.invite(db, "a@b.lt", "manager", [hers.property_id]),
    "accounts.invitations.withdraw_invitation": lambda db, hers, his: invitations.withdraw_invitation(db, hers.invitation_id),
    "accounts.members.change_role": lambda db, hers, his: members.change_role(db, hers.membership_id, "manager", None, 1),
    "accounts.members.withdraw": lambda db, hers, his: members.withdraw(db, hers.membership_id, 1),
    "accounts.sessions.end_session": lambda db, hers, his: sessions.end_session(db, hers.session_id),
    **CHANNELS,
    # properties
    "properties.amenities.rename_amenity": lambda db, hers, his: amenities.rename_amenity(db, hers.amenity_id, "Mine"),
    "properties.amenities.remove_amenity": lambda db, hers, his: amenities.remove_amenity(db, hers.amenity_id),
    "properties.property.reorder": lambda db, hers, his: property.reorder(db, [hers.property_id]),
    "properties.property.change": lambda db, hers, his: property.change(db, hers.property_id, 1, SEASIDE),
    "properties.queries.structure": lambda db, hers, his: queries.structure(db, hers.property_id),
    "properties.room_type.create": lambda db, hers, his: room_type.create(db, hers.property_id, DOUBLE),
    "properties.room_type.create with an amenity": lambda db, hers, his: room_type.create(
        db, his.property_id, DOUBLE, [hers.amenity_id]
    ),
    "properties.room_type.change": lambda db, hers, his: room_type.change(db, hers.room_type_id, 1, DOUBLE),
    "properties.room_type.change with an amenity": lambda db, hers, his: room_type.change(
        db, his.room_type_id, 1, DOUBLE, [hers.amenity_id]
    ),
    "properties.room_type.reorder": lambda db, hers, his: room_type.reorder(db, hers.property_id, []),
    "properties.room_type.reorder in his own": lambda db, hers, his: room_type.reorder(db, his.property_id, [hers.room_type_id]),
    "properties.units.rename_unit": lambda db, hers, his: units.rename_unit(db, hers.unit_id, 1, "Mine"),
    "properties.units.reorder_units": lambda db, hers, his: units.reorder_units(db, hers.room_type_id, []),
    "properties.units.reorder_units in his own": lambda db, hers, his: units.reorder_units(db, his.room_type_id, [hers.unit_id]),
    "properties.taxes.create_tax": lambda db, hers, his: taxes.create_tax(db, hers.property_id, VAT),
    "properties.taxes.change_tax": lambda db, hers, his: taxes.change_tax(db, hers.rates.tax_id, 1, VAT),
    "properties.taxes.archive_tax": lambda db, hers, his: taxes.archive_tax(db, hers.rates.tax_id, 1),
    # inventory
    "inventory.allowance.allow": lambda db, hers, his: allowance.allow(db, hers.property_id, {(hers.room_type_id, LATER): 1}),
    "inventory.allowance.allow in his own": lambda db, hers, his: allowance.allow(
        db, his.property_id, {(hers.room_type_id, LATER): 1}
    ),
    "inventory.allowance.would_take_back": lambda db, hers, his: allowance.would_take_back(db, hers.rates.allowance_id),
    "inventory.allowance.take_back": lambda db, hers, his: allowance.take_back(db, hers.rates.allowance_id),
    "inventory.units.add_units": lambda db, hers, his: inventory_units.add_units(db, hers.room_type_id, "901"),
    # rates
    "rates.cells.change_cells": lambda db, hers, his: cells.change_cells(db, hers.property_id, [_cell(hers)]),
    "rates.cells.change_cells in his own": lambda db, hers, his: cells.change_cells(db, his.property_id, [_cell(hers)]),
    "rates.cells.change_cells of a room type": lambda db, hers, his: cells.change_cells(
        db, his.property_id, [Edit((his.rates.plan_id, hers.room_type_id, LATER), {"price": 1})]
    ),
    "rates.cells.would_undo": lambda db, hers, his: cells.would_undo(db, hers.rates.change_id),
    "rates.cells.undo_change": lambda db, hers, his: cells.undo_change(db, hers.rates.change_id),
    "rates.load.sale_of": lambda db, hers, his: sale_of(db, hers.property_id, [hers.room_type_id]),
    "rates.load.sale_of a room type": lambda db, hers, his: sale_of(db, his.property_id, [hers.room_type_id]),
    "rates.queries.sold_through": lambda db, hers, his: rate_queries.sold_through(db, hers.property_id),
    "rates.load.house_of": lambda db, hers, his: house_of(db, hers.property_id),
    "rates.parties.price_party": lambda db, hers, his: parties.price_party(db, hers.room_type_id, 1, PartyFields()),
    "rates.parties.price_party of a band": lambda db, hers, his: parties.price_party(
        db, his.room_type_id, 1, PartyFields(children={hers.rates.band_id: 1})
    ),
    "rates.parties.set_age_bands": lambda db, hers, his: parties.set_age_bands(db, hers.property_id, [], []),
    "rates.parties.set_age_bands of hers": lambda db, hers, his: parties.set_age_bands(
        db, his.property_id, [Band("Children", 0, 11, his.rates.band_id)], [Band("Mine", 0, 11, hers.rates.band_id)]
    ),
    "rates.plans.create_plan": lambda db, hers, his: plans.create_plan(db, hers.property_id, PLAN),
    "rates.plans.create_plan of a parent": lambda db, hers, his: plans.create_plan(
        db, his.property_id, replace(PLAN, parent_id=hers.rates.plan_id)
    ),
    "rates.plans.create_plan under a policy": lambda db, hers, his: plans.create_plan(
        db, his.property_id, replace(PLAN, cancellation_id=hers.rates.policy_id)
    ),
    "rates.plans.create_plan of a room type": lambda db, hers, his: plans.create_plan(
        db, his.property_id, replace(PLAN, room_type_ids=[hers.room_type_id])
    ),
    "rates.plans.change_plan": lambda db, hers, his: plans.change_plan(db, hers.rates.derived_id, 1, PLAN),
    "rates.plans.reorder_plans": lambda db, hers, his: plans.reorder_plans(db, hers.property_id, []),
    "rates.plans.reorder_plans in his own": lambda db, hers, his: plans.reorder_plans(db, his.property_id, [hers.rates.plan_id]),
    "rates.plans.sell_by_default": lambda db, hers, his: plans.sell_by_default(db, hers.rates.plan_id),
    "rates.plans.archive_plan": lambda db, hers, his: plans.archive_plan(db, hers.rates.derived_id, 1),
    "rates.plans.bring_back_plan": lambda db, hers, his: plans.bring_back_plan(db, hers.rates.archived_id, 2),
    "rates.plans.live_plan": lambda db, hers, his: plans.live_plan(db, hers.rates.plan_id, None),
    "rates.policies.create_policy": lambda db, hers, his: policies.create_policy(db, hers.property_id, STRICT),
    "rates.policies.change_policy": lambda db, hers, his: policies.change_policy(db, hers.rates.policy_id, 1, STRICT),
    "rates.policies.archive_policy": lambda db, hers, his: policies.archive_policy(db, hers.rates.policy_id, 1),
    "rates.queries.rate_set_up": lambda db, hers, his: rate_set_up(db, hers.property_id),
    "rates.rules.create_rule": lambda db, hers, his: rules.create_rule(db, hers.property_id, WEEKEND),
    "rates.rules.create_rule of a room type": lambda db, hers, his: rules.create_rule(
        db, his.property_id, replace(WEEKEND, room_type_ids=[hers.room_type_id])
    ),
    "rates.rules.create_rule of a plan": lambda db, hers, his: rules.create_rule(
        db, his.property_id, replace(WEEKEND, rate_plan_ids=[hers.rates.plan_id])
    ),
    "rates.rules.change_rule": lambda db, hers, his: rules.change_rule(db, hers.rates.rule_id, 1, WEEKEND),
    "rates.rules.switch_rule": lambda db, hers, his: rules.switch_rule(db, hers.rates.rule_id, 1, False),
    "rates.rules.reorder_rules": lambda db, hers, his: rules.reorder_rules(db, hers.property_id, []),
    "rates.rules.reorder_rules in his own": lambda db, hers, his: rules.reorder_rules(db, his.property_id, [hers.rates.rule_id]),
    "rates.rules.archive_rule": lambda db, hers, his: rules.archive_rule(db, hers.rates.rule_id, 1),
    "rates.cells.try_cells": lambda db, hers, his: cells.try_cells(db, hers.property_id, [_cell(hers)]),
    "rates.cells.try_cells in his own": lambda db, hers, his: cells.try_cells(db, his.property_id, [_cell(hers)]),
    "rates.history.story_of": lambda db, hers, his: rate_history.story_of(db, hers.property_id, _cell(hers).cell),
    "rates.history.story_of in his own": lambda db, hers, his: rate_history.story_of(db, his.property_id, _cell(hers).cell),
    "rates.history.story_of a channel": lambda db, hers, his: rate_history.story_of(
        db, hers.property_id, _cell(hers).cell, channel="airbnb"
    ),
    "rates.history.changes": lambda db, hers, his: rate_history.changes(db, hers.property_id),
    "rates.history.touched": lambda db, hers, his: rate_history.touched(db, hers.property_id, [hers.rates.change_id]),
    "rates.history.change": lambda db, hers, his: rate_history.change(db, hers.rates.change_id),
    "rates.queries.plan": lambda db, hers, his: rate_queries.plan(db, hers.rates.plan_id),
    "rates.queries.plans_of": lambda db, hers, his: rate_queries.plans_of(db, hers.property_id),
    "rates.standard.open_standard_plans": lambda db, hers, his: open_standard_plans(db, hers.property_id, ["early"]),
    # reservations
    "reservations.rate_changes.changes": lambda db, hers, his: rate_changes.changes(db, hers.property_id),
    "reservations.rate_changes.change_rates": lambda db, hers, his: rate_changes.change_rates(
        db, hers.property_id, [_cell(hers)], {}
    ),
    "reservations.rate_changes.change_rates of a room type": lambda db, hers, his: rate_changes.change_rates(
        db, his.property_id, [], {(hers.room_type_id, LATER): 1}
    ),
    "reservations.rate_changes.allow_nights": lambda db, hers, his: rate_changes.allow_nights(
        db, hers.property_id, {(hers.room_type_id, LATER): 1}
    ),
    "reservations.rate_changes.undo": lambda db, hers, his: rate_changes.undo(db, hers.rates.change_id),
    "reservations.rate_changes.would_undo": lambda db, hers, his: rate_changes.would_undo(db, hers.rates.change_id),
    "reservations.rate_changes.would_undo of an allowance": lambda db, hers, his: rate_changes.would_undo(
        db, hers.rates.allowance_id
    ),
    "reservations.rate_changes.undo of an allowance": lambda db, hers, his: rate_changes.undo(db, hers.rates.allowance_id),
    "reservations.blocks.place_block": lambda db, hers, his: blocks.place_block(
        db, hers.unit_id, LATER, LATER + DAY, "out_of_order", "Mine"
    ),
    "reservations.blocks.change_block": lambda db, hers, his: blocks.change_block(
        db, hers.block_id, 1, LATER, LATER + DAY, "out_of_order", "Mine"
    ),
    "reservations.blocks.lift_block": lambda db, hers, his: blocks.lift_block(db, hers.block_id, 1),
    "reservations.book.book": lambda db, hers, his: book(db, Booking(hers.property_id, ADAMS, [_room(hers)])),
    "reservations.book.book for a guest": lambda db, hers, his: book(db, Booking(his.property_id, hers.guest_id, [_room(his)])),
    "reservations.book.book a room type": lambda db, hers, his: book(db, Booking(his.property_id, ADAMS, [_room(hers)])),
    "reservations.book.book a unit": lambda db, hers, his: book(
        db, Booking(his.property_id, ADAMS, [_room(his, unit_id=hers.free_unit_id)])
    ),
    "reservations.book.book under a plan": lambda db, hers, his: book(
        db, Booking(his.property_id, ADAMS, [_room(his, terms=Terms(rate_plan_id=hers.rates.plan_id))])
    ),
    "reservations.calendar.chart_house": lambda db, hers, his: calendar.chart_house(db, hers.property_id),
    "reservations.details.reservation": lambda db, hers, his: details.reservation(db, hers.reservation_id),
    "reservations.details.guest": lambda db, hers, his: details.guest(db, hers.guest_id),
    "reservations.details.change_reservation": lambda db, hers, his: details.change_reservation(
        db, hers.reservation_id, 1, notes="Mine"
    ),
    "reservations.details.change_reservation to a guest": lambda db, hers, his: details.change_reservation(
        db, his.reservation_id, None, guest_id=hers.guest_id
    ),
    "reservations.details.add_room": lambda db, hers, his: details.add_room(db, hers.reservation_id, None, _room(hers)),
    "reservations.details.add_room of a room type": lambda db, hers, his: details.add_room(
        db, his.reservation_id, None, _room(hers)
    ),
    "reservations.details.add_room of a unit": lambda db, hers, his: details.add_room(
        db, his.reservation_id, None, _room(his, unit_id=hers.free_unit_id)
    ),
    "reservations.guests.change_guest": lambda db, hers, his: guests.change_guest(db, hers.guest_id, 1, last_name="Mine"),
    "reservations.life_cycle.confirm": lambda db, hers, his: life_cycle.confirm(db, hers.stay_id, None),
    "reservations.life_cycle.cancel": lambda db, hers, his: life_cycle.cancel(db, hers.stay_id, None),
    "reservations.life_cycle.cancel_reservation": lambda db, hers, his: life_cycle.cancel_reservation(db, hers.reservation_id),
    "reservations.life_cycle.reinstate": lambda db, hers, his: life_cycle.reinstate(db, hers.stay_id, None),
    "reservations.life_cycle.check_in": lambda db, hers, his: life_cycle.check_in(db, hers.stay_id, None),
    "reservations.life_cycle.undo_check_in": lambda db, hers, his: life_cycle.undo_check_in(db, hers.stay_id, None),
    "reservations.life_cycle.check_out": lambda db, hers, his: life_cycle.check_out(db, hers.stay_id, None),
    "reservations.life_cycle.undo_check_out": lambda db, hers, his: life_cycle.undo_check_out(db, hers.stay_id, None),
    "reservations.life_cycle.no_show": lambda db, hers, his: life_cycle.no_show(db, hers.stay_id, None),
    "reservations.ways_out.oversold_night": lambda db, hers, his: ways_out.oversold_night(
        db, hers.property_id, hers.room_type_id, ARRIVAL
    ),
    "reservations.ways_out.blocks_to_lift": lambda db, hers, his: ways_out.blocks_to_lift(
        db, hers.property_id, hers.room_type_id, ARRIVAL
    ),
    "reservations.ways_out.other_types": lambda db, hers, his: ways_out.other_types(db, hers.stay_id),
    "reservations.ways_out.sisters": lambda db, hers, his: ways_out.sisters(db, hers.stay_id),
    "reservations.ways_out.lacking_nights": lambda db, hers, his: ways_out.lacking_nights(db, hers.stay_id),
    "reservations.relocate.move_to_sister": lambda db, hers, his: relocate.move_to_sister(
        db, hers.stay_id, None, his.room_type_id
    ),
    "reservations.relocate.move_to_sister to a room type": lambda db, hers, his: relocate.move_to_sister(
        db, his.stay_id, None, hers.room_type_id
    ),
    "reservations.relocate.walk": lambda db, hers, his: relocate.walk(db, hers.stay_id, None, relocate.Walk("Mine")),
    "reservations.relocate.relocation_of": lambda db, hers, his: relocate.relocation_of(db, hers.walked_id),
    "reservations.retell.retell": lambda db, hers, his: retell.retell(
        db, hers.stay_id, retell.Told(hers.room_type_id, ARRIVAL, DEPARTURE, 2, 0, [9_000] * (DEPARTURE - ARRIVAL).days)
    ),
    "reservations.move.move": lambda db, hers, his: move.move(db, hers.stay_id, None, unit_id=hers.free_unit_id),
    "reservations.move.move to a unit": lambda db, hers, his: move.move(db, his.stay_id, None, unit_id=hers.free_unit_id),
    "reservations.move.move to a room type": lambda db, hers, his: move.move(
        db, his.stay_id, None, room_type_id=hers.room_type_id
    ),
    "reservations.move.change_dates": lambda db, hers, his: move.change_dates(db, hers.stay_id, None, LATER, LATER + DAY),
    "reservations.move.split": lambda db, hers, his: move.split(db, hers.stay_id, None, ARRIVAL + DAY, hers.free_unit_id),
    "reservations.move.split to a unit": lambda db, hers, his: move.split(
        db, his.stay_id, None, ARRIVAL + DAY, hers.free_unit_id
    ),
    "reservations.move.assign": lambda db, hers, his: move.assign(db, hers.stay_id, None, hers.free_unit_id),
    "reservations.move.assign a unit": lambda db, hers, his: move.assign(db, his.stay_id, None, hers.free_unit_id),
    "reservations.move.unassign": lambda db, hers, his: move.unassign(db, hers.stay_id, None),
    "reservations.move.reprice": lambda db, hers, his: move.reprice(db, hers.stay_id, None, [1, 1]),
    "reservations.resell.plans_of_stay": lambda db, hers, his: resell.plans_of_stay(db, hers.stay_id),
    "reservations.resell.change_plan": lambda db, hers, his: resell.change_plan(db, hers.stay_id, None, Terms()),
    "reservations.resell.change_plan to a plan": lambda db, hers, his: resell.change_plan(
        db, his.stay_id, None, Terms(hers.rates.plan_id)
    ),
    "reservations.resell.agree_prices": lambda db, hers, his: resell.agree_prices(db, hers.stay_id, None, [1, 1], "Regular"),
    "reservations.resell.take_price": lambda db, hers, his: resell.take_price(db, hers.stay_id, None),
    "reservations.resell.price_of_party": lambda db, hers, his: resell.price_of_party(
        db, hers.stay_id, LATER, LATER + DAY, Party()
    ),
    "reservations.move.change_party": lambda db, hers, his: move.change_party(db, hers.stay_id, None, 1, 0),
    "reservations.move.undo": lambda db, hers, his: move.undo(db, hers.stay_id, 1),
    "inventory.bring_back.bring_back_unit": lambda db, hers, his: bring_back.bring_back_unit(db, hers.free_unit_id, 1),
    "inventory.bring_back.bring_back_room_type": lambda db, hers, his: bring_back.bring_back_room_type(db, hers.room_type_id, 1),
    "properties.property.bring_back": lambda db, hers, his: property.bring_back(db, hers.property_id, 1),
    "properties.queries.archived": lambda db, hers, his: queries.archived(db, hers.property_id),
    "reservations.structure.archive_unit": lambda db, hers, his: structure.archive_unit(db, hers.free_unit_id, 1),
    "reservations.structure.move_unit": lambda db, hers, his: structure.move_unit(db, hers.free_unit_id, 1, hers.room_type_id),
    "reservations.structure.move_unit to a room type": lambda db, hers, his: structure.move_unit(
        db, his.free_unit_id, 1, hers.room_type_id
    ),
    "reservations.structure.archive_room_type": lambda db, hers, his: structure.archive_room_type(db, hers.room_type_id, 1),
    "reservations.offers.offers": lambda db, hers, his: offers.offers(db, hers.property_id, WISH),
    "reservations.offers.nearest": lambda db, hers, his: offers.nearest(db, hers.property_id, WISH),
    "reservations.offers.quote": lambda db, hers, his: offers.quote(db, hers.property_id, WISH, hers.room_type_id),
    "reservations.offers.quote of a room type": lambda db, hers, his: offers.quote(db, his.property_id, WISH, hers.room_type_id),
    "reservations.offers.quote of a plan": lambda db, hers, his: offers.quote(
        db, his.property_id, WISH, his.room_type_id, hers.rates.plan_id
    ),
    "reservations.offers.plans_for": lambda db, hers, his: offers.plans_for(db, hers.property_id, WISH, hers.room_type_id),
    "reservations.offers.plans_for a room type": lambda db, hers, his: offers.plans_for(
        db, his.property_id, WISH, hers.room_type_id
    ),
    "reservations.rate_table.rate_table": lambda db, hers, his: rate_table(db, hers.property_id, LATER, LATER + DAY),
    "reservations.rate_table.rate_table of a plan": lambda db, hers, his: rate_table(
        db, his.property_id, LATER, LATER + DAY, hers.rates.plan_id
    ),
    "reservations.rate_sheets.export": lambda db, hers, his: rate_sheets.export(db, hers.property_id, LATER, LATER + DAY, "csv"),
    "reservations.rate_sheets.try_sheet": lambda db, hers, his: rate_sheets.try_sheet(db, hers.property_id, SHEET),
    "reservations.rate_sheets.apply_sheet": lambda db, hers, his: rate_sheets.apply_sheet(db, hers.property_id, SHEET, "x"),
    "reservations.block_list.blocks_ahead": lambda db, hers, his: block_list.blocks_ahead(db, hers.property_id),
    "reservations.structure.archive_property": lambda db, hers, his: structure.archive_property(db, hers.property_id, 1),
    # imports
    "imports.queries.progress": lambda db, hers, his: imports_queries.progress(db, hers.import_id),
    "imports.queries.preview": lambda db, hers, his: imports_queries.preview(db, hers.import_id),
    "imports.queries.timezone_of": lambda db, hers, his: imports_queries.timezone_of(db, hers.import_id),
    "imports.queries.options_of": lambda db, hers, his: imports_queries.options_of(db, hers.import_id),
    "imports.queries.rejected_rows": lambda db, hers, his: imports_queries.rejected_rows(db, hers.import_id),
    "imports.queries.rejected_reasons": lambda db, hers, his: imports_queries.rejected_reasons(db, hers.import_id),
    "imports.queries.rejected_csv": lambda db, hers, his: imports_queries.rejected_csv(db, hers.import_id),
    "imports.queries.dry_run": lambda db, hers, his: imports_queries.dry_run(db, hers.property_id, Plan([], [], [])),
    "imports.run.receive": lambda db, hers, his: imports_run.receive(db, hers.property_id, "f.csv", b"a,b\n1,2\n"),
    "imports.run.prepare": lambda db, hers, his: imports_run.prepare(db, hers.import_id, "custom", {}),
    "imports.run.begin_sample": lambda db, hers, his: imports_run.begin_sample(db, hers.property_id, 1, Options(ARRIVAL)),
    "imports.run.load": lambda db, hers, his: imports_run.load(db, hers.import_id),
    "imports.run.start": lambda db, hers, his: imports_run.start(db, hers.import_id, Plan([], [], [])),
    "imports.run.advance": lambda db, hers, his: imports_run.advance(db, hers.import_id, Plan([], [], [])),
    "imports.run.resume": lambda db, hers, his: imports_run.resume(db, hers.import_id),
    "imports.run.cancel": lambda db, hers, his: imports_run.cancel(db, hers.import_id),
    "imports.run.fail": lambda db, hers, his: imports_run.fail(db, hers.import_id, "Mine"),
    "imports.house.house": lambda db, hers, his: imports_house.house(db, hers.property_id),
    "imports.house.build": lambda db, hers, his: imports_house.build(db, hers.property_id, [NEED]),
    # reports
    "reports.walk_letter.walk_letter": lambda db, hers, his: walk_letter.walk_letter(db, hers.walked_id),
    "reports.occupancy.occupancy": lambda db, hers, his: occupancy.occupancy(db, hers.property_id, ARRIVAL, DEPARTURE),
}
"""Answered with NotFound, as if it did not exist."""

EMPTY: dict[str, Try] = {
    "rates.history.touched in his own": lambda db, hers, his: rate_history.touched(db, his.property_id, [hers.rates.change_id]),
    "channels.deals.deals_of": lambda db, hers, his: deals.deals_of(db, [hers.channel.reservation_id]),
    "inventory.allowance.nights_allowed": lambda db, hers, his: allowance.nights_allowed(db, [hers.rates.allowance_id]),
    "inventory.availability.availability": lambda db, hers, his: availability.availability(
        db, hers.property_id, ARRIVAL, DEPARTURE
    ),
    "inventory.availability.availability_in": lambda db, hers, his: any(
        availability.availability_in(db, [hers.property_id], ARRIVAL, DEPARTURE).values()
    ),
    "properties.taxes.taxes": lambda db, hers, his: taxes.taxes(db, hers.property_id),
    "reservations.offers.taxes_of": lambda db, hers, his: offers.taxes_of(db, hers.property_id),
    "reservations.calendar.segments_in": lambda db, hers, his: calendar.segments_in(db, [hers.unit_id], ARRIVAL, DEPARTURE),
    "reservations.calendar.unassigned": lambda db, hers, his: calendar.unassigned(db, hers.property_id, ARRIVAL, DEPARTURE),
    "reservations.calendar.closures_in": lambda db, hers, his: calendar.closures_in(db, [hers.unit_id], ARRIVAL, DEPARTURE),
    "reservations.calendar.counted": lambda db, hers, his: calendar.counted(db, hers.property_id, ARRIVAL, DEPARTURE),
    "reservations.calendar.traffic": lambda db, hers, his: calendar.traffic(db, hers.property_id, ARRIVAL, DEPARTURE),
    "reservations.day.day_lines": lambda db, hers, his: day.day_lines(db, hers.property_id, ARRIVAL),
    "reservations.relocate.elsewhere": lambda db, hers, his: relocate.elsewhere(db, [hers.walked_id]),
    "reservations.vacancy.vacancies": lambda db, hers, his: vacancies(db, hers.property_id, ARRIVAL, DEPARTURE),
    "reservations.queries.reservations": lambda db, hers, his: (
        reservations(db, Wanted(property_id=hers.property_id)).reservations
    ),
    "reservations.queries.guests": lambda db, hers, his: {hers.guest_id} & {line.id for line in guests_page(db)[0]},
    "reservations.queries.guest_within_reach": lambda db, hers, his: guest_within_reach(db, hers.guest_id),
    "imports.queries.imports_of": lambda db, hers, his: imports_queries.imports_of(db, hers.property_id),
    "imports.run.unfinished": lambda db, hers, his: imports_run.unfinished(db, hers.property_id),
}
"""Questions over a range or a list, answered with nothing."""

WITHIN = {
    "accounts.members.held",
    "accounts.password_links.shut_out",
    "accounts.password_links.void",
    "accounts.organizations",
    "accounts.people",
    "accounts.reach",
    "accounts.sessions.end_sessions",
    "channels.apply",
    "channels.calls",
    "channels.compare",
    "channels.connections.ended_if_closed",
    "channels.connections.keep_credentials",
    "channels.connections.stop",
    "channels.conversation",
    "channels.currency",
    "channels.described",
    "channels.inbox",
    "channels.missed",
    "channels.calendars.sync",
    "channels.outbound",
    "channels.present",
    "channels.recount",
    "channels.reporting.due",
    "channels.reporting.note",
    "channels.reporting.tell",
    "channels.standing",
    "channels.turns",
    "inventory.allowance.is_allowance",
    "inventory.capacity",
    "inventory.claim",
    "imports.house.missing",
    "imports.run.file_of",
    "imports.write",
    "properties.on_sale",
    "properties.property.live_property",
    "properties.room_type.live_room_type",
    "properties.room_type.next_position",
    "properties.units.live_unit",
    "rates.cells.hold_plans",
    "rates.hold",
    "rates.queries.default_plan",
    "rates.load.rows_of",
    "rates.load.turn_page",
    "properties.units.new_units",
    "properties.units.next_position",
    "properties.units.refuse_taken_names",
    "reservations.blocks.out_of_order",
    "reservations.book.named_units",
    "reservations.booked",
    "reservations.changes",
    "reservations.details.lock_unmoved",
    "reservations.details.reservation_to_change",
    "reservations.guests.find_or_new_guest",
    "reservations.guests.refuse_out_of_reach",
    "reservations.nights",
    "reservations.queries.details",
    "reservations.sold",
}
"""Called by verbs only, with ids they have looked up: modules or functions.

Row-level security stands behind them all the same."""

"""From what the rates are to the plain values of an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from pms.api.v1.shapes import Plain
from pms.properties.exchange import Exchange
from pms.rates import said
from pms.rates.board import UNSET, Field
from pms.rates.cells import NAMED_MOST, Changed
from pms.rates.history import ChangeLine, Turn
from pms.rates.models import FLAGS, RatePlan
from pms.rates.policy import deposits, in_order, no_show_fee, tiers_of
from pms.rates.price import Step
from pms.reservations.offers import Offer, Offers
from pms.reservations.rate_table import RateTable

_PLAN = (
    "id", "property_id", "code", "name", "description", "parent_id", "percent", "amount", "per_adult", "per_child",
    "own_restrictions", "steps", "meals", "room_type_ids", "valid_from", "valid_until", "min_advance", "max_advance", "channels",
    "access", "codes", "cancellation_id", "deposit_id",
)  # fmt: skip


def plan(row: RatePlan, default_plan_id: object) -> Plain:
    """`rate_shapes.RatePlan`."""
    return {
        **{name: getattr(row, name) for name in _PLAN},
        "version": str(row.version),
        "archived": row.archived_at is not None,
        "sells_by_default": row.id == default_plan_id,
        "rounding": {"step": row.round_step, "ending": row.round_ending, "towards": row.round_to},
        "markups": {channel: {"percent": 0, "amount": 0, **markup} for channel, markup in row.markups.items()},
    }


def rates(table: RateTable, channel: str) -> Plain:
    """`rate_shapes.Rates`."""
    board = table.board
    every = [(plan, table.restrictions(plan)) for plan in table.plans]
    return {
        "property_id": table.house.property_id,
        "currency": table.house.currency,
        "from": board.first,
        "to": date.fromordinal(board.first.toordinal() + board.nights),
        "channel": channel or None,
        "channels": sorted(board.own),
        "rates": [_series(table, plan, held, board.row(kind.id), kind.id) for plan, held in every for kind in table.types],
    }


def _series(table: RateTable, plan: RatePlan, held: dict[str, Field], row: int, room_type_id: Any) -> Plain:
    board = table.board
    manual = board.filled(plan.id, "price")[row] != UNSET
    if plan.parent_id is None and (own := board.own_price(plan)) is not None:
        manual |= own[row] != UNSET
    return {
        "rate_plan_id": plan.id,
        "room_type_id": room_type_id,
        "prices": table.prices[plan.id][row].tolist(),
        "manual": manual.tolist(),
        "versions": [table.versions.get((plan.id, room_type_id, night), 0) for night in board.days],
        "restrictions": {
            name: _held(name, values[row].tolist()) for name, values in held.items() if (values[row] != UNSET).any()
        },
    }


def _held(name: str, values: list[int]) -> list[int | bool | None]:
    return [None if value == UNSET else value == 1 if name in FLAGS else value for value in values]


def changed(made: Changed) -> Plain:
    """`rate_shapes.RatesChanged`."""
    crossed = [dict(zip(("rate_plan_id", "room_type_id", "date"), cell, strict=True)) for cell in made.crossed[:NAMED_MOST]]
    counts = {"cells": made.cells, "kept": made.kept, "crossed": len(made.crossed), "apart": made.apart}
    return {"change_id": made.change_id, **counts, "crossed_cells": crossed}


def turn(one: Turn) -> Plain:
    """`rate_shapes.CellTurn`."""
    named = ("change_id", "at", "by", "how", "reason", "before", "after")
    return {**{name: getattr(one, name) for name in named}, "channel": one.channel or None}


def change(one: ChangeLine) -> Plain:
    """`rate_shapes.RateChange`."""
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def offers(
    found: Offers,
    today: date,
    locale: str,
    refused: bool,
    nearest: list[tuple[date, Offer]] | None,
    display: Exchange | None = None,
) -> Plain:
    """`rate_shapes.Offers`; the reader speaks `locale`, `today` is the date on the property's wall."""

    def shown(one: Offer, arrival: date) -> Plain:
        offer = _offer(one, arrival, today, found.house.currency, found.house.timezone, locale)
        return offer | {"display": display and {"price": display.shown(one.taxed.price), "total": display.shown(one.taxed.total)}}

    wish = found.wish
    return {
        "property_id": found.house.property_id,
        "currency": found.house.currency,
        "arrival": wish.arrival,
        "departure": wish.departure,
        "display": display and exchange_rate(display),
        "offers": [shown(one, wish.arrival) for one in found.offers],
        "refused": [_refused(one, locale) for one in found.refused] if refused else None,
        "nearest": nearest
        and [
            {"arrival": day, "departure": day + (wish.departure - wish.arrival), "offer": shown(one, day)} for day, one in nearest
        ],
    }


def exchange_rate(one: Exchange) -> Plain:
    """`rate_shapes.ExchangeRate`."""
    rate = format(one.rate.normalize(), "f")
    return {"currency": one.currency, "display_currency": one.display, "rate": rate, "date": one.day, "source": one.source}


def _head(one: Offer) -> Plain:
    plan = one.plan
    return {
        "rate_plan": {"id": plan.id, "code": plan.code, "name": plan.name, "meals": plan.meals},
        "room_type": {"id": one.kind.id, "name": one.kind.name},
        "free": one.free,
        "price": one.taxed.price,
        "total": one.taxed.total,
    }


def _offer(one: Offer, arrival: date, today: date, currency: str, timezone: str, locale: str) -> Plain:
    tiers = in_order(tiers_of(one.cancellation)) if one.cancellation else []
    nights = [date.fromordinal(arrival.toordinal() + number) for number in range(len(one.prices))]
    return {
        **_head(one),
        "nights": [
            {"date": night, "price": price, **how}
            for night, price, how in zip(nights, one.prices, _steps(one, currency, locale), strict=True)
        ],
        "net": one.taxed.net,
        "taxes": [
            {"id": line.tax_id, "name": line.name, "amount": line.amount, "included": line.included} for line in one.taxed.lines
        ],
        "cancellation": {
            "text": said.cancellation(one.cancellation, currency, locale),
            "tiers": [{"since": tier.deadline(arrival, timezone), "amount": tier.amount(one.prices)} for tier in tiers],
            "no_show": no_show_fee(one.cancellation, one.prices) if one.cancellation else 0,
        },
        "deposit": {
            "text": said.deposit(one.deposit, currency, locale),
            "parts": [
                {"due": due, "amount": amount}
                for due, amount in (deposits(one.deposit, arrival, today, one.prices) if one.deposit else [])
            ],
        },
    }


def _steps(offer: Offer, currency: str, locale: str) -> list[Plain]:
    """For each night what says how its price came about; nothing where nobody asked."""

    def step(one: Step) -> Plain:
        text, _ = said.step(one, None, currency, locale)
        return {"kind": one.kind, "percent": one.percent, "amount": one.amount, "price": one.price, "text": text}

    return [{"steps": [step(one) for one in night]} for night in offer.steps] or [{}] * len(offer.prices)


def _refused(one: Offer, locale: str) -> Plain:
    reasons = [
        {"rule": reason.rule, "date": reason.night, "value": reason.value, "text": said.reason(reason, locale)}
        for reason in one.reasons
    ]
    return {**_head(one), "reasons": reasons}

"""Taxes and fees of a night: what is in its price, what comes on top (R-60 to R-62). Pure, whole minor units; sums always meet.

Each night is taxed by itself, by the taxes of its own date, so that offer, folio and invoice cannot differ by a cent (R-53).
Inside a gross price, net = (gross - fixed) / (1 + percentages), those percentages that also fall on what is fixed taken off
the fixed first; what rounding leaves over goes to the last percentage. A price too small for what is in it has no more in it
than itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pms.properties.models import Tax

BASIS = 10_000
PER_HEAD = ("per_person", "per_person_night")
ONCE = ("per_room", "per_person", "per_booking")
"""Charged on the first night, for the whole stay."""


@dataclass(frozen=True)
class TaxLine:
    """One tax of a stay: its whole amount in minor units, and whether the price of the room has it in it."""

    tax_id: UUID
    name: str
    amount: int
    included: bool


@dataclass(frozen=True)
class Taxed:
    """A stay with its taxes: `net` without any, `price` as the room is priced, `total` with what comes on top; minor units."""

    net: int
    price: int
    total: int
    lines: tuple[TaxLine, ...]


@dataclass(frozen=True)
class Sleepers:
    """Who pays taxes by head: adults, and the ages of children (None: unknown, counts as newborn)."""

    adults: int
    children: tuple[int | None, ...] = ()

    def liable(self, from_age: int) -> int:
        """How many are of that age or older."""
        return self.adults + sum((age or 0) >= from_age for age in self.children)


def taxed(prices: Sequence[int], arrival: date, who: Sleepers, taxes: Sequence[Tax], first_room: bool = True) -> Taxed:
    """The taxes of one room's stay, its nights at these prices; `first_room` pays what is per booking."""
    sums: dict[UUID, int] = {}
    net = 0
    for number, price in enumerate(prices):
        night = date.fromordinal(arrival.toordinal() + number)
        holding = [tax for tax in taxes if _holds(tax, night, number, len(prices)) and (first_room or tax.kind != "per_booking")]
        net += _night(price, who, [tax for tax in holding if tax.kind not in ONCE or number == 0], sums)
    lines = [TaxLine(tax.id, tax.name, amount, tax.included) for tax in taxes if (amount := sums.get(tax.id))]
    on_top = sum(line.amount for line in lines if not line.included)
    return Taxed(net, sum(prices), sum(prices) + on_top, tuple(lines))


def _holds(tax: Tax, night: date, number: int, nights: int) -> bool:
    if tax.exempt_from_nights is not None and nights >= tax.exempt_from_nights:
        return False
    if tax.nights_most is not None and number >= tax.nights_most:
        return False
    return (tax.valid_from is None or night >= tax.valid_from) and (tax.valid_until is None or night <= tax.valid_until)


def _night(price: int, who: Sleepers, taxes: Sequence[Tax], sums: dict[UUID, int]) -> int:
    """Add one night's taxes to `sums`; its net price."""
    within, fixed = _fixed(price, who, taxes, sums)
    inside = [tax for tax in taxes if tax.kind == "percent" and tax.included]
    rate, rate_on_fixed = (sum(tax.percent for tax in some) for some in (inside, [tax for tax in inside if tax.on_fixed]))
    net = max(0, _half_up((price - within) * BASIS - within * rate_on_fixed, BASIS + rate))
    left = price - within - net
    for at, tax in enumerate(inside):
        base = net + (within if tax.on_fixed else 0)
        part = left if at == len(inside) - 1 else min(left, _half_up(base * tax.percent, BASIS))
        left -= part
        sums[tax.id] = sums.get(tax.id, 0) + part
    for tax in taxes:
        if tax.kind == "percent" and not tax.included:
            base = net + (fixed if tax.on_fixed else 0)
            sums[tax.id] = sums.get(tax.id, 0) + _half_up(base * tax.percent, BASIS)
    return net


def _fixed(price: int, who: Sleepers, taxes: Sequence[Tax], sums: dict[UUID, int]) -> tuple[int, int]:
    """Add what is no percentage; how much of it lies within the price, and how much it is in all."""
    within = total = 0
    for tax in taxes:
        if tax.kind != "percent":
            amount = tax.amount * (who.liable(tax.from_age) if tax.kind in PER_HEAD else 1)
            amount = min(amount, price - within) if tax.included else amount
            within += amount if tax.included else 0
            total += amount
            sums[tax.id] = sums.get(tax.id, 0) + amount
    return within, total


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)

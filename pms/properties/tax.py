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
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from pms.properties.models import Tax

Amounts = NDArray[np.int64]
"""Minor units, whole numbers, one a stay."""
BASIS = 10_000
PER_HEAD = ("per_person", "per_person_night")
ONCE = ("per_room", "per_person", "per_booking")
"""Charged on the first night, for the whole stay."""


class TaxLine(NamedTuple):
    """One tax of a stay: its whole amount in minor units, and whether the price of the room has it in it."""

    tax_id: UUID
    name: str
    amount: int
    included: bool


class Taxed(NamedTuple):
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
    return Taxing(arrival, len(prices), who, taxes, first_room).of(prices)


def of_single_nights(taxes: Sequence[Tax], by_head: bool) -> list[Tax]:
    """Those of a property's taxes that a night's price can have in it wherever it is sold without knowing the stay: not what is
    charged once, ends after some nights or depends on how long the guest stays; what is charged by head only where a price is one
    party's. A percentage on top that falls on what cannot be said so cannot be said either.
    """
    alone = [tax for tax in taxes if _is_of_a_night(tax, by_head)]
    others = [tax for tax in taxes if tax not in alone]
    net_is_sure = not any(tax.included for tax in others)
    fixed_is_sure = all(tax.kind == "percent" for tax in others)
    return [
        tax for tax in alone if tax.included or tax.kind != "percent" or (net_is_sure and (fixed_is_sure or not tax.on_fixed))
    ]


def nightly(prices: Amounts, first: date, adults: int, taxes: Sequence[Tax]) -> Amounts:
    """Prices of nights from `first` on, each with what so many adults pay on top of it; of taxes `of_single_nights`."""
    found = prices.copy()
    for start, end in _alike(first, len(prices), taxes):
        holding = [(at, tax) for at, tax in enumerate(taxes) if _holds(tax, date.fromordinal(first.toordinal() + start), 0, 1)]
        sums = np.zeros((end - start, len(taxes)), dtype=np.int64)
        _add_night(prices[start:end], _on_night(holding, Sleepers(adults)), sums)
        found[start:end] += sums[:, [not tax.included for tax in taxes]].sum(axis=1)
    return found


@dataclass(frozen=True)
class _OnNight:
    """The taxes of one night: (which, amount or percentage, whether included or whether on what is fixed too)."""

    fixed: tuple[tuple[int, int, bool], ...]
    inside: tuple[tuple[int, int, bool], ...]
    on_top: tuple[tuple[int, int, bool], ...]
    rate: int
    rate_on_fixed: int
    """The percentages inside the price added up: all, and those that fall on what is fixed too."""


class Taxing:
    """The taxes of stays that differ in their prices only: sorted out once by night, then asked as often as one likes."""

    def __init__(self, arrival: date, nights: int, who: Sleepers, taxes: Sequence[Tax], first_room: bool = True) -> None:
        paid = [(at, tax) for at, tax in enumerate(taxes) if first_room or tax.kind != "per_booking"]
        self._lines = [(tax.id, tax.name, tax.included) for tax in taxes]
        self._nights = []
        for number in range(nights):
            night = date.fromordinal(arrival.toordinal() + number)
            holding = [(at, tax) for at, tax in paid if _holds(tax, night, number, nights)]
            self._nights.append(_on_night(holding, who))

    def of(self, prices: Sequence[int]) -> Taxed:
        """The taxes of a stay whose nights have these prices."""
        return self.all_of([prices])[0]

    def all_of(self, stays: Sequence[Sequence[int]] | Amounts) -> list[Taxed]:
        """The taxes of many stays, each the prices of its nights, worked out side by side."""
        figures = [side.tolist() for side in self._worked_out(np.array(stays, dtype=np.int64))]
        return [Taxed(net, price, total, self._named(dues)) for net, price, total, dues in zip(*figures, strict=True)]

    def totals(self, stays: Amounts) -> Amounts:
        """What many stays cost with everything on top: stays down and their nights across."""
        return self._worked_out(stays)[2]

    def _worked_out(self, stays: Amounts) -> tuple[Amounts, Amounts, Amounts, Amounts]:
        """Net, price and total of each stay, and its taxes across."""
        prices = stays.reshape(len(stays), len(self._nights))
        sums = np.zeros((len(stays), len(self._lines)), dtype=np.int64)
        net = np.zeros(len(stays), dtype=np.int64)
        for number, night in enumerate(self._nights):
            net += _add_night(prices[:, number], night, sums)
        on_top = sums[:, [not included for _, _, included in self._lines]].sum(axis=1)
        price = prices.sum(axis=1)
        return net, price, price + on_top, sums

    def _named(self, dues: Sequence[int]) -> tuple[TaxLine, ...]:
        lines = zip(self._lines, dues, strict=True)
        return tuple([TaxLine(id, name, due, included) for (id, name, included), due in lines if due])


def _is_of_a_night(tax: Tax, by_head: bool) -> bool:
    lasting = tax.nights_most is None and tax.exempt_from_nights is None
    return lasting and tax.kind not in ONCE and (by_head or tax.kind not in PER_HEAD)


def _alike(first: date, nights: int, taxes: Sequence[Tax]) -> list[tuple[int, int]]:
    """The runs of nights, by their places, on which the same taxes hold."""
    begins = [tax.valid_from.toordinal() for tax in taxes if tax.valid_from]
    ends = [tax.valid_until.toordinal() + 1 for tax in taxes if tax.valid_until]
    cuts = {0, nights} | {at for day in (*begins, *ends) if 0 < (at := day - first.toordinal()) < nights}
    return list(pairwise(sorted(cuts)))


def _holds(tax: Tax, night: date, number: int, nights: int) -> bool:
    if number and tax.kind in ONCE:
        return False
    if tax.exempt_from_nights is not None and nights >= tax.exempt_from_nights:
        return False
    if tax.nights_most is not None and number >= tax.nights_most:
        return False
    return (tax.valid_from is None or night >= tax.valid_from) and (tax.valid_until is None or night <= tax.valid_until)


def _on_night(taxes: Sequence[tuple[int, Tax]], who: Sleepers) -> _OnNight:
    heads = [(at, tax, who.liable(tax.from_age) if tax.kind in PER_HEAD else 1) for at, tax in taxes]
    inside, on_top = (
        tuple((at, tax.percent, tax.on_fixed) for at, tax in taxes if tax.kind == "percent" and tax.included is side)
        for side in (True, False)
    )
    return _OnNight(
        fixed=tuple((at, tax.amount * times, tax.included) for at, tax, times in heads if tax.kind != "percent"),
        inside=inside,
        on_top=on_top,
        rate=sum(percent for _, percent, _ in inside),
        rate_on_fixed=sum(percent for _, percent, on_fixed in inside if on_fixed),
    )


def _add_night(prices: Amounts, taxes: _OnNight, sums: Amounts) -> Amounts:
    """Add one night's taxes to `sums`, stays down and taxes across; the net prices of that night."""
    within, fixed = np.zeros_like(prices), np.zeros_like(prices)
    for at, amount, included in taxes.fixed:
        part = np.minimum(amount, prices - within) if included else np.full_like(prices, amount)
        within += part * included
        fixed += part
        sums[:, at] += part
    net = np.maximum(0, _half_up((prices - within) * BASIS - within * taxes.rate_on_fixed, BASIS + taxes.rate))
    left = prices - within - net
    for at, percent, on_fixed in taxes.inside:
        part = np.minimum(left, _half_up((net + within * on_fixed) * percent, BASIS))
        left -= part
        sums[:, at] += part
    if taxes.inside:
        sums[:, taxes.inside[-1][0]] += left
    for at, percent, on_fixed in taxes.on_top:
        sums[:, at] += _half_up((net + fixed * on_fixed) * percent, BASIS)
    return net


def _half_up(numerator: Amounts, denominator: int) -> Amounts:
    return (2 * numerator + denominator) // (2 * denominator)

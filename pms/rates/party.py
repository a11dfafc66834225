"""What a party pays beside the base party, and what the length of its stay and its channel do to each night. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from pms.rates.board import UNSET, Board, TypeOnSale, rounding_of
from pms.rates.models import AgeBand, PartyPrice, RatePlan
from pms.rates.price import Step, price_of, steps_of
from pms.rates.rounding import Amounts, column, in_reach, round_to, share


@dataclass(frozen=True)
class Party:
    """Who sleeps in one room: adults, and the age of each child on the day of arrival, None where nobody knows it."""

    adults: int = 2
    children: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Heads:
    """A party as prices count it: adults, and how many children of each age band (None: children of a house without bands)."""

    adults: int
    children: tuple[tuple[UUID | None, int], ...]

    @property
    def young(self) -> int:
        """Children of all bands."""
        return sum(count for _, count in self.children)


def heads(party: Party, bands: Sequence[AgeBand]) -> Heads:
    """Sort the children by age band. Whose age is unknown, or lies in no band, pays as an adult (R-56).

    A house without bands has nothing to sort by: children are children there.
    """
    if not bands:
        return Heads(party.adults, ((None, len(party.children)),) if party.children else ())
    counts: dict[UUID | None, int] = {}
    adults = party.adults
    for age in party.children:
        band = next((one for one in bands if age is not None and one.from_age <= age <= one.to_age), None)
        if band is None:
            adults += 1
        else:
            counts[band.id] = counts.get(band.id, 0) + 1
    return Heads(adults, tuple(counts.items()))


def fits(party: Party, kind: TypeOnSale) -> bool:
    """Whether the room sleeps the party: a child may take an adult's place, not the other way round."""
    return party.adults <= kind.adults and party.adults + len(party.children) <= kind.adults + kind.children


def difference(board: Board, plan: RatePlan, room_type_id: UUID, who: Heads) -> int:
    """What each night costs this party more (or less) than the base party, in minor units.

    Extra adults and children pay their price and their share of the plan's meals; one adult alone pays less.
    """
    return int(Differences(board, [board.types[board.row(room_type_id)]], who).in_plan(plan)[0, 0])


class Differences:
    """The `difference` in several room types: read once from their party prices, then asked plan by plan."""

    def __init__(self, board: Board, kinds: Sequence[TypeOnSale], who: Heads) -> None:
        self._book, self._young = board.book, who.young
        pay = board.parties if kinds is board.types else [board.party(kind.id) for kind in kinds]
        self._extra_adults = column(who.adults - one.base_adults for one in pay)
        self._beside_meals = column(_beside_meals(one, who) for one in pay)

    def in_plan(self, plan: RatePlan) -> Amounts:
        """Minor units a night, a column: one row a room type."""
        line = self._book.lineage(plan)
        per_adult, per_child = sum(one.per_adult for one in line), sum(one.per_child for one in line)
        if not per_adult and not per_child:
            return self._beside_meals
        return self._beside_meals + self._extra_adults * per_adult + self._young * per_child


def _beside_meals(pays: PartyPrice, who: Heads) -> int:
    result = max(0, who.adults - pays.base_adults) * pays.extra_adult
    if who.adults == 1 and pays.base_adults > 1 and not who.young:
        result -= pays.single_use
    return result + sum(count * pays.children.get(str(band), 0) for band, count in who.children)


Told = Callable[[str, Mapping[str, int], Amounts], None]
"""Told what was done ("party", "stay", "markup"), by which percentage and amount, and the prices after it."""


def _unheard(kind: str, by: Mapping[str, int], after: Amounts) -> None:
    """Nobody asked why."""


def night_prices(
    plan: RatePlan,
    base: Amounts,
    more: Amounts | int,
    nights: int,
    channel: str | None = None,
    own: Amounts | None = None,
    told: Told = _unheard,
) -> Amounts:
    """What each night costs a party that stays so many nights and books through that channel, from the base party's prices.

    The last step of R-51: difference of the party, then the length-of-stay step, then the channel's markup, each rounded as
    the plan's prices are where it changed something. Where the channel has its `own` price, no markup is put on it.
    """
    result = in_reach(base + more)
    told("party", {}, result)
    step = max((one for one in plan.steps if one["nights"] <= nights), key=lambda one: one["nights"], default=None)
    if step and step["percent"]:
        result = round_to(result + share(result, step["percent"]), rounding_of(plan))
        told("stay", step, in_reach(result))
    markup = plan.markups.get(channel or "")
    if markup and any(markup.values()):
        moved = result + share(result, markup.get("percent", 0)) + markup.get("amount", 0)
        marked = round_to(moved, rounding_of(plan))
        result = marked if own is None else np.where(own == UNSET, marked, result)
        told("markup", markup, in_reach(result))
    return in_reach(result)


def prices_on(board: Board, channel: str, plan: RatePlan, asked: Amounts | None = None) -> Amounts:
    """What a night costs the base party that books it alone through a channel, its own prices and mark-up counted in: room types
    down, nights across. `asked` is the plan's price on that channel's board, where somebody knows it already.
    """
    seen = board.on(channel)
    return night_prices(plan, price_of(seen, plan) if asked is None else asked, 0, 1, channel, seen.own_price(plan))


def steps_on(board: Board, channel: str, plan: RatePlan, more: int = 0, nights: int = 1) -> list[list[Step]]:
    """For each night of a board of one room type: how what it costs came about through a channel, from the base price on, for a
    party that pays so much `more` a night (minor units) and stays so many nights. The last step has the price itself.
    """
    seen = board.on(channel)
    own, found = seen.own_price(plan), steps_of(seen, plan)

    def tell(kind: str, by: Mapping[str, int], after: Amounts) -> None:
        details = {"nights": by["nights"]} if kind == "stay" else {}
        for steps, price in zip(found, after.tolist(), strict=True):
            if price != steps[-1].price:
                name = channel if kind == "markup" else ""
                steps.append(Step(kind, name, price, by.get("percent", 0), by.get("amount", 0), details))

    night_prices(plan, price_of(seen, plan)[0], more, nights, channel, None if own is None else own[0], tell)
    return found

"""What a party pays beside the base party, and what the length of its stay and its channel do to each night. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pms.rates.board import Board, TypeOnSale
from pms.rates.models import AgeBand, PartyPrice, RatePlan
from pms.rates.price import rounding_of
from pms.rates.rounding import Amounts, in_reach, round_to, share


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
    return differences(board, plan, [board.types[board.row(room_type_id)]], who)[0]


def differences(board: Board, plan: RatePlan, kinds: Sequence[TypeOnSale], who: Heads) -> list[int]:
    """The `difference` in each of these room types."""
    line = board.book.lineage(plan)
    per_adult, per_child = sum(one.per_adult for one in line), sum(one.per_child for one in line)
    return [_difference(board.party(kind.id), who, per_adult, per_child) for kind in kinds]


def _difference(pays: PartyPrice, who: Heads, per_adult: int, per_child: int) -> int:
    base_adults = pays.base_adults
    extra = who.adults - base_adults
    result = max(0, extra) * pays.extra_adult + extra * per_adult
    if who.adults == 1 and base_adults > 1 and not who.young:
        result -= pays.single_use
    if not who.children:
        return result
    children = pays.children
    return result + sum(count * (children.get(str(band), 0) + per_child) for band, count in who.children)


def night_prices(plan: RatePlan, base: Amounts, more: Amounts | int, nights: int, channel: str | None = None) -> Amounts:
    """What each night costs a party that stays so many nights and books through that channel, from the base party's prices.

    The last step of R-51: difference of the party, then the length-of-stay step, then the channel's markup, each rounded as
    the plan's prices are where it changed something.
    """
    rounding = rounding_of(plan)
    result = in_reach(base + more)
    step = max((one for one in plan.steps if one["nights"] <= nights), key=lambda one: one["nights"], default=None)
    if step and step["percent"]:
        result = round_to(result + share(result, step["percent"]), rounding)
    markup = plan.markups.get(channel or "")
    if markup and any(markup.values()):
        result = round_to(result + share(result, markup.get("percent", 0)) + markup.get("amount", 0), rounding)
    return in_reach(result)

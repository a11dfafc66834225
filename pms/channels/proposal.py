"""Which of the channel's rooms and rates is probably which of ours: by their names, and by how many they sleep. Pure.

Only a proposal: a person sees every line of it and may say otherwise. So it would rather propose nothing than something odd.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar
from uuid import UUID

from pms.channels.adapter import RemoteProduct

T = TypeVar("T")
ALIKE = 0.5
"""From 0 to 1: names less alike than this are not proposed."""
SIZE_COUNTS = 0.15
"""How much the same size adds, and another one takes away."""
SHORT_FORMS = {
    "dbl": "double",
    "sgl": "single",
    "tpl": "triple",
    "std": "standard",
    "dlx": "deluxe",
    "sup": "superior",
    "apt": "apartment",
    "fam": "family",
    "ro": "room only",
    "bb": "breakfast",
    "hb": "half board",
    "fb": "full board",
    "nr": "non refundable",
    "nrf": "non refundable",
    "nonref": "non refundable",
    "nonrefundable": "non refundable",
    "flex": "flexible",
    "bar": "flexible",
}
"""What the trade writes short, in English, which is what most channels speak."""
SAY_NOTHING = frozenset({"room", "rooms", "rate", "rates", "plan", "the", "with", "and", "a", "of"})


@dataclass(frozen=True)
class OurRoom:
    """A room type: how many it sleeps."""

    id: UUID
    name: str
    sleeps: int = 0


@dataclass(frozen=True)
class OurPlan:
    """A rate plan; `room_type_ids` None: in every room type."""

    id: UUID
    name: str
    code: str = ""
    room_type_ids: frozenset[UUID] | None = None


@dataclass(frozen=True)
class Target:
    """What of ours a channel's product is: a room type or one unit of it, or with a plan a plan in it."""

    room_type_id: UUID
    rate_plan_id: UUID | None = None
    unit_id: UUID | None = None


def propose(remote: Sequence[RemoteProduct], rooms: Sequence[OurRoom], plans: Sequence[OurPlan]) -> dict[str, Target]:
    """Remote id -> what it probably is; nothing of theirs and nothing of ours twice, and no rate the channel derives itself."""
    products = {one.remote_id: one for one in remote if not one.fixed}
    there = [one for id, one in products.items() if "/" not in id]
    matched = _pairs(there, rooms, lambda a, b: likeness(a.name, b.name) + _size(a.sleeps, b.sleeps))
    found = {id: Target(rooms[n].id) for id, n in matched.items()}
    for room_id, n in matched.items():
        found |= propose_rates(remote, room_id, Target(rooms[n].id), plans)
    return found


def propose_rates(remote: Sequence[RemoteProduct], room_id: str, room: Target, plans: Sequence[OurPlan]) -> dict[str, Target]:
    """The same for the rates of one room, once it is known which of ours it is."""
    rates = [one for one in remote if not one.fixed and room_of(one.remote_id) == room_id and one.remote_id != room_id]
    ours = [plan for plan in plans if plan.room_type_ids is None or room.room_type_id in plan.room_type_ids]
    picked = _pairs(rates, ours, lambda a, b: max(likeness(a.name, b.name), likeness(a.name, b.code)))
    return {id: replace(room, rate_plan_id=ours[m].id) for id, m in picked.items()}


def room_of(remote_id: str) -> str:
    """The room a rate is in; a room's own id is its own."""
    return remote_id.partition("/")[0]


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 (not at all) to 1."""
    ours, theirs = _words(one), _words(other)
    if not ours or not theirs:
        return 0.0
    shared = len(ours & theirs) / min(len(ours), len(theirs))
    extra = len(ours & theirs) / len(ours | theirs)
    letters = SequenceMatcher(None, " ".join(sorted(ours)), " ".join(sorted(theirs))).ratio()
    return max((shared + extra) / 2, letters)


def _words(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.findall(r"[^\W_]+", letters.replace("non-", "non "))
    whole = {word for short in words for word in SHORT_FORMS.get(short, short).split()}
    return frozenset(whole - SAY_NOTHING or whole)


def _size(theirs: int, ours: int) -> float:
    """Channels that do not say how many a room sleeps say 0."""
    if not theirs or not ours:
        return 0.0
    return SIZE_COUNTS if theirs == ours else -SIZE_COUNTS


def _pairs(theirs: Sequence[RemoteProduct], ours: Sequence[T], alike: Callable[[RemoteProduct, T], float]) -> Mapping[str, int]:
    """The best pairs, each of either side once; of those as good as each other, the first as listed. The last two are a pair."""
    scored = sorted(
        ((-alike(a, b), a_at, b_at) for a_at, a in enumerate(theirs) for b_at, b in enumerate(ours)), key=lambda one: one
    )
    pairs = dict(_greedy((a, b) for score, a, b in scored if -score >= ALIKE))
    left_there = [n for n in range(len(theirs)) if n not in pairs]
    left_here = [n for n in range(len(ours)) if n not in pairs.values()]
    if len(left_there) == len(left_here) == 1:
        pairs[left_there[0]] = left_here[0]
    return {theirs[a].remote_id: b for a, b in pairs.items()}


def _greedy(candidates: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    taken_there: set[int] = set()
    taken_here: set[int] = set()
    for there, here in candidates:
        if there not in taken_there and here not in taken_here:
            taken_there.add(there)
            taken_here.add(here)
            yield there, here

"""Which stay of ours each room is that a channel names: its keys change, its order does too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pms.channels.incoming import IncomingRoom
from pms.channels.placing import Placed
from pms.reservations.models import Stay


def matched_rooms(
    known: Sequence[Mapping[str, Any]], open_stays: Sequence[UUID], told: Sequence[IncomingRoom]
) -> list[UUID | None]:
    """Which open stay each room told is, None for a new one: by the channel's key of the room, else the same room on the same
    dates, else the same room, else in the order they were told. Pure.
    """
    stays = list(open_stays)
    by_stay = {UUID(room["stay_id"]): room for room in known}
    found: dict[int, UUID] = {}

    def pair(same: Callable[[Mapping[str, Any], IncomingRoom], bool]) -> None:
        for n, room in enumerate(told):
            if n not in found:
                hit = next((stay for stay in stays if same(by_stay.get(stay, {}), room)), None)
                if hit is not None:
                    found[n] = hit
                    stays.remove(hit)

    def free(old: Mapping[str, Any], new: IncomingRoom) -> bool:
        return not (new.key and old.get("key"))  # two keys that differ are two rooms

    pair(lambda old, new: bool(new.key) and old.get("key") == new.key)
    pair(lambda old, new: free(old, new) and _where(old) == (new.remote_room, new.arrival.isoformat(), new.departure.isoformat()))
    pair(lambda old, new: free(old, new) and old.get("room") == new.remote_room)
    pair(free)
    return [found.get(n) for n in range(len(told))]


def _where(room: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return room.get("room"), room.get("arrival"), room.get("departure")


def without_past(
    rooms: Sequence[Mapping[str, Any]], past: Sequence[Stay], placed: Sequence[Placed]
) -> tuple[list[dict[str, Any]], list[Placed]]:
    """The rooms told that are stays of the past, as they are kept, and the others: the same room with the same arrival."""
    by_stay, left, kept, others = {room["stay_id"]: room for room in rooms}, list(past), list[dict[str, Any]](), list[Placed]()
    for one in placed:

        def same(stay: Stay, told: IncomingRoom = one.told) -> bool:
            old = by_stay.get(str(stay.id), {})
            keys = not (told.key and old.get("key")) or told.key == old["key"]
            return keys and told.arrival.isoformat() in (stay.arrival.isoformat(), old.get("arrival"))

        gone = next((stay for stay in left if same(stay)), None)
        if gone is None:
            others.append(one)
        else:
            left.remove(gone)
            kept.append(kept_of(one, gone.id))
    return kept, others


def kept_of(one: Placed, stay_id: UUID) -> dict[str, Any]:
    told = one.told
    dates = {"arrival": told.arrival.isoformat(), "departure": told.departure.isoformat()}
    unit = {"unit_id": str(one.unit_id)} if one.unit_id else {}
    return {"stay_id": str(stay_id), "key": told.key, "room": told.remote_room, "rate": told.remote_rate, **dates, **unit}

"""What follows from what happened: ONE table from event names to live topics, background jobs and news for channels.

The relay reads it for every row of the journal. An event that is not in the table still stays in the journal; nobody
is told. Names may end in `.*` for all events of an entity; the exact name wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

LIVE_CHANNEL = "octaspace:live"
"""Redis channel of live messages: one JSON object per journal row that concerns a screen, see `message`."""


@dataclass(frozen=True)
class Job:
    """A job function, called with the id of the journal row."""

    function: str
    queue: str = "default"


@dataclass(frozen=True)
class Reaction:
    """Topics that screens registered for, jobs to enqueue, and what channels may have to be told: rooms left, or prices and
    restrictions too.
    """

    topics: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    channels: Literal["", "rooms", "all"] = ""


NOTHING = Reaction()

REACTIONS: Mapping[str, Reaction] = {
    "reservation.*": Reaction(topics=("calendar", "reservations")),
    "stay.*": Reaction(topics=("calendar", "reservations"), channels="rooms"),
    "relocation.*": Reaction(topics=("calendar", "reservations")),
    "block.*": Reaction(topics=("calendar",), channels="rooms"),
    "unit.*": Reaction(topics=("calendar", "properties"), channels="rooms"),
    "room_type.*": Reaction(topics=("calendar", "properties", "rates"), channels="all"),
    "amenity.*": Reaction(topics=("properties",)),
    "property.*": Reaction(topics=("calendar", "properties", "rates", "access"), channels="all"),
    "rate_plan.*": Reaction(topics=("rates",), channels="all"),
    "price_rule.*": Reaction(topics=("rates",), channels="all"),
    "party_price.*": Reaction(topics=("rates",), channels="all"),
    "age_band.*": Reaction(topics=("rates",), channels="all"),
    "rate_policy.*": Reaction(topics=("rates",), channels="all"),
    "tax.*": Reaction(topics=("rates",), channels="all"),
    "rate.*": Reaction(topics=("rates",), channels="all"),
    "exchange_rate.*": Reaction(topics=("exchange_rates",)),
    "allowance.changed": Reaction(topics=("calendar", "rates"), channels="rooms"),
    "channel_connection.*": Reaction(topics=("channels",)),
    "channel_booking.*": Reaction(topics=("channels",)),
    "channel_message.*": Reaction(topics=("channels",)),
    "calendar_feed.*": Reaction(topics=("channels",)),
    "guest.*": Reaction(topics=("calendar", "reservations")),
    "organization.*": Reaction(topics=("access",)),
    "member.*": Reaction(topics=("access",)),
    "person.*": Reaction(topics=("access",)),
    "session.ended": Reaction(topics=("access",)),
    "api_key.*": Reaction(topics=("keys",)),
    "import.*": Reaction(topics=("imports",)),
    "import.started": Reaction(topics=("imports",), jobs=(Job("workers.imports.run", "slow"),)),
    "import.resumed": Reaction(topics=("imports",), jobs=(Job("workers.imports.run", "slow"),)),
    "import.advanced": Reaction(topics=("imports", "calendar", "reservations"), channels="rooms"),
    "import.finished": Reaction(topics=("imports", "calendar", "reservations"), channels="rooms"),
}


def reaction(event: str) -> Reaction:
    """What follows from an event such as "stay.moved"."""
    return REACTIONS.get(event) or REACTIONS.get(f"{event.partition('.')[0]}.*") or NOTHING


def jobs(event: str) -> tuple[Job, ...]:
    """The jobs to enqueue for it."""
    return reaction(event).jobs


def message(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What live screens are told about a journal row; None when it concerns none of them.

    Names rows and what changed in them, never what to show: a screen reads that itself, as its own user.
    """
    topics = reaction(row["event"]).topics
    if not topics:
        return None
    told = ("id", "organization_id", "property_id", "event", "entity", "entity_id", "actor_id", "actor_name", "before", "after")
    return {"topics": topics, **{name: row.get(name) for name in told}}

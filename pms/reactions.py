"""What follows from what happened: ONE table from event names to live topics and background jobs.

The relay reads it for every row of the journal. An event that is not in the table still stays in the journal; nobody
is told. Names may end in `.*` for all events of an entity; the exact name wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LIVE_CHANNEL = "octaspace:live"
"""Redis channel of live messages: one JSON object per journal row that concerns a screen, see `message`."""


@dataclass(frozen=True)
class Job:
    """A job function, called with the id of the journal row."""

    function: str
    queue: str = "default"


@dataclass(frozen=True)
class Reaction:
    """Topics that screens registered for, and jobs to enqueue."""

    topics: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()


NOTHING = Reaction()

REACTIONS: Mapping[str, Reaction] = {
    "reservation.*": Reaction(topics=("calendar", "reservations")),
    "stay.*": Reaction(topics=("calendar", "reservations")),
    "block.*": Reaction(topics=("calendar",)),
    "unit.*": Reaction(topics=("calendar", "properties")),
    "room_type.*": Reaction(topics=("calendar", "properties", "rates")),
    "amenity.*": Reaction(topics=("properties",)),
    "property.*": Reaction(topics=("calendar", "properties", "rates", "access")),
    "rate_plan.*": Reaction(topics=("rates",)),
    "price_rule.*": Reaction(topics=("rates",)),
    "party_price.*": Reaction(topics=("rates",)),
    "age_band.*": Reaction(topics=("rates",)),
    "rate_policy.*": Reaction(topics=("rates",)),
    "tax.*": Reaction(topics=("rates",)),
    "rate.*": Reaction(topics=("rates",)),
    "exchange_rate.*": Reaction(topics=("exchange_rates",)),
    "allowance.changed": Reaction(topics=("calendar", "rates")),
    "guest.*": Reaction(topics=("calendar", "reservations")),
    "organization.*": Reaction(topics=("access",)),
    "member.*": Reaction(topics=("access",)),
    "person.*": Reaction(topics=("access",)),
    "session.ended": Reaction(topics=("access",)),
    "api_key.*": Reaction(topics=("keys",)),
    "import.*": Reaction(topics=("imports",)),
    "import.started": Reaction(topics=("imports",), jobs=(Job("workers.imports.run", "slow"),)),
    "import.resumed": Reaction(topics=("imports",), jobs=(Job("workers.imports.run", "slow"),)),
    "import.advanced": Reaction(topics=("imports", "calendar", "reservations")),
    "import.finished": Reaction(topics=("imports", "calendar", "reservations")),
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

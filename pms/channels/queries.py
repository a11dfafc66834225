"""What screens show of channels. Few queries, however many connections there are; nobody sees a property they do not work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pms.channels.calendars.queries import feeds
from pms.channels.connections import KEPT_BY, known_by, managed
from pms.channels.present import told_within
from pms.channels.problems import Problem
from pms.channels.turns import ALARM_AFTER
from pms.channels.unread import without_quotes
from pms.kernel.db import Db, raw
from pms.kernel.refusals import NotFound
from pms.properties.models import Property
from pms.rates.channels import CHANNELS, name_of
from pms.reservations.offers import taxes_of

CALLS_COUNTED = 500
"""The last calls of a connection that its error rate is counted from, as far as they are not older than an hour."""
LINES_MOST = 200

_MINE = "(%(houses)s::uuid[] is null or c.property_id = any(%(houses)s))"
_STUCK_NOW = "m.state = 'stuck' and m.acknowledged_at is null"
_OF_NONE = """not exists (select from channel_booking b
    where b.connection_id = m.connection_id and b.booking = m.booking and b.problems <> '[]')"""
"""Whether a message is a thing of its own to see to, and not one with its booking."""
_TONIGHT = "(now() at time zone h.timezone)::date"
_CONNECTIONS = f"""
select c.id, c.property_id, h.name, h.timezone, h.currency, c.channel, c.remote_property, c.state, c.problem,
  c.version, c.hear_failures, c.tell_failures, c.heard_at, c.told_at, c.fetch_at, c.rest_until, c.swept_at, c.compare_at,
  c.currency_there, c.currency_at, c.created_at, c.drift,
  coalesce(c.described ->> 'words', ''),
  (select count(*) from channel_product p where p.connection_id = c.id),
  refused.cells, refused.rooms,
  (select count(*) from channel_booking b where b.connection_id = c.id and b.problems <> '[]'),
  (select count(*) from channel_message m where m.connection_id = c.id and {_STUCK_NOW}),
  (select count(*) from channel_message m where m.connection_id = c.id and {_STUCK_NOW} and {_OF_NONE}),
  c.rooms_waiting + c.rates_waiting,
  (select count(*) from channel_message m where m.connection_id = c.id and m.state = 'stored'),
  calls.made, calls.failed, case when news.since is not null then greatest(news.since, c.created_at) end,
  case when c.state = 'closing' then {KEPT_BY} else '' end
from channel_connection c join property h on h.id = c.property_id
left join lateral (
  select count(*) as cells, count(*) filter (where s.refused ? 'rooms') as rooms
  from channel_product p join channel_shown s on s.product_id = p.id
  where p.connection_id = c.id and s.refused is not null and s.night >= {_TONIGHT}) refused on true
left join lateral (
  select count(*) as made, count(*) filter (where status = 0 or status >= 400) as failed
  from (select status, at from channel_call k where k.connection_id = c.id order by k.id desc limit {CALLS_COUNTED}) last
  where at > now() - interval '1 hour') calls on true
left join lateral (
  select j.happened_at as since from journal j
  where j.organization_id = c.organization_id and j.property_id = c.property_id and j.entity not like 'channel%%'
    and j.id > case when c.rooms_news > c.rooms_told then c.rooms_told else c.all_told end
  order by j.id limit 1) news
  on c.state in ('testing', 'live', 'closing') and (c.rooms_news > c.rooms_told or c.all_news > c.all_told)
where c.archived_at is null and {_MINE} and (%(id)s::uuid is null or c.id = %(id)s)
order by h.position, h.id, c.channel
"""
_BOOKINGS = f"""
select b.id, b.version, b.booking, b.status, b.problems, b.changed_at, c.id, c.channel, h.id, h.name, h.timezone,
  coalesce(r.code, ''), coalesce(case when %(guests)s then nullif(concat_ws(' ', g.first_name, g.last_name), '') end, ''),
  s.id, s.arrival, s.departure
from channel_booking b
join channel_connection c on c.id = b.connection_id join property h on h.id = c.property_id
left join reservation r on r.id = b.reservation_id left join guest g on g.id = r.guest_id
left join lateral (select id, arrival, departure from stay where reservation_id = r.id order by arrival, id limit 1) s on true
where b.problems <> '[]' and {_MINE} order by b.changed_at desc, b.id limit {LINES_MOST}
"""
_STUCK = f"""
select m.id, m.booking, m.words, m.received_at, c.id, c.channel, h.id, h.name, h.timezone, {_OF_NONE}
from channel_message m join channel_connection c on c.id = m.connection_id join property h on h.id = c.property_id
where {_STUCK_NOW} and c.archived_at is null and {_MINE}
order by m.received_at desc, m.id limit {LINES_MOST}
"""
_URGENT = f"""
select (select count(*) from channel_booking b join channel_connection c on c.id = b.connection_id
    where b.problems <> '[]' and {_MINE})
  + (select count(*) from channel_message m join channel_connection c on c.id = m.connection_id
    where {_STUCK_NOW} and {_OF_NONE} and c.archived_at is null and {_MINE})
  + (select count(*) from channel_connection c where c.archived_at is null and c.state = 'attention' and {_MINE})
  + (select count(*) from channel_connection c join property h on h.id = c.property_id
    where c.archived_at is null and c.state in ('testing', 'live', 'closing') and {_MINE}
      and (c.state <> 'closing' and c.currency_there not in ('', h.currency)
        or exists (select from channel_product p join channel_shown s on s.product_id = p.id
        where p.connection_id = c.id and s.refused ? 'rooms' and s.night >= {_TONIGHT})))
"""
_PRODUCTS = """
select p.id, p.remote_id, p.room_type_id, p.rate_plan_id, p.unit_id, t.name, coalesce(r.name, ''), coalesce(u.name, ''),
  t.archived_at is not null or r.archived_at is not null or u.archived_at is not null
from channel_product p join room_type t on t.id = p.room_type_id
left join rate_plan r on r.id = p.rate_plan_id left join unit u on u.id = p.unit_id
where p.connection_id = %s order by t.position, t.id, u.position nulls first, r.position nulls first, r.id
"""
_MESSAGES = """
select m.id, m.booking, m.revision, m.state, m.words, m.received_at, m.acknowledged_at, coalesce(b.problems, '[]'),
  coalesce(r.code, ''), s.id, s.arrival
from channel_message m
left join channel_booking b on b.connection_id = m.connection_id and b.booking = m.booking
left join reservation r on r.id = b.reservation_id
left join lateral (select id, arrival from stay where reservation_id = r.id order by arrival, id limit 1) s on true
where m.connection_id = %s order by m.number desc limit %s
"""
_CALLS = """
select id, at, inward, method, path, status, milliseconds, times from channel_call
where connection_id = %s order by id desc limit %s
"""
_REFUSED = f"""
select s.product_id, s.night, s.refused, s.words from channel_shown s join channel_product p on p.id = s.product_id
where p.connection_id = %s and s.refused is not null and s.night >= %s order by s.product_id, s.night limit {LINES_MOST * 5}
"""
_SYNC = """
select count(*) filter (where s.accepted <> '{}'), count(*) filter (where s.refused is not null and s.accepted = '{}')
from channel_shown s join channel_product p on p.id = s.product_id where p.connection_id = %s and s.night >= %s and s.night < %s
"""
_CLOSED = """
select count(*) filter (where s.accepted ->> 'rooms' = '0' or s.accepted ->> 'closed' = '1'),
  count(*) filter (where s.refused is not null)
from channel_shown s join channel_product p on p.id = s.product_id where p.connection_id = %s and s.night >= %s and s.night < %s
"""
_RESTRICTIONS = ("min_stay", "min_stay_arrival", "max_stay", "max_stay_arrival", "closed", "closed_arrival", "closed_departure")
_USES = f"""
select {", ".join(f"coalesce(bool_or(n.{name} is not null), false)" for name in _RESTRICTIONS)},
  coalesce(bool_or(n.min_advance is not null or n.max_advance is not null), false)
    or exists (select from rate_plan where property_id = %(house)s and archived_at is null
      and (min_advance is not null or max_advance is not null)),
  exists (select from party_price o join room_type t on t.id = o.room_type_id
    where t.property_id = %(house)s and (o.extra_adult > 0 or o.single_use > 0)),
  exists (select from party_price o join room_type t on t.id = o.room_type_id
    where t.property_id = %(house)s and o.children <> '{{}}'),
  exists (select from rate_plan where property_id = %(house)s and archived_at is null and steps <> '[]'),
  exists (select from tax where property_id = %(house)s and archived_at is null and not included)
from rate_night n join rate_plan r on r.id = n.rate_plan_id
where r.property_id = %(house)s and n.night >= current_date - 1 and n.channel in ('', %(channel)s)
"""


_SOLD_THROUGH = """
with plan as (select id, channels, markups from rate_plan where property_id = %(house)s and archived_at is null)
select channel from channel_connection where property_id = %(house)s and archived_at is null
union select unnest(channels) from plan union select jsonb_object_keys(markups) from plan
union select n.channel from rate_night n join plan p on p.id = n.rate_plan_id where n.channel <> '' order by 1
"""


@dataclass(frozen=True)
class ConnectionLine:
    """A connection as a list shows it. `refused` are its cells the channel would not take, `rooms_refused` those of them that
    say how many rooms are left, `undescribed` why it would not take how the house is described. `problems` are its bookings that
    somebody has to see to, `stuck` its messages, `stuck_alone` those of them whose booking is none of these. Of what waits:
    `cells_waiting` is how many cells in the messages of the last look have had no answer, `messages_waiting` how many messages
    are to be taken in, `since` when the oldest news came that has not been told yet (None: nothing). `kept_by` is what keeps
    one that is closing from ending (`KEPT_BY`). `calls` and `failed` count the last hour's. Instants are UTC.
    """

    id: UUID
    property_id: UUID
    house: str
    timezone: str
    currency: str
    channel: str
    remote_property: str
    state: str
    problem: str
    version: int
    hear_failures: int
    tell_failures: int
    heard_at: datetime | None
    told_at: datetime | None
    fetch_at: datetime | None
    rest_until: datetime | None
    swept_at: datetime | None
    compare_at: datetime | None
    currency_there: str
    currency_at: datetime | None
    created_at: datetime
    drift: dict[str, Any] | None
    undescribed: str
    products: int
    refused: int
    rooms_refused: int
    problems: int
    stuck: int
    stuck_alone: int
    cells_waiting: int
    messages_waiting: int
    calls: int
    failed: int
    since: datetime | None
    kept_by: str

    @property
    def deaf(self) -> bool:
        """Whether it has not been heard so often that people were told."""
        return self.hear_failures >= ALARM_AFTER

    @property
    def mute(self) -> bool:
        """Whether telling it has failed so often that people were told."""
        return self.tell_failures >= ALARM_AFTER

    @property
    def needs(self) -> bool:
        """Whether somebody has to see to it: it stands still, sells rooms there that it was not told are gone, or is told no
        prices.
        """
        rooms = self.rooms_refused > 0 and self.state in ("testing", "live", "closing")
        return self.state == "attention" or rooms or self.other_currency

    @property
    def other_currency(self) -> bool:
        """Whether it is told no prices, as they are other money there."""
        return self.state in ("testing", "live") and self.currency_there not in ("", self.currency)

    @property
    def currency_unsaid(self) -> bool:
        """Whether it is told no prices, as it was asked and has not said what money they are there."""
        return self.state in ("testing", "live") and not self.currency_there and self.currency_at is not None

    @property
    def is_new(self) -> bool:
        """Whether its setting up is not finished: nothing has ever been told, and nobody said it may be."""
        return self.state == "paused" and self.told_at is None


@dataclass(frozen=True)
class TroubledBooking:
    """A booking of a channel that somebody has to see to, and where it is in the calendar; `guest` for who may see guests."""

    id: UUID
    version: int
    booking: str
    status: str
    problems: Sequence[Problem]
    changed_at: datetime
    connection_id: UUID
    channel: str
    property_id: UUID
    house: str
    timezone: str
    code: str
    guest: str
    stay_id: UUID | None
    arrival: date | None
    departure: date | None


@dataclass(frozen=True)
class StuckMessage:
    """A message that could not be taken in; rooms may be held for its dates, and nothing else of it is in the books. One that is
    `alone` is seen to by itself, any other with its booking.
    """

    id: UUID
    booking: str
    words: str
    received_at: datetime
    connection_id: UUID
    channel: str
    property_id: UUID
    house: str
    timezone: str
    alone: bool


@dataclass(frozen=True)
class ProductLine:
    """Something mapped, with our names of it; `gone` when it is archived here."""

    id: UUID
    remote_id: str
    room_type_id: UUID
    rate_plan_id: UUID | None
    unit_id: UUID | None
    room_type: str
    plan: str
    unit: str
    gone: bool


@dataclass(frozen=True)
class MessageLine:
    """A message in the log, and the reservation it became."""

    id: UUID
    booking: str
    revision: str
    state: str
    words: str
    received_at: datetime
    acknowledged_at: datetime | None
    problems: Sequence[Problem]
    code: str
    stay_id: UUID | None
    arrival: date | None


@dataclass(frozen=True)
class CallLine:
    """A call in the log; `status` 0 when the line broke, `times` how many like it were kept as one."""

    id: int
    at: datetime
    inward: bool
    method: str
    path: str
    status: int
    milliseconds: int
    times: int


@dataclass(frozen=True)
class RefusedCell:
    """What a channel would not take of a product on a night, and why in its words."""

    product_id: UUID
    night: date
    values: dict[str, int]
    words: str


@dataclass(frozen=True)
class Synced:
    """Of `cells` that a full sync is about, so many were accepted and so many refused; `done` when a look has been told whole."""

    cells: int
    accepted: int
    refused: int
    done: bool


def connections(db: Db) -> list[ConnectionLine]:
    """Every connection of the properties the actor works in, in one query. Refuses `NotPermitted`."""
    db.actor.require("channel.manage")
    return [ConnectionLine(*row) for row in raw(db).execute(_CONNECTIONS, {**_mine(db), "id": None})]


def connection(db: Db, connection_id: UUID) -> ConnectionLine:
    """One of them. Refuses `NotFound`, `NotPermitted`."""
    row = managed(db, connection_id)
    (found,) = raw(db).execute(_CONNECTIONS, {**_mine(db), "id": row.id}).fetchall()
    return ConnectionLine(*found)


def troubled_bookings(db: Db) -> list[TroubledBooking]:
    """Bookings somebody has to see to, the latest first. Refuses `NotPermitted`."""
    db.actor.require("channel.manage")
    guests = db.actor.may("guest.view")
    return [TroubledBooking(*row) for row in raw(db).execute(_BOOKINGS, {**_mine(db), "guests": guests})]


def stuck_messages(db: Db) -> list[StuckMessage]:
    """Messages that could not be taken in, the latest first; what is quoted of them for who may see guests.

    Refuses `NotPermitted`.
    """
    db.actor.require("channel.manage")
    rows = raw(db).execute(_STUCK, _mine(db))
    return [StuckMessage(id, booking, _sayable(db, words), *more) for id, booking, words, *more in rows]


def urgent(db: Db) -> int:
    """How many things there are that somebody has to see to: bookings, messages of none of these, calendars, connections that
    `needs`.

    Refuses `NotPermitted`.
    """
    db.actor.require("channel.manage")
    found: int = raw(db).execute(_URGENT, _mine(db)).fetchone()[0]  # type: ignore[index]
    return found + sum(one.needs for one in feeds(db))


def products(db: Db, connection_id: UUID) -> list[ProductLine]:
    """What is mapped, in the order of our rooms and plans. Refuses `NotFound`, `NotPermitted`."""
    return [ProductLine(*row) for row in raw(db).execute(_PRODUCTS, (managed(db, connection_id).id,))]


def messages(db: Db, connection_id: UUID, most: int = 100) -> list[MessageLine]:
    """The last messages, newest first; what is quoted of them for who may see guests. Refuses `NotFound`, `NotPermitted`."""
    lines = [MessageLine(*row) for row in raw(db).execute(_MESSAGES, (managed(db, connection_id).id, most))]
    return [replace(one, words=_sayable(db, one.words)) for one in lines]


def calls(db: Db, connection_id: UUID, most: int = 100) -> list[CallLine]:
    """The last calls, newest first. Refuses `NotFound`, `NotPermitted`."""
    return [CallLine(*row) for row in raw(db).execute(_CALLS, (managed(db, connection_id).id, most))]


def refused_cells(db: Db, connection_id: UUID, first: date) -> list[RefusedCell]:
    """What the channel would not take from a local night on, by product and night. Refuses `NotFound`, `NotPermitted`."""
    return [RefusedCell(*row) for row in raw(db).execute(_REFUSED, (managed(db, connection_id).id, first))]


def synced(db: Db, line: ConnectionLine, first: date, end: date) -> Synced:
    """How far the channel has been told about the local nights [first, end), or that they are closed, while it is closing.

    Refuses `NotFound`, `NotPermitted`.
    """
    row = managed(db, line.id)
    query = _CLOSED if row.state == "closing" else _SYNC
    accepted, refused = raw(db).execute(query, (row.id, first, end)).fetchone() or (0, 0)
    return Synced(line.products * (end - first).days, accepted, refused, line.swept_at is not None)


def knows(db: Db, connection_id: UUID) -> frozenset[str]:
    """The fields the channel understands of the property. Refuses `NotFound`, `NotPermitted`."""
    return known_by(managed(db, connection_id))


def uses(db: Db, connection_id: UUID) -> set[str]:
    """Which things that not every channel understands the property uses from now on: the restrictions of its cells, "advance",
    "occupancy", "children", "steps" (prices by length of stay), "taxes" (on top of the price).

    Refuses `NotFound`, `NotPermitted`.
    """
    connection = managed(db, connection_id)
    names = (*_RESTRICTIONS, "advance", "occupancy", "children", "steps", "taxes")
    row = raw(db).execute(_USES, {"house": connection.property_id, "channel": connection.channel}).fetchone() or ()
    return {name for name, used in zip(names, row, strict=True) if used}


def channels_of(db: Db, property_id: UUID) -> list[tuple[str, str]]:
    """The ways in which a property sells, as (code, name in the actor's language): those every house has, those it is connected
    to, and those its plans or cells name besides. Refuses `NotFound`, `NotPermitted`.
    """
    if not db.actor.sees(property_id):
        raise NotFound(what="property")
    house = db.one(Property, property_id)
    db.actor.require("property.view", house.id)
    named = [row[0] for row in raw(db).execute(_SOLD_THROUGH, {"house": house.id})]
    return [(code, name_of(code, db.actor.locale)) for code in dict.fromkeys([*CHANNELS, *named])]


def taxes_left_out(db: Db, connection_id: UUID) -> list[str]:
    """The names of the taxes and fees on top that the prices told to the channel do not have in them. Refuses `NotFound`,
    `NotPermitted`.
    """
    row = managed(db, connection_id)
    taxes = taxes_of(db, row.property_id)
    told = told_within(row, known_by(row), taxes)
    return [tax.name for tax in taxes if not tax.included and tax not in told]


def _sayable(db: Db, words: str) -> str:
    return words if db.actor.may("guest.view") else without_quotes(words)


def _mine(db: Db) -> dict[str, Any]:
    houses = db.actor.property_ids
    return {"houses": None if houses is None else list(houses)}

"""Whose turn it is to speak to a channel, and when. One speaker a connection, by a lease in the database.

A lock in Redis would end with Redis; a lease outlives a dead holder by `TURN_SECONDS` and nobody else. The holder renews it every
`BEAT_SECONDS` and with every step it notes; whoever lost it notices there (`Overtaken`) and says nothing more.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pms.channels.models import Connection
from pms.kernel.db import Db, raw
from pms.kernel.ids import new_id
from pms.kernel.outbox import record

WAKE_CHANNELS = "octaspace_channels"
"""What the speakers listen to; the payload is empty, the connections say what is due."""
TURN_SECONDS, BEAT_SECONDS = 20, 5
SWEEP_SECONDS = 300
"""How often a connection is looked at although nothing seems to have happened: the net below the journal's news."""
ALARM_AFTER = 4
"""Failures in a row, of hearing or of telling, after which people are told."""
FIRST_REST, LONGEST_REST = 2.0, 300.0

HEARD_SECONDS = 5
"""Rooms are told to a channel that was heard no longer ago: what it sold since would be told as free again."""

_DUE_FOR_SWEEP = f"""
(coalesce(swept_at < now() - interval '{SWEEP_SECONDS} seconds', true)
   or state <> 'closing' and coalesce(currency_at <= now(), false))
"""
_DUE_TO_HEAR = "coalesce(fetch_at <= now(), false)"
_TO_BE_HEARD_FIRST = f"""
(fetch_at is not null and hear_failures = 0 and rooms_news > rooms_told
   and coalesce(heard_at < now() - interval '{HEARD_SECONDS} seconds', true))
"""
_DUE_TO_TELL = f"""
(coalesce(rest_until <= now(), true) and (rooms_news > rooms_told or all_news > all_told
   or {_DUE_FOR_SWEEP}))
"""
_DUE_TO_COMPARE = "coalesce(compare_at <= now() and (rest_until is null or rest_until <= now()), false)"
_SPOKEN_TO = "archived_at is null and state in ('testing', 'live', 'closing') and coalesce(turn_until < now(), true)"
_DUE = f"""
select organization_id, id, channel from channel_connection where {_SPOKEN_TO} and ({_DUE_TO_HEAR} or {_DUE_TO_TELL}
  or {_DUE_TO_COMPARE}) order by coalesce(fetch_at, swept_at) nulls first, id
"""
_TAKE = f"""
update channel_connection set turn_by = %(by)s, turn_until = now() + make_interval(secs => {TURN_SECONDS})
where id = %(id)s and {_SPOKEN_TO}
returning {_DUE_TO_HEAR} or {_TO_BE_HEARD_FIRST}, {_DUE_TO_TELL}, all_news > all_told or {_DUE_FOR_SWEEP},
  {_DUE_TO_COMPARE}, rooms_news, all_news, hear_failures, tell_failures, state = 'closing'
"""
_RENEW = f"""
update channel_connection set turn_until = now() + make_interval(secs => {TURN_SECONDS})
where id = %s and turn_by = %s and archived_at is null and state in ('testing', 'live', 'closing') returning id
"""
_MARK = """
update channel_connection c set {part}_mark = %s
from (select id, {part}_mark as last from channel_connection where id = %s for no key update) o where c.id = o.id returning o.last
"""
_UNSURE = "rooms_mark = null, rates_mark = null, swept_at = null"
_NEWS = """
with those as materialized (select id from channel_connection
  where property_id = any(%(houses)s) and archived_at is null order by id for no key update)
update channel_connection c set rooms_news = greatest(c.rooms_news + 1, w.news),
  all_news = case when w.whole > 0 then greatest(c.all_news + 1, w.whole) else c.all_news end
from unnest(%(houses)s::uuid[], %(news)s::bigint[], %(whole)s::bigint[]) as w(property_id, news, whole), those
where c.id = those.id and c.property_id = w.property_id returning c.id
"""


Part = Literal["hear", "tell"]
"""Channels count their calls apart, and one may work while the other does not: each has its failures, rests and alarms."""


class Overtaken(Exception):
    """The turn is over, somebody else's by now or nobody's any more: whoever had it has to stop."""


@dataclass(frozen=True)
class Turn:
    """A turn taken: what is due in it, how far the news had come, how often hearing and telling had failed and whether it was
    closing when it began.
    """

    connection_id: UUID
    by: UUID
    hear: bool
    tell: bool
    tell_all: bool
    compare: bool
    rooms_news: int
    all_news: int
    hear_failures: int
    tell_failures: int
    closing: bool

    def failures(self, part: Part) -> int:
        """How often in a row that failed until now."""
        return self.hear_failures if part == "hear" else self.tell_failures


def due(db: Db) -> list[tuple[UUID, UUID, str]]:
    """Connections of every organization that want a turn now, as (organization, connection, channel); as the relay."""
    return raw(db).execute(_DUE).fetchall()


def whose(db: Db, connection_id: UUID) -> tuple[UUID, str] | None:
    """(organization, channel) of a connection that was not ended; as the relay. Paused, we say nothing, but what is brought has
    been sold and will not be brought for ever.
    """
    query = "select organization_id, channel from channel_connection where id = %s and archived_at is null"
    row = raw(db).execute(query, (connection_id,)).fetchone()
    return (row[0], row[1]) if row else None


def take(db: Db, connection_id: UUID) -> Turn | None:
    """Take the turn, unless somebody has it or nobody is to speak to this channel."""
    by = new_id()
    row = raw(db).execute(_TAKE, {"by": by, "id": connection_id}).fetchone()
    return Turn(connection_id, by, *row) if row else None


def keep(db: Db, turn: Turn) -> None:
    """Keep the turn for another while. Raises `Overtaken`."""
    if raw(db).execute(_RENEW, (turn.connection_id, turn.by)).fetchone() is None:
        raise Overtaken


def telling(db: Db, turn: Turn, part: Literal["rooms", "rates"]) -> tuple[UUID, UUID | None]:
    """That part is about to be looked at and told: the mark under which that may be remembered once it is told, and the one
    under which it was told last. Whoever wants everything told anew meanwhile takes the new one away.
    """
    mark = new_id()
    (last,) = raw(db).execute(_MARK.format(part=part), (mark, turn.connection_id)).fetchone() or (None,)
    return mark, last


def waits(db: Db, turn: Turn, part: Literal["rooms", "rates"], cells: int) -> bool:
    """So many cells of that part are to be told, counted as the channel's messages take them apart; as they are answered they
    wait no longer (`pms.channels.outbound.note`). Whether that is news.
    """
    query = f"update channel_connection set {part}_waiting = %s where id = %s and {part}_waiting <> %s returning id"
    return raw(db).execute(query, (cells, turn.connection_id, cells)).fetchone() is not None


def rooms_news(db: Db, turn: Turn) -> int:
    """How far the news of rooms have come by now."""
    (news,) = raw(db).execute("select rooms_news from channel_connection where id = %s", (turn.connection_id,)).fetchone() or (0,)
    return int(news)


def stands(db: Db, turn: Turn, part: Literal["rooms", "rates"], mark: UUID) -> bool:
    """Whether nobody wanted that part told anew since it was given that mark."""
    query = f"select {part}_mark = %s from channel_connection where id = %s"
    (same,) = raw(db).execute(query, (mark, turn.connection_id)).fetchone() or (False,)
    return bool(same)


def told(db: Db, turn: Turn, part: Literal["rooms", "rates"], mark: UUID, oversold: str) -> None:
    """All news of that part up to the beginning of the turn has been told, under that mark, while these nights were oversold."""
    if part == "rooms":
        query = """
            update channel_connection set rooms_told = greatest(rooms_told, %s), rooms_waiting = 0, rest_until = null
            where id = %s
        """
        raw(db).later(query, (turn.rooms_news, turn.connection_id))
    else:
        query = """
            update channel_connection set all_told = greatest(all_told, %s), rates_waiting = 0, rest_until = null,
              swept_at = case when rates_mark = %s and rooms_mark is not null then now() else swept_at end, oversold_told = %s
            where id = %s
        """
        raw(db).later(query, (turn.all_news, mark, oversold, turn.connection_id))


def others_oversold(db: Db, turn: Turn, oversold: str) -> bool:
    """Whether other nights are oversold than when prices and restrictions were told last. Those are due then, even if the turn
    ends before it has told them.
    """
    query = "update channel_connection set swept_at = null where id = %s and oversold_told <> %s returning id"
    return raw(db).execute(query, (turn.connection_id, oversold)).fetchone() is not None


def unsure(db: Db, connection_id: UUID) -> None:
    """Nobody knows what the channel has been told: have the next turn look at everything."""
    raw(db).later(f"update channel_connection set {_UNSURE} where id = %s", (connection_id,))


def give_back(db: Db, turn: Turn) -> None:
    """Let others speak."""
    query = "update channel_connection set turn_until = null, turn_by = null where id = %s and turn_by = %s"
    raw(db).later(query, (turn.connection_id, turn.by))


def went_well(db: Db, turn: Turn, part: Part) -> None:
    """The channel answered: forget the earlier failures of that part, and say so if people had been told. A comparison that was
    answered says nothing of what could not be told in the same turn.
    """
    if not turn.failures(part):
        return
    which = "and coalesce(rest_until <= now(), true)" if part == "tell" else ""
    query = f"update channel_connection set {part}_failures = 0 where id = %s {which} returning id"
    if raw(db).execute(query, (turn.connection_id,)).fetchone() and turn.failures(part) >= ALARM_AFTER:
        row = db.one(Connection, turn.connection_id)
        record(db, "channel_connection.recovered", "channel_connection", row.id, row.property_id, after={"part": part})


def went_wrong(db: Db, turn: Turn, seconds: float | None, words: str, part: Part) -> None:
    """Leave the channel alone in that for as long as it asked for, or longer from failure to failure (R-120); tell people after
    some.
    """
    failures, at = turn.failures(part) + 1, "fetch_at" if part == "hear" else "rest_until"
    pause = timedelta(seconds=pause_after(failures) if seconds is None else seconds)
    query = f"update channel_connection set {part}_failures = %s, {at} = now() + %s where id = %s"
    raw(db).later(query, (failures, pause, turn.connection_id))
    if failures == ALARM_AFTER:
        row = db.one(Connection, turn.connection_id)
        after = {"problem": words, "part": part}
        record(db, "channel_connection.unreachable", "channel_connection", row.id, row.property_id, after=after)


def rest(db: Db, turn: Turn, seconds: float) -> None:
    """Tell nothing for so long, without anything having gone wrong."""
    raw(db).later(
        "update channel_connection set rest_until = now() + %s where id = %s", (timedelta(seconds=seconds), turn.connection_id)
    )


def count_call(db: Db, turn: Turn, most: tuple[int, float]) -> float:
    """Another call is about to be made: the seconds to wait first (0: none, and it is counted). Kept in the connection's row, as
    the next turn may be another process's.
    """
    query = "select calls_left, coalesce(extract(epoch from now() - calls_at), 0)::float from channel_connection where id = %s"
    left, since = raw(db).execute(query, (turn.connection_id,)).fetchone() or (None, 0.0)
    left, wait = paced(most, left, since)
    query = "update channel_connection set calls_left = %s, calls_at = now() where id = %s"
    raw(db).later(query, (left, turn.connection_id))
    return wait


def paced(most: tuple[int, float], left: float | None, since: float) -> tuple[float, float]:
    """Calls left after another one, and the seconds to wait before it (then it is not counted yet); `left` were left `since`
    seconds ago, None: nobody ever called. Pure.

    Of so many calls in so many seconds half may be made at once, the other half spread evenly, so that after a burst the next
    word waits for seconds and not for the whole span.
    """
    calls, seconds = most
    burst = max(1.0, calls // 2)
    now = burst if left is None else min(burst, left + max(0.0, since) * (calls - burst) / seconds)
    return (now - 1, 0.0) if now >= 1 else (now, (1 - now) * seconds / (calls - burst))


def pause_after(failures: int) -> float:
    """Seconds: twice as long from failure to failure, with jitter, so that many do not come back at once."""
    return min(LONGEST_REST, FIRST_REST * 2.0 ** min(failures - 1, 20)) * random.uniform(0.5, 1.0)


def fetching(db: Db, connection_id: UUID) -> datetime:
    """Bookings are about to be fetched; when they are again, should this come to no end. Said before: a call of the channel
    meanwhile is not lost, nor what a process that died had not taken in.
    """
    at = db.now + timedelta(seconds=TURN_SECONDS)
    raw(db).later("update channel_connection set fetch_at = %s where id = %s", (at, connection_id))
    return at


def heard(db: Db, connection_id: UUID) -> None:
    """The channel has been heard."""
    raw(db).later("update channel_connection set heard_at = now() where id = %s", (connection_id,))


def fetched(db: Db, connection_id: UUID, at: datetime, seconds: float | None) -> None:
    """All is done that was to be done again at `at`: they are fetched next in so many seconds; None: when the channel calls."""
    after = None if seconds is None else db.now + timedelta(seconds=seconds)
    raw(db).later("update channel_connection set fetch_at = %s where id = %s and fetch_at = %s", (after, connection_id, at))


def heard_news(db: Db, connection_id: UUID) -> None:
    """The channel says there is something to fetch, or brought something that is still to be taken in."""
    raw(db).later("update channel_connection set fetch_at = now() where id = %s", (connection_id,))
    raw(db).later(f"notify {WAKE_CHANNELS}")


def spread(db: Db, news: Sequence[tuple[UUID, int, bool]]) -> int:
    """Let the connections of properties know that something of theirs moved: (property, journal row, whether prices or
    restrictions may have changed); as the relay. How many connections there are.
    """
    houses = sorted({house for house, _, _ in news})
    latest = [max(id for house, id, _ in news if house == one) for one in houses]
    whole = [max((id for house, id, all in news if house == one and all), default=0) for one in houses]
    found = raw(db).execute(_NEWS, {"houses": houses, "news": latest, "whole": whole}).fetchall()
    return len(found)

"""One turn with a channel: hear what it has to say, take that in, thank it, then tell it what is true now.

The one place here that opens transactions: each word is in our books before the next is said, so a turn may end anywhere - by a
broken line, a killed process, a database that went away - and the next one goes on from what is noted. Hearing comes first: rooms
told are net of what the channel has sold itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Thread
from typing import TypeVar
from uuid import UUID

import httpx
import psycopg
from sqlalchemy.exc import OperationalError

from pms.channels import calls, currency, described, inbox, missed, outbound, recount, reporting, turns
from pms.channels.accepted import Accepted
from pms.channels.adapter import Adapter, Link, Message, Outcome, Paced, Received, Refused, Stop, Unreadable, Wait
from pms.channels.apply import Possible, apply, hold, known_outcome, not_thanked
from pms.channels.changes import Change
from pms.channels.compare import compare
from pms.channels.connections import adapter_of, ended_if_closed, keep_credentials, link_of, stop
from pms.channels.memory import Memory
from pms.channels.models import Connection
from pms.channels.present import Part
from pms.channels.problems import said
from pms.channels.turns import Overtaken, Turn
from pms.channels.unread import OURS
from pms.inventory.claim import SoldOut
from pms.kernel import logs
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.kernel.refusals import Busy, MovedMeanwhile, Refusal
from pms.reservations.book import AlreadyBooked
from pms.reservations.changes import NotInThisState
from pms.reservations.nights import UnitTaken

NIGHTS = 500
"""How far ahead channels are told; some ask for as much."""
HEAR_SECONDS = 20.0
"""How long a turn takes messages in, and how long it thanks for them, before it tells: a queue of thousands must not keep a
channel from hearing what others sold. Shorter is not better: rooms told are net of what was taken in."""
MEMORY = Memory()
AGAIN = (Busy, AlreadyBooked, UnitTaken)
"""Somebody was at the same booking or nights: the next turn tries again."""
UNTAKEN = ("stored", "stuck")
"""The states of a message nothing of which is in the books by its own."""
log = logs.logger(__name__)
T = TypeVar("T")


class _Outdated(Exception):
    """Somebody wants what is being told looked at anew."""


class Conversation:
    """A turn at a connection, for the length of `speak`."""

    def __init__(self, actor: Actor, turn: Turn, channel: str, nights: int = NIGHTS) -> None:
        self.actor, self.turn, self.nights = actor, turn, nights
        self.adapter: Adapter = adapter_of(channel)
        self.telephone = calls.Telephone()
        self.saying: Sequence[Change] = ()
        self.accepted = Accepted()

    def speak(self) -> None:
        """All that is due. A channel that cannot now is left alone for a while, one that will not is somebody's to look at."""
        try:
            with self._kept(), self.telephone.client() as http:
                self._politely(lambda: self._hear(http), "hear")
                if self._politely(lambda: self._describe(http), "tell"):
                    self._politely(lambda: self._tell(http), "tell")
                    self._politely(lambda: self._compare(http), "tell")
                if self.turn.closing:
                    self._step(lambda db: ended_if_closed(db, self.turn.connection_id))
        except Overtaken:
            log.warning("a turn was over before its speaker was done", connection=str(self.turn.connection_id))
            self._doubt_what_was_said()
        except Stop as no:
            words = str(no)[:500]
            with suppress(Overtaken):
                self._step(lambda db: stop(db, self.turn.connection_id, words))
        finally:
            with work(self.actor) as db:
                calls.write_down(db, self.turn.connection_id, self.telephone.notes())
                self.accepted.say(db, self.turn.connection_id)
                turns.give_back(db, self.turn)

    @contextmanager
    def _kept(self) -> Iterator[None]:
        """Keep the turn while a channel takes its time: one that answers late is waited for, a killed process is not."""
        over = Event()

        def beat() -> None:
            while not over.wait(turns.BEAT_SECONDS):
                with suppress(Overtaken, Busy, OperationalError), work(self.actor) as db:
                    turns.keep(db, self.turn)

        Thread(target=beat, daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def _politely(self, do: Callable[[], bool], part: turns.Part) -> bool:
        """Do a part of it; one that cannot be done now is left alone for a while, and keeps no other from being done. Whether
        it could be.
        """
        try:
            if do():
                self._step(lambda db: turns.went_well(db, self.turn, part))
            return True
        except Paced as enough:
            seconds = enough.seconds or 0.0
            self._step(lambda db: turns.rest(db, self.turn, seconds))
        except Wait as later:
            pause, words = later.seconds, str(later)[:500]
            log.info("a channel asks to wait", connection=str(self.turn.connection_id), seconds=pause, words=words)
            self._step(lambda db: turns.went_wrong(db, self.turn, pause, words, part))
        except (Overtaken, Stop):
            raise
        except Exception as bug:  # must not be met again at once, over and over
            name = type(bug).__name__
            log.exception("a turn with a channel broke off", connection=str(self.turn.connection_id))
            self._step(lambda db: turns.went_wrong(db, self.turn, None, name, part))
        return False

    def _step(self, note: Callable[[Db], T]) -> T:
        """Note something, with what was said until now, as long as the turn is ours."""
        with work(self.actor) as db:
            turns.keep(db, self.turn)
            calls.write_down(db, self.turn.connection_id, self.telephone.notes())
            return note(db)

    def _doubt_what_was_said(self) -> None:
        """What was being said when the turn was lost may have come through after what the next speaker said."""
        if self.saying:
            with work(self.actor) as db:
                outbound.doubt(db, self.saying)
                turns.unsure(db, self.turn.connection_id)

    def _link(self) -> Link:
        with work(self.actor) as db:
            return link_of(db, db.one(Connection, self.turn.connection_id), self._keep)

    def _keep(self, renewed: Mapping[str, str], got_with: Mapping[str, Collection[str]]) -> None:
        with work(self.actor) as db:
            keep_credentials(db, self.turn.connection_id, renewed, got_with)

    # -- hearing

    def _hear(self, http: httpx.Client) -> bool:
        if not (self.turn.hear or self.turn.compare):
            return False
        id, link = self.turn.connection_id, self._link()
        at = self._step(lambda db: turns.fetching(db, id))
        found = self.adapter.fetch(http, link)

        def keep(db: Db) -> None:
            recount.told_unheard(db, id, inbox.store(db, id, found))
            turns.heard(db, id)
            calls.forget_old_calls(db, id)

        self._step(keep)
        unfinished = take_in_waiting(self.actor, id, self.adapter, link)
        unfinished = not self._acknowledge(http, link) or unfinished
        unfinished = unfinished or self._catch_up(http, link)
        self._report(http, link)
        if unfinished:
            self._step(lambda db: turns.heard_news(db, id))
        else:
            self._step(lambda db: turns.fetched(db, id, at, self.adapter.poll_seconds))
        return True

    def _acknowledge(self, http: httpx.Client, link: Link) -> bool:
        """Thank for what is in the books; whether for all of it."""
        with work(self.actor) as db:
            open_ones = inbox.unacknowledged(db, self.turn.connection_id)
        done = 0
        for message_id, receipt in _in_time(open_ones):
            try:
                self.adapter.acknowledge(http, link, [receipt])
            except Refused as no:
                log.info("a channel would not be thanked", connection=str(self.turn.connection_id), words=str(no)[:200])
                self._step(lambda db, id=message_id, words=str(no): not_thanked(db, id, words))  # type: ignore[misc]
            self._step(lambda db, id=message_id: inbox.acknowledged(db, [id]))  # type: ignore[misc]
            done += 1
        return done == len(open_ones)

    def _catch_up(self, http: httpx.Client, link: Link) -> bool:
        """Once all that it offers is taken in: what it no longer offers; whether some of that is left for the next turn."""
        id, offers = self.turn.connection_id, self.adapter.offers_seconds
        if offers is None:
            return False
        with work(self.actor) as db:
            first = missed.since(db, id, offers)
        found = missed.ask(id, self.adapter, http, link, first) if first else []
        if found is None:
            return False
        self._step(lambda db: missed.keep(db, id, self.adapter, link, found))
        return bool(found) and take_in_waiting(self.actor, id, self.adapter, link)

    def _report(self, http: httpx.Client, link: Link) -> None:
        with work(self.actor) as db:
            due = reporting.due(db, self.turn.connection_id)
        for one in due:
            answer = reporting.tell(self.adapter, http, link, one)
            self._step(lambda db, id=one.id, answer=answer: reporting.note(db, id, answer))  # type: ignore[misc]

    # -- telling

    def _describe(self, http: httpx.Client) -> bool:
        """Once a night, and whenever something of it may have changed."""
        id, describe = self.turn.connection_id, self.adapter.describe
        if describe is None or not (self.turn.tell_all or self.turn.compare):
            return False
        with work(self.actor) as db:
            told = described.due(db, id, self.turn.compare)
        if told is None:
            return False
        words = ""
        try:
            describe(http, self._link(), told.house)
        except Refused as no:
            words = str(no)
        self._step(lambda db: described.note(db, id, told, words))
        return True

    def _tell(self, http: httpx.Client) -> bool:
        if not self.turn.tell:
            return False
        link = self._link()
        whole = self._step(self._others_oversold) or self.turn.tell_all
        spoke = self._say(http, link, "rooms")
        if not whole:
            return spoke
        return self._say(http, link, "rates", priced=self._same_money(http, link)) or spoke

    def _same_money(self, http: httpx.Client, link: Link) -> bool:
        """Whether prices may be told: a number there is as much here."""
        id = self.turn.connection_id
        with work(self.actor) as db:
            row = db.one(Connection, id)
            theirs, due = row.currency_there, currency.is_due(db, row)
        if due:
            theirs, again = currency.ask(self.adapter, http, link, theirs)
            self._step(lambda db: currency.note(db, id, link.currency, theirs, again))
        return theirs == link.currency

    def _others_oversold(self, db: Db) -> bool:
        """Nights are oversold that were not, or no more: their rates are closed, or opened, as soon as their rooms are told."""
        return turns.others_oversold(db, self.turn, self._oversold(db))

    def _oversold(self, db: Db) -> str:
        return outbound.oversold(db, db.one(Connection, self.turn.connection_id), self.nights)

    def _say(self, http: httpx.Client, link: Link, part: Part, priced: bool = True) -> bool:
        id = self.turn.connection_id
        with work(self.actor) as db:
            turns.keep(db, self.turn)
            mark, last = turns.telling(db, self.turn, part)
            seen = outbound.look(db, db.one(Connection, id), self.adapter, part, self.nights, MEMORY, last, priced)
        messages = self.adapter.messages(link, seen.changes)
        waiting = sum(change.nights for message in messages for change in message.changes)
        self.accepted.unsaid = self._step(lambda db: turns.waits(db, self.turn, part, waiting)) or self.accepted.unsaid
        try:
            for place, message in enumerate(messages):
                if place and part == "rates":
                    self._rooms_first(http, link, seen.oversold)
                self._deliver(http, link, message, lambda db: turns.stands(db, self.turn, part, mark))
        except _Outdated:
            return True
        self._step(lambda db: turns.told(db, self.turn, part, mark, seen.oversold))
        MEMORY.keep(id, part, mark, seen.first, seen.prints)
        return bool(messages)

    def _rooms_first(self, http: httpx.Client, link: Link, oversold: str) -> None:
        """A year of prices takes minutes; what is sold meanwhile is told between two messages. Where other nights are oversold by
        that, those have to be closed before a price is told.
        """
        with work(self.actor) as db:
            news = turns.rooms_news(db, self.turn)
        if news > self.turn.rooms_news:
            hears = self.adapter.poll_seconds is not None and not self.turn.hear_failures
            self.turn = replace(self.turn, rooms_news=news, hear=hears)
            self._politely(lambda: self._hear(http), "hear")
            self._say(http, link, "rooms")
            if self._step(self._oversold) != oversold:
                raise _Outdated

    def _deliver(self, http: httpx.Client, link: Link, message: Message, stands: Callable[[Db], bool]) -> None:
        """Send a message; one refused as a whole is halved until what is wrong in it stands alone, so that the rest goes out.

        What the channel brings meanwhile leaves it in doubt, and the rest unsaid: the next turn knows better (`_Outdated`).
        """
        if wait := self._step(lambda db: self._about_to_say(db, message, stands)):
            raise Paced(wait, "the channel has had as many calls as it allows")
        self.saying = message.changes
        try:
            refused = self.adapter.send(http, link, message)
        except Refused as no:
            if len(message.changes) > 1:
                for half in _halves(message.changes):
                    for smaller in self.adapter.messages(link, half):
                        self._deliver(http, link, smaller, stands)
                return
            refused = {0: str(no)}

        def answered(db: Db) -> None:
            if stands(db):
                outbound.note(db, self.turn.connection_id, message.changes, refused)
                self.accepted.add(db, self.turn.connection_id, message.changes)

        self._step(answered)
        self.saying = ()

    def _about_to_say(self, db: Db, message: Message, stands: Callable[[Db], bool]) -> float:
        """How many seconds it has to wait for a call; none: from now on it is in doubt what the channel has."""
        if not stands(db):
            raise _Outdated
        wait = turns.count_call(db, self.turn, self.adapter.calls_most) if self.adapter.calls_most else 0.0
        if not wait:
            outbound.doubt(db, message.changes)
        return wait

    def _compare(self, http: httpx.Client) -> bool:
        """Once a night: what the channel shows, where it can be read; what differs is told anew by the next turn."""
        if not self.turn.compare:
            return False
        link = self._link()
        with work(self.actor) as db:
            connection = db.one(Connection, self.turn.connection_id)
            first = outbound.first_night(db, connection)
        shown = self.adapter.shown(http, link, first, self.nights)
        self._step(lambda db: compare(db, self.turn.connection_id, shown, first, self.nights))
        return True


def take_in_waiting(actor: Actor, connection_id: UUID, adapter: Adapter, link: Link) -> bool:
    """Take in the stored messages, each in a transaction of its own; whether some are left for the next turn.

    One that cannot be taken in holds up no other: it is kept, and somebody is told.
    """
    with work(actor) as db:
        ids = inbox.waiting(db, connection_id)
    outcomes = [take_in(actor, connection_id, id, adapter, link) for id in _in_time(ids)]
    return None in outcomes or len(outcomes) < len(ids)


def _in_time(some: Sequence[T]) -> Iterator[T]:
    """As many of them as there is time for in a turn, one at least."""
    until = time.monotonic() + HEAR_SECONDS
    for n, one in enumerate(some):
        if n and time.monotonic() >= until:
            return
        yield one


def take_in(actor: Actor, connection_id: UUID, message_id: UUID, adapter: Adapter, link: Link) -> Outcome | None:
    """Take in one stored message; None when somebody was at the same booking and it has to be tried again."""
    try:
        return _tried(actor, connection_id, message_id, adapter, link)
    except (*AGAIN, OperationalError, psycopg.OperationalError):  # the latter: a lock, a time limit, a line that broke
        return None
    except Possible:
        return _answered(actor, message_id, "")
    except SoldOut as no:  # only to one who asked
        return _answered(actor, message_id, str(no))
    except (Refusal, Unreadable) as no:
        return _not_taken_in(actor, connection_id, message_id, adapter, link, str(no))
    except Exception:  # a bug met by one message must not hold up the others, nor lose it
        log.exception("a channel's message could not be taken in", message=str(message_id))
        return _not_taken_in(actor, connection_id, message_id, adapter, link, OURS)


def _not_taken_in(
    actor: Actor, connection_id: UUID, message_id: UUID, adapter: Adapter, link: Link, words: str
) -> Outcome | None:
    """It was not understood, but was sold: rooms are held as far as its dates can be seen, and it is not acknowledged. Where some
    are, the channel must not hear that it was refused: it would end the sale that stands here.
    """
    code = ""
    try:
        with suppress(Unreadable), work(actor) as db:
            inbox.lock(db, connection_id)
            message = inbox.open_message(db, message_id)
            if message.state not in UNTAKEN:
                return known_outcome(db, message_id)
            seen = adapter.glimpse(link, message.text)
            if booking := seen.booking or message.booking:
                order = seen.order or f"{message.number:020d}"
                code = hold(db, db.one(Connection, connection_id), adapter.name, replace(seen, booking=booking), order)
    except (*AGAIN, OperationalError, psycopg.OperationalError):
        return None
    except Exception:  # nothing can be held: it is people's all the same
        log.exception("no rooms could be held for a channel's message", message=str(message_id))
    return _stuck(actor, connection_id, message_id, words, code)


def _stuck(actor: Actor, connection_id: UUID, message_id: UUID, words: str, code: str) -> Outcome:
    """Unless somebody else has taken it in meanwhile: a turn and whoever answers the channel may have the same message."""
    with work(actor) as db:
        inbox.lock(db, connection_id)
        if inbox.open_message(db, message_id).state not in UNTAKEN:
            return known_outcome(db, message_id)
        booking = inbox.close(db, message_id, "stuck", words)
    return Outcome(booking, "attention" if code else "refused", code, words)


def _tried(actor: Actor, connection_id: UUID, message_id: UUID, adapter: Adapter, link: Link, times: int = 3) -> Outcome:
    """Some times, where a colleague changed the same stay while we waited for it: what is there now is looked at anew."""
    try:
        with work(actor) as db:
            return _applied(db, connection_id, message_id, adapter, link)
    except (NotInThisState, MovedMeanwhile):
        if times == 1:
            raise
    return _tried(actor, connection_id, message_id, adapter, link, times - 1)


def _answered(actor: Actor, message_id: UUID, words: str) -> Outcome:
    """A question of which nothing stays: with yes, or why not."""
    with work(actor) as db:
        booking = inbox.close(db, message_id, "applied", words)
    return Outcome(booking, "refused" if words else "applied", words=words)


def _applied(db: Db, connection_id: UUID, message_id: UUID, adapter: Adapter, link: Link) -> Outcome:
    inbox.lock(db, connection_id)
    message = inbox.open_message(db, message_id)
    connection = db.one(Connection, connection_id)
    incoming = adapter.read(link, message.text)
    if message.state != "stored" and incoming.status != "asked":  # a question is answered anew, however often it is asked
        return known_outcome(db, message_id)
    done = apply(db, connection, adapter.name, incoming, incoming.order or f"{message.number:020d}")
    state = "overtaken" if done.overtaken else "attention" if done.problems else "applied"
    words = said(done.problems, "en")
    inbox.close(db, message_id, state, words)
    if not done.overtaken and incoming.status != "asked":
        inbox.overtake(db, connection_id, message)
    return Outcome(incoming.booking, "attention" if done.problems else "applied", done.code, words)


def take_in_brought(
    actor: Actor, connection_id: UUID, received: Sequence[Received], adapter: Adapter, link: Link
) -> list[Outcome]:
    """What a channel brings us: stored first, then taken in at once. What cannot be now is left to the next turn, and the channel
    hears that it is for later: refused, it would be no sale there and one here.
    """
    with work(actor) as db:
        inbox.lock(db, connection_id)
        inbox.store(db, connection_id, received)
        ids = inbox.brought(db, connection_id, received)
        turns.heard_news(db, connection_id)
    outcomes = []
    for one, id in zip(received, ids, strict=True):
        outcome = take_in(actor, connection_id, id, adapter, link)
        outcomes.append(replace(outcome or Outcome(one.booking, "later", words="busy"), receipt=one.receipt))
    return outcomes


def _halves(changes: Sequence[Change]) -> tuple[Sequence[Change], Sequence[Change]]:
    middle = len(changes) // 2
    return changes[:middle], changes[middle:]

"""What a tab shows of channels: all connections, what somebody has to see to, or one connection; all by its address, all live."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, get_args
from uuid import UUID

import reflex as rx
from pydantic import Field

from pms.channels import agreement, calls, connections, inbox, mapping, queries
from pms.channels.apply import settle
from pms.channels.calendars import queries as calendars
from pms.channels.conversation import NIGHTS
from pms.kernel import refusals
from pms.kernel.actor import Actor
from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.refusals import NotFound
from pms.kernel.words import N_, translate
from pms.settings import settings
from pms.ui.channels import feed_rows, rows
from pms.ui.channels.feed_rows import Feed
from pms.ui.channels.feed_state import Calendars
from pms.ui.channels.rows import Ability, Call, Difference, Line, Message, Progress, Refusal, Stuck, Trouble
from pms.ui.shell import LiveView, News, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.live import Stories

ROUTE = "/channels"
TOLD = frozenset({"channel_connection.told", "channel_connection.waits"})
"""What happens most: a channel has accepted something."""
Part = Literal["state", "mapping", "messages", "calls", "refused", "compared", "access"]
Step = Literal["mapping", "check", "tell"]
View = Literal["list", "attention", "new", "one", "feeds", "feed", "new_feed"]
PARTS: tuple[Part, ...] = get_args(Part)
CallNumber = Annotated[int, Field(ge=1, lt=2**63)]
STATES = {
    "live": N_("{channel} is live."),
    "testing": N_("{channel} is being tested."),
    "paused": N_("{channel} is paused."),
}
STEPS: tuple[Step, ...] = get_args(Step)


class Sight(NamedTuple):
    """What a tab looks at: a view; of one connection, a part of it or a step of its setting up; or one calendar (`feed`)."""

    view: View = "list"
    connection: UUID | None = None
    part: Part = "state"
    step: Step | None = None
    feed: UUID | None = None


@dataclass(frozen=True)
class Found:
    """What a sight shows, shaped for the person who looks."""

    lines: list[Line] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    stuck: list[Stuck] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    one: Line = field(default_factory=Line)
    messages: list[Message] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    abilities: list[Ability] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)
    products: tuple[queries.ProductLine, ...] | None = None
    ours: mapping.Ours | None = None


class Channels(rx.State):
    """`view`, `part` and `step` are what the address says. `asking` is the connection about to be told everything, `pausing` the
    one about to be paused, `ending` says that one is about to be ended; `texts` are a message or call that was opened, `hook`
    is where the channel may call us.
    """

    ready: bool = False
    view: View = "list"
    part: Part = "state"
    step: str = ""
    lines: list[Line] = []
    troubles: list[Trouble] = []
    stuck: list[Stuck] = []
    feeds: list[Feed] = []
    one: Line = Line()
    messages: list[Message] = []
    calls: list[Call] = []
    refusals: list[Refusal] = []
    differences: list[Difference] = []
    abilities: list[Ability] = []
    progress: Progress = Progress()
    asking: Line = Line()
    pausing: Line = Line()
    ending: bool = False
    hook: str = ""
    text_title: str = ""
    texts: list[list[str]] = []
    _sight: Sight = Sight()

    @handler
    async def load(self) -> Any:
        """Show what the address says."""
        from pms.ui.channels.map_state import Mapping
        from pms.ui.channels.set_up_state import SetUp

        asked = self.router.url.query_parameters
        if "state" in asked:
            return await self._come_back(asked["state"], asked.get("code", ""))
        self._sight = sight_of(asked)
        self.view, self.part, self.step = self._sight.view, self._sight.part, self._sight.step or ""
        self.asking, self.pausing, self.ending, self.text_title, self.texts = Line(), Line(), False, "", []
        if self.view == "new":
            await (await self.get_state(SetUp))._begin()
        try:
            opened = await self._open()
        except NotFound:
            self.view, self._sight = "list", Sight()
            opened = await self._open()
        self.ready = True
        if opened is not None:
            return opened
        if self.view != "one":
            return None
        self.hook = f"{settings().public_url}/hooks/{self.one.id}"
        await (await self.get_state(SetUp))._know(self.one.code)
        if self.one.is_new and not self.step and self.part == "state":
            self.step = "mapping"
            self._sight = self._sight._replace(step="mapping")
            await self._paint()
        if self.step == "check":
            return SetUp.count
        return Mapping.read if self._shows_mapping() else None

    async def _come_back(self, proof: str, code: str) -> Any:
        """Somebody has agreed at the channel, or not (then there is no code): on with the connection they were sent out for."""
        try:
            connection = await act(self, agreement.begun, proof)
            if code:
                await act(self, agreement.agreed, proof, code)
            line = await act(self, queries.connection, connection)
        except refusals.Refusal as no:
            return [rx.redirect(ROUTE, replace=True), notice(no.say((await actor_of(self)).locale), bad=True)]
        return rx.redirect(f"{ROUTE}?connection={connection}&{'step' if line.is_new else 'part'}=mapping", replace=True)

    def _shows_mapping(self) -> bool:
        return self.step == "mapping" or (not self.step and self.part == "mapping")

    async def _open(self) -> Any:
        """Show what is looked at for the first time; what is to be done then, if anything."""
        mine = await self.get_state(Calendars)
        match self.view:
            case "feeds" | "feed":
                return await mine._open(self._sight.feed)
            case "new_feed":
                return await mine._begin(self.router.url.query_parameters.get("property", ""))
        await self._paint()
        return None

    async def _paint(self) -> None:
        """Load what is looked at, and keep it live."""
        await show(self, VIEW, self._sight)

    @handler
    async def look(self) -> Any:
        """How it stands by now: calls and answers leave no mark in the journal, so the page asks now and then. A connection that
        has ended meanwhile leaves the page.
        """
        if self.ready and self.view in ("feeds", "feed"):
            await (await self.get_state(Calendars))._paint()
        elif self.ready and self.view not in ("new", "new_feed"):
            try:
                await self._paint()
            except NotFound:
                return await self._gone(self.one.channel)
        return None

    async def _gone(self, channel: str) -> Any:
        self.ending, self._sight = False, Sight()
        said = translate("{channel} is disconnected. Its bookings stay.", (await actor_of(self)).locale, channel=channel)
        return [notice(said), rx.redirect(ROUTE)]

    def _looked_at(self) -> UUID:
        """The connection that is open. Refuses `NotFound` when none is."""
        if self._sight.connection is None:
            raise NotFound(what="channel connection")
        return self._sight.connection

    @handler
    async def set_state(self, connection: UUID, version: int, state: Literal["live", "testing", "paused"]) -> Any:
        """Speak to it, or not."""
        await act(self, connections.set_state, connection, version, state)
        await self._paint()
        return await self._say(STATES[state], connection)

    async def _say(self, sentence: str, connection: UUID) -> Any:
        line = await act(self, queries.connection, connection)
        return notice(translate(sentence, (await actor_of(self)).locale, channel=rows.channel_name(line.channel)))

    @handler
    async def try_again(self, connection: UUID) -> Any:
        """Have told once more what was refused."""
        await act(self, connections.try_refused_again, connection)
        await self._paint()
        return await self._say(N_("What {channel} refused is sent again."), connection)

    @handler
    async def try_now(self, connection: UUID) -> Any:
        """Do not wait for the next try."""
        await act(self, connections.try_now, connection)
        await self._paint()
        return await self._say(N_("{channel} is tried at once."), connection)

    @handler
    async def compare(self, connection: UUID) -> Any:
        """Look now whether it shows what it accepted."""
        await act(self, connections.compare_now, connection)
        await self._paint()
        return await self._say(N_("{channel} is compared in a moment."), connection)

    @handler
    async def ask(self, connection: UUID) -> None:
        """One more question before it is told everything."""
        self.asking = await self._line(connection)

    @handler
    async def ask_to_pause(self, connection: UUID) -> None:
        """What pausing means, before it is done."""
        self.pausing = await self._line(connection)

    async def _line(self, connection: UUID) -> Line:
        line = await act(self, queries.connection, connection)
        return rows.line(line, (await actor_of(self)).locale, datetime.now(UTC))

    @handler
    async def never_mind(self) -> None:
        """No."""
        self.asking, self.pausing, self.ending = Line(), Line(), False

    @handler
    async def pause(self) -> Any:
        """Say nothing more to it for a while."""
        if not self.pausing.id:
            raise NotFound(what="channel connection")
        id, version, self.pausing = UUID(self.pausing.id), self.pausing.version, Line()
        await act(self, connections.set_state, id, version, "paused")
        await self._paint()
        return await self._say(STATES["paused"], id)

    @handler
    async def tell_everything(self) -> Any:
        """A full sync."""
        if not self.asking.id:
            raise NotFound(what="channel connection")
        id, self.asking = UUID(self.asking.id), Line()
        await act(self, connections.tell_everything, id)
        await self._paint()
        return await self._say(N_("{channel} is told everything anew."), id)

    @handler
    async def ask_to_end(self) -> None:
        """One more question before the connection ends."""
        self._looked_at()
        self.ending = True

    @handler
    async def close_and_end(self, version: int) -> Any:
        """Close everything there; the connection ends when that is done."""
        id = self._looked_at()
        await act(self, connections.close_and_disconnect, id, version)
        self.ending = False
        said = await self._say(N_("{channel} is being closed. Its connection ends when it is."), id)
        return [said, rx.redirect(f"{ROUTE}?connection={id}")]

    @handler
    async def end(self, version: int) -> Any:
        """Speak to the channel no more, whatever it shows."""
        id, name = self._looked_at(), self.one.channel
        await act(self, connections.disconnect, id, version)
        return await self._gone(name)

    @handler
    async def settle(self, booking: UUID, version: int) -> Any:
        """Somebody has seen to a booking."""
        await act(self, settle, booking, version)
        await self._paint()
        return notice(translate("Seen to.", (await actor_of(self)).locale))

    @handler
    async def see_to(self, message: UUID) -> Any:
        """Somebody has seen to a message that is of no booking of ours."""
        await act(self, inbox.see_to, message)
        await self._paint()
        return notice(translate("Seen to.", (await actor_of(self)).locale))

    @handler
    async def take_in_again(self, message: UUID) -> Any:
        """Have a message handled once more."""
        await act(self, inbox.replay, message)
        await self._paint()
        return notice(translate("It is taken in again in a moment.", (await actor_of(self)).locale))

    @handler
    async def open_message(self, message: UUID) -> None:
        """What it said, word for word; for who may see guests."""
        text = await act(self, inbox.message_text, message)
        locale = (await actor_of(self)).locale
        self.text_title, self.texts = translate("As the channel sent it", locale), [["", text]]

    @handler
    async def open_call(self, call: CallNumber) -> None:
        """What was said and answered; for who may see guests."""
        said, answered = await act(self, calls.call_texts, call)
        locale = (await actor_of(self)).locale
        self.text_title = translate("What was said", locale)
        self.texts = [[translate("Request", locale), said], [translate("Answer", locale), answered]]

    @handler
    async def close_text(self) -> None:
        """Away with it."""
        self.text_title, self.texts = "", []


def sight_of(asked: Any) -> Sight:
    """What an address asks for; untrusted: what is odd counts as absent."""
    if asked.get("new"):
        return Sight("new_feed" if asked["new"] == "ical" else "new")
    if asked.get("tab") in ("attention", "calendars"):
        return Sight("attention" if asked["tab"] == "attention" else "feeds")
    try:
        id = UUID(asked.get("connection") or asked.get("calendar", ""))
    except ValueError:
        return Sight()
    if not asked.get("connection"):
        return Sight("feed", feed=id)
    part: Part = next((one for one in PARTS if one == asked.get("part")), "state")
    return Sight("one", id, part, next((one for one in STEPS if one == asked.get("step")), None))


def _load(actor: Actor, sight: Sight, news: Stories) -> Found:
    return as_actor(actor, _read, sight)


def _read(db: Db, sight: Sight) -> Found:
    now, locale = datetime.now(UTC), db.actor.locale
    if sight.connection is not None:
        return _read_one(db, sight, queries.connection(db, sight.connection), now)
    if sight.view == "attention":
        return Found(
            rows.lines([one for one in queries.connections(db) if one.needs], locale, now),
            [rows.trouble(one, locale, now) for one in queries.troubled_bookings(db)],
            [rows.stuck(one, locale, now) for one in queries.stuck_messages(db)],
            [feed_rows.feed(one, locale, now) for one in calendars.feeds(db) if one.needs],
        )
    return Found(rows.lines(queries.connections(db), locale, now))


def _read_one(db: Db, sight: Sight, line: queries.ConnectionLine, now: datetime) -> Found:
    locale, zone = db.actor.locale, line.timezone
    one, first = rows.line(line, locale, now), today(zone)
    if sight.step == "tell":
        return Found(one=one, progress=rows.progress(_synced(db, line, first), locale))
    if sight.step == "mapping" or (sight.step is None and sight.part == "mapping"):
        return Found(one=one, products=tuple(queries.products(db, line.id)), ours=mapping.ours_of(db, line.id))
    if sight.step is not None:
        return Found(one=one)
    match sight.part:
        case "messages":
            found = queries.messages(db, line.id)
            return Found(one=one, messages=[rows.message(m, line.property_id, locale, zone, now) for m in found])
        case "calls":
            return Found(one=one, calls=[rows.call(call, locale, zone, now) for call in queries.calls(db, line.id)])
        case "refused":
            names = rows.named(queries.products(db, line.id))
            cells = queries.refused_cells(db, line.id, first)
            return Found(one=one, refusals=rows.refusals(cells, names, line.currency, locale))
        case "compared":
            names = rows.named(queries.products(db, line.id))
            return Found(one=one, differences=rows.differences(line.drift, names, line.currency, locale))
        case _:
            knows, uses, left_out = (read(db, line.id) for read in (queries.knows, queries.uses, queries.taxes_left_out))
            far = rows.progress(_synced(db, line, first), locale) if line.state == "closing" else Progress()
            abilities = [*rows.abilities(knows, uses, left_out, locale), rows.money(line.channel, line.currency, locale)]
            return Found(one=one, abilities=abilities, progress=far)


def _synced(db: Db, line: queries.ConnectionLine, first: date) -> queries.Synced:
    return queries.synced(db, line, first, first + timedelta(days=NIGHTS))


async def _apply(state: Any, found: Found, news: Stories) -> None:
    from pms.ui.channels.map_state import Mapping

    for name in (
        "lines",
        "troubles",
        "stuck",
        "feeds",
        "one",
        "messages",
        "calls",
        "refusals",
        "differences",
        "abilities",
        "progress",
    ):
        if getattr(state, name) != getattr(found, name):
            setattr(state, name, getattr(found, name))
    if found.products is not None and found.ours is not None:
        (await state.get_state(Mapping))._put(found.products, found.ours)


def _concerns(news: News, sight: Sight) -> bool:
    """A connection that was told changes its own card and page, and nothing that waits for somebody; a calendar only that."""
    if sight.view == "attention":
        return news.event not in TOLD
    if news.entity == "calendar_feed" or sight.view == "new":
        return False
    return news.entity != "channel_connection" or sight.connection is None or news.entity_id == str(sight.connection)


VIEW = LiveView(state=Channels, topics=frozenset({"channels"}), load=_load, apply=_apply, concerns=_concerns)

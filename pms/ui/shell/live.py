"""Live screens: one listener per web process repaints the tabs connected to it, and no others.

    VIEW = LiveView(state=Calendar, topics=frozenset({"calendar"}), load=load_rows, apply=put_rows, concerns=touches)

    class Calendar(rx.State):
        @handler
        async def load(self):
            await show(self, VIEW, Window(property_id, first, days))

`show` remembers what the tab looks at, loads it in a thread and applies it: call it on load and whenever the window moves. From
then on, whenever something happened that concerns the window, `load(actor, window, news)` runs once for all tabs that show the
same thing to people who may see the same, and `apply(state, data, news)` runs in each tab under its lock: no queries there. What
`apply` returns is an event the tab runs then (a message to the person, mostly), or None.
`news` is what happened, in order, or None for "show everything afresh" (first load, lost messages, changed permissions).
State after live updates must equal state freshly loaded; the tests compare them.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from redis.asyncio import Redis
from redis.exceptions import RedisError
from reflex_base.event import Event

from pms.accounts.sessions import actor_from_token
from pms.kernel.actor import Actor
from pms.kernel.refusals import Refusal
from pms.reactions import LIVE_CHANNEL
from pms.settings import settings
from pms.ui.shell.act import SignedOut, in_thread, session_token

log = logging.getLogger("octaspace.live")

AT_ONCE = 8
"""So many tabs are written to at the same time: more would only queue for the same processor."""
GATHER = 0.012
"""Seconds to wait for more news of the same commit before anybody is repainted."""
TRY_AGAIN = 2.0
"""Seconds until a view that could not be loaded is loaded again."""
ACCESS = "access"
"""The topic after which everybody concerned passes the guard anew."""


@dataclass(frozen=True)
class News:
    """One thing that happened, as the relay tells it: names rows and what changed in them."""

    id: int
    event: str
    entity: str
    entity_id: str | None
    property_id: str | None
    organization_id: str
    topics: frozenset[str]
    actor_id: str | None
    actor_name: str
    before: dict[str, Any] | None = field(hash=False, compare=False, default=None)
    after: dict[str, Any] | None = field(hash=False, compare=False, default=None)


Stories = tuple[News, ...] | None


def everything(news: News, window: Any) -> bool:
    """The default of `LiveView.concerns`: whatever has the right topic."""
    return True


@dataclass(frozen=True)
class LiveView:
    """How one kind of screen is kept up to date. `window` is hashable: what exactly a tab shows."""

    state: type[rx.State]
    topics: frozenset[str]
    load: Callable[[Actor, Any, Stories], Any]
    apply: Callable[[Any, Any, Stories], Any]
    concerns: Callable[[News, Any], bool] = everything


@dataclass
class _Watch:
    """One view in one tab. `serial` grows with every `show`, so that older data never overwrites newer."""

    view: LiveView
    window: Hashable
    serial: int
    news: list[News] = field(default_factory=list)
    all: bool = False

    @property
    def is_due(self) -> bool:
        return self.all or bool(self.news)


@dataclass
class _Tab:
    actor: Actor
    session: str | None
    guard: rx.event.EventSpec
    learn: rx.event.EventSpec | None = None
    watches: dict[LiveView, _Watch] = field(default_factory=dict)
    busy: bool = False


class Hub:
    """The tabs of this process, what each looks at, and what each has yet to hear."""

    def __init__(self) -> None:
        self.tabs: dict[str, _Tab] = {}
        self._serial = 0
        self._due = asyncio.Event()
        self._writing = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def watch(self, token: str, view: LiveView, window: Hashable) -> _Watch | None:
        """Remember that the tab shows this; earlier news of it are about to be loaded anyway."""
        if (tab := self.tabs.get(token)) is None:
            return None
        self._serial += 1
        tab.watches[view] = _Watch(view, window, self._serial)
        return tab.watches[view]

    def hear(self, news: News) -> None:
        """Note the news for every tab whose window it concerns."""
        for token, tab in self.tabs.items():
            if str(tab.actor.organization_id) != news.organization_id:
                continue
            if ACCESS in news.topics:
                self._start(self._guard(token, tab, houses=news.event.startswith("property.")))
            for watch in tab.watches.values():
                if watch.view.topics & news.topics and watch.view.concerns(news, watch.window):
                    watch.news.append(news)
                    self._due.set()

    def hear_all(self) -> None:
        """Messages may have been missed, a permission withdrawn among them: all is shown afresh to those who still may."""
        for token, tab in self.tabs.items():
            self._start(self._catch_up(token, tab))

    async def _catch_up(self, token: str, tab: _Tab) -> None:
        if await self._guard(token, tab):
            for watch in tab.watches.values():
                watch.all = True
            self._due.set()

    async def pump(self, app: rx.App) -> None:
        """Repaint, round after round, for as long as the process lives."""
        self.app = app
        while True:
            await self._due.wait()
            await asyncio.sleep(GATHER)
            self._due.clear()
            try:
                self._round()
            except Exception:  # the process must go on repainting whatever one round met
                log.exception("a round of live updates failed")

    def _round(self) -> None:
        self._drop_gone()
        for group in self._groups().values():
            self._start(self._serve(group))

    def _drop_gone(self) -> None:
        """Forget tabs whose socket is closed; one that comes back registers again."""
        for token in [token for token, tab in self.tabs.items() if not tab.busy and not self._is_here(token)]:
            del self.tabs[token]

    def _is_here(self, token: str) -> bool:
        manager = self.app.event_namespace._token_manager  # type: ignore[union-attr]
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    def _groups(self) -> dict[Hashable, list[tuple[str, _Tab, _Watch, Stories]]]:
        """Who has the same thing to load: same view, window, news, and the same rights to see."""
        groups: dict[Hashable, list[tuple[str, _Tab, _Watch, Stories]]] = {}
        for token, tab in self.tabs.items():
            due = [] if tab.busy else [watch for watch in tab.watches.values() if watch.is_due]
            for watch in due:
                stories: Stories = None if watch.all else tuple(watch.news)
                watch.news, watch.all = [], False
                key = (watch.view, watch.window, _sight(tab.actor), stories and tuple(news.id for news in stories))
                groups.setdefault(key, []).append((token, tab, watch, stories))
            tab.busy = tab.busy or bool(due)
        return groups

    async def _serve(self, group: list[tuple[str, _Tab, _Watch, Stories]]) -> None:
        _, tab, watch, stories = group[0]
        try:
            data = await in_thread(watch.view.load, tab.actor, watch.window, stories)
            await asyncio.gather(*(self._paint(token, watch, data, stories) for token, _, watch, stories in group))
        except Refusal as no:
            log.info("not shown any longer: %s", no)
        except Exception:
            self._again(group)
            raise
        finally:
            for _, tab, _, _ in group:
                tab.busy = False
                if any(watch.news for watch in tab.watches.values()):
                    self._due.set()

    def _again(self, group: list[tuple[str, _Tab, _Watch, Stories]]) -> None:
        """What could not be loaded is to be shown afresh, a little later."""
        for _, _, watch, _ in group:
            watch.all = True
        asyncio.get_running_loop().call_later(TRY_AGAIN, self._due.set)

    async def _paint(self, token: str, watch: _Watch, data: Any, stories: Stories) -> None:
        async with self._writing:
            if not self._is_here(token):
                return
            async with self.app.modify_state(rx.BaseStateToken(ident=token, cls=watch.view.state)) as root:
                tab = self.tabs.get(token)
                if tab is None or (present := tab.watches.get(watch.view)) is None or present.serial != watch.serial:
                    return  # the tab moved on, and loaded what it shows after this was loaded
                event = await _apply(watch.view, await root.get_state(watch.view.state), data, stories)
        if event is not None:
            await self._let_in(token, event)

    async def _guard(self, token: str, tab: _Tab, houses: bool = False) -> bool:
        """Let the tab pass the guard again if who sits there may do other things now, or nothing any more; whether not.

        If not, and `houses` changed, let it learn which there are and what they are called.
        """
        actor = await self._present(tab)
        if actor == tab.actor and self.tabs.get(token) is tab:
            if houses and tab.learn is not None and self._is_here(token):
                await self._let_in(token, tab.learn)
            return True
        if self._is_here(token):
            await self._let_in(token, tab.guard)
        return False

    async def _present(self, tab: _Tab) -> Actor | None:
        """Who sits there now, asked until the database answers: news of access come once, and must not be lost with it."""
        while True:
            try:
                return await in_thread(actor_from_token, tab.session)
            except Exception:
                log.exception("nobody to ask who sits at a tab; asking again")
                await asyncio.sleep(TRY_AGAIN)

    async def _let_in(self, token: str, guard: rx.event.EventSpec) -> None:
        for event in Event.from_event_type(guard):
            await self.app.event_processor.enqueue(token, event)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            log.error("a live update failed", exc_info=problem)


_hub: Hub | None = None


def hub() -> Hub:
    """The hub of this process; made on first use, for processes fork after import."""
    global _hub
    if _hub is None:
        _hub = Hub()
    return _hub


def enter(
    token: str, actor: Actor, session: str | None, guard: rx.event.EventSpec, learn: rx.event.EventSpec | None = None
) -> None:
    """A tab opened a screen: it shows nothing live yet.

    `guard` is the event that lets it pass the guard anew, `learn` the one after which it knows the properties there are.
    """
    hub().tabs[token] = _Tab(actor, session, guard, learn)


def forget(token: str) -> None:
    """The tab left its screen."""
    hub().tabs.pop(token, None)


async def show(state: rx.State, view: LiveView, window: Hashable) -> None:
    """Show the window in this tab, from now on live. Called by the tab's own handler, hence under its lock.

    Raises `SignedOut`, and what `view.load` refuses; `@handler` answers both.
    """
    token = session_token(state)
    hub().watch(state.router.session.client_token, view, window)

    def load() -> Any:
        actor = actor_from_token(token)
        if actor is None:
            raise SignedOut()
        return view.load(actor, window, None)

    await _apply(view, await state.get_state(view.state), await in_thread(load), None)


async def _apply(view: LiveView, state: Any, data: Any, stories: Stories) -> rx.event.EventSpec | None:
    result = view.apply(state, data, stories)
    return await result if inspect.isawaitable(result) else result  # type: ignore[no-any-return]


def _sight(actor: Actor) -> Hashable:
    """What decides which data somebody sees, and in which language."""
    return actor.organization_id, actor.permissions, actor.property_ids, actor.locale


def read(data: bytes | str) -> News | None:
    """A message of the relay; None for what is none."""
    try:
        told = json.loads(data)
        texts = {name: told.get(name) for name in ("entity_id", "property_id", "actor_id")}
        return News(
            id=int(told["id"]),
            event=str(told["event"]),
            entity=str(told["entity"]),
            organization_id=str(told["organization_id"]),
            topics=frozenset(told["topics"]),
            actor_name=str(told.get("actor_name") or ""),
            before=told.get("before"),
            after=told.get("after"),
            **texts,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("not a live message: %.200r", data)
        return None


async def listen(url: str) -> None:
    """Hear the relay for as long as the process lives; after every gap in hearing, everything is shown afresh."""
    pause = 0.2
    while True:
        with suppress(RedisError, OSError):
            async with Redis.from_url(url, health_check_interval=15) as redis, redis.pubsub() as pubsub:
                await pubsub.subscribe(LIVE_CHANNEL)
                hub().hear_all()
                pause = 0.2
                await _hear(pubsub)
        log.warning("lost Redis; listening again in %.1f s", pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 5.0)


async def _hear(pubsub: Any) -> None:
    async for message in pubsub.listen():
        if message["type"] == "message" and (news := read(message["data"])):
            try:
                hub().hear(news)
            except Exception:  # a screen's `concerns` that fails must not leave the others deaf
                log.exception("news %s could not be heard", news.event)


async def keep_live(app: rx.App) -> None:
    """The lifespan task: one per web process."""
    url = settings().redis_url
    works: Iterable[Any] = [hub().pump(app)] if url is None else [hub().pump(app), listen(url)]
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)

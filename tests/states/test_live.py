"""The live hub: who is told, how often anybody asks the database, and what happens when nobody hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
import redis
import reflex as rx
from reflex.utils.token_manager import SocketRecord

from pms.accounts.sessions import actor_from_token
from pms.kernel.actor import Actor
from pms.reactions import LIVE_CHANNEL
from pms.settings import settings
from pms.ui.shell import Session, live
from pms.ui.shell.live import Hub, LiveView, News
from tests.builders import Cast
from tests.states.tab import session_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

LOADS: list[tuple[str, Any, Any]] = []


class Board(rx.State):
    """A screen with one line on it."""

    line: str = ""
    painted: int = 0


def _load(actor: Actor, window: Any, news: Any) -> str:
    LOADS.append((actor.name, window, None if news is None else [one.event for one in news]))
    if window == "broken" and len(LOADS) == 1:
        raise OSError("the database was away")
    return f"{window}: {'all' if news is None else ','.join(one.event for one in news)}"


def _apply(state: Board, data: str, news: Any) -> None:
    state.line, state.painted = data, state.painted + 1


def _concerns(news: News, window: Any) -> bool:
    return news.property_id in (None, window, "all")


VIEW = LiveView(state=Board, topics=frozenset({"calendar"}), load=_load, apply=_apply, concerns=_concerns)


class Stage:
    """A hub at work on the real application, with tabs that count as connected."""

    def __init__(self, app: rx.App, hub: Hub) -> None:
        self.app, self.hub = app, hub
        self.manager = app.event_namespace._token_manager  # type: ignore[union-attr]

    def tab(self, actor: Actor, window: str, session: str | None = None) -> str:
        token = f"tab-{len(self.hub.tabs)}-{id(self)}"
        self.manager.token_to_socket[token] = SocketRecord(instance_id=self.manager.instance_id, sid=f"sid-{token}")
        live.enter(token, actor, session, Session.enter("/"))  # type: ignore[call-arg]
        self.hub.watch(token, VIEW, window)
        return token

    def seated(self, actor: Actor, window: str) -> str:
        """A tab of somebody really signed in."""
        session = session_of(actor)
        present = actor_from_token(session)
        assert present
        return self.tab(present, window, session)

    def guarded(self) -> list[str]:
        """The tabs that are made to pass the guard again, from now on, instead of their doing so."""
        passed: list[str] = []

        async def note(token: str, event: Any) -> None:
            passed.append(token)

        self.hub._let_in = note  # type: ignore[method-assign]
        return passed

    async def board(self, token: str) -> Board:
        async with self.app.modify_state(rx.BaseStateToken(ident=token, cls=Board)) as root:
            return await root.get_state(Board)

    async def settle(self, token: str, line: str) -> None:
        """Wait until the tab shows this."""
        for _ in range(200):
            if (await self.board(token)).line == line:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"shows {(await self.board(token)).line!r}, not {line!r}")


@pytest_asyncio.fixture(loop_scope="module")
async def stage() -> AsyncIterator[Stage]:
    """One process's hub, listening to the real Redis."""
    from pms.pms import app

    LOADS.clear()
    live._hub = Hub()
    async with app._setup_event_processor():
        task = asyncio.create_task(live.keep_live(app))
        await asyncio.sleep(0.3)
        yield Stage(app, live.hub())
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    live._hub = None


def _tell(actor: Actor, event: str = "stay.moved", topics: tuple[str, ...] = ("calendar",), number: int = 1, **more: Any) -> None:
    told = {"id": number, "event": event, "entity": "stay", "topics": topics, **more}
    told["organization_id"] = str(actor.organization_id)
    with redis.Redis.from_url(settings().redis_url or "") as connection:
        connection.publish(LIVE_CHANNEL, json.dumps(told))


def _lose_redis() -> None:
    with redis.Redis.from_url(settings().redis_url or "") as connection:
        connection.client_kill_filter(_type="pubsub")


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("never happened")


async def test_a_window_is_asked_once_however_many_tabs_show_it(stage: Stage, cast: Cast) -> None:
    tabs = [stage.tab(cast.rita, "a") for _ in range(5)]
    _tell(cast.rita)
    for tab in tabs:
        await stage.settle(tab, "a: stay.moved")
    assert len(LOADS) == 1


async def test_who_may_see_less_is_asked_for_apart(stage: Stage, cast: Cast) -> None:
    tabs = [stage.tab(cast.rita, "a"), stage.tab(cast.hana, "a")]
    _tell(cast.rita)
    for tab in tabs:
        await stage.settle(tab, "a: stay.moved")
    assert sorted(name for name, _, _ in LOADS) == ["Hana Keys", "Rita Desk"]


async def test_neighbours_other_topics_and_other_windows_hear_nothing(stage: Stage, cast: Cast) -> None:
    mine, theirs = stage.tab(cast.rita, "a"), stage.tab(cast.otto, "a")
    _tell(cast.otto)
    _tell(cast.rita, topics=("imports",), number=2)
    _tell(cast.rita, property_id="b", number=3)
    await stage.settle(theirs, "a: stay.moved")
    assert (await stage.board(mine)).painted == 0


async def test_a_burst_is_painted_in_few_strokes_and_in_order(stage: Stage, cast: Cast) -> None:
    tab = stage.tab(cast.rita, "a")
    for number in range(30):
        _tell(cast.rita, event=f"stay.{number}", number=number)
    for _ in range(200):
        if "stay.29" in (await stage.board(tab)).line:
            break
        await asyncio.sleep(0.02)
    heard = [event for _, _, events in LOADS for event in events]
    assert heard == [f"stay.{number}" for number in range(30)]
    assert (await stage.board(tab)).painted <= 10


async def test_older_data_never_overwrites_what_a_tab_showed_since(stage: Stage, cast: Cast) -> None:
    tab = stage.tab(cast.rita, "a")
    watch = stage.hub.tabs[tab].watches[VIEW]
    stage.hub.watch(tab, VIEW, "b")
    await stage.hub._paint(tab, watch, "a: stale", None)
    assert (await stage.board(tab)).painted == 0


async def test_tabs_that_are_gone_are_forgotten(stage: Stage, cast: Cast) -> None:
    gone, here = stage.tab(cast.rita, "a"), stage.tab(cast.rita, "a")
    del stage.manager.token_to_socket[gone]
    _tell(cast.rita)
    await stage.settle(here, "a: stay.moved")
    assert set(stage.hub.tabs) == {here}


async def test_after_a_gap_in_hearing_everything_is_shown_afresh(stage: Stage, cast: Cast) -> None:
    tab = stage.seated(cast.rita, "a")
    _lose_redis()
    await stage.settle(tab, "a: all")


async def test_who_lost_a_permission_during_the_gap_is_shown_nothing_afresh(stage: Stage, cast: Cast) -> None:
    """News of access may be among those that were missed."""
    passed, tab = stage.guarded(), stage.seated(cast.rita, "a")
    stage.hub.tabs[tab].actor = cast.olga
    _lose_redis()
    await _until(lambda: passed == [tab])
    await asyncio.sleep(0.1)
    assert not LOADS


async def test_a_change_of_access_outlives_a_database_that_is_away(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "TRY_AGAIN", 0.05)
    passed, tab, asked = stage.guarded(), stage.seated(cast.rita, "a"), []

    def away_at_first(token: str | None) -> Actor | None:
        asked.append(token)
        if len(asked) == 1:
            raise OSError("the database was away")
        return None

    monkeypatch.setattr(live, "actor_from_token", away_at_first)
    _tell(cast.rita, event="member.withdrawn", topics=("access",))
    await _until(lambda: passed == [tab])


async def test_what_could_not_be_loaded_is_loaded_again(stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "TRY_AGAIN", 0.05)
    tab = stage.tab(cast.rita, "broken")
    _tell(cast.rita, property_id="all")
    await stage.settle(tab, "broken: all")


async def test_noise_on_the_channel_is_no_news(stage: Stage, cast: Cast) -> None:
    tab = stage.tab(cast.rita, "a")
    with redis.Redis.from_url(settings().redis_url or "") as connection:
        for noise in ("", "{", "[]", '{"id": 1}', '{"id": "x", "topics": 3}'):
            connection.publish(LIVE_CHANNEL, noise)
    _tell(cast.rita)
    await stage.settle(tab, "a: stay.moved")


async def test_who_may_do_other_things_now_passes_the_guard_again(stage: Stage, cast: Cast) -> None:
    passed, session = stage.guarded(), session_of(cast.rita)
    olga, rita = actor_from_token(hers := session_of(cast.olga)), actor_from_token(session)
    assert olga
    assert rita
    same, changed = stage.tab(olga, "a", hers), stage.tab(rita.without("reservation.book"), "a", session)
    _tell(cast.rita, event="member.changed", topics=("access",))
    await _until(lambda: bool(passed))
    assert same not in passed
    assert passed == [changed]


async def test_a_message_of_the_relay_is_read() -> None:
    told = {"id": 7, "event": "stay.moved", "entity": "stay", "organization_id": "o", "topics": ["calendar"], "entity_id": "s"}
    news = live.read(json.dumps(told))
    assert isinstance(news, News)
    assert (news.id, news.topics, news.entity_id, news.actor_name) == (7, frozenset({"calendar"}), "s", "")

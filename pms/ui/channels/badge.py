"""The mark at "Channels" in the rail: how many things wait for somebody, on every screen; and a word when one more comes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.channels import queries
from pms.kernel.actor import Actor
from pms.kernel.words import N_, translate
from pms.ui.channels.rows import channel_name
from pms.ui.channels.state import TOLD
from pms.ui.kit import tn
from pms.ui.shell import LiveView, News, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.live import Stories
from pms.ui.shell.navigation import MARKS, Mark

ROUTE = "/channels"
ATTENTION = f"{ROUTE}?tab=attention"
ALARMS = {
    "channel_booking.attention": N_("{channel}: a booking needs you"),
    "channel_message.stuck": N_("{channel}: a message could not be taken in"),
    "channel_connection.stopped": N_("{channel} has stopped; nothing is told there"),
    "channel_connection.rooms_refused": N_("{channel} does not take how many rooms are left"),
    "channel_connection.other_currency": N_("{channel} has a property in another currency; no prices are told there"),
    "calendar_feed.attention": N_("A calendar needs you"),
    "channel_connection.unreachable": N_("{channel} cannot be reached"),
}
"""What people are told when it happens, wherever they are."""


class ChannelMark(rx.State):
    """How many things there are to see to in the properties this person works in."""

    count: int = 0

    @handler
    async def load(self) -> None:
        """Count, and go on counting."""
        await show(self, VIEW, "channels")

    @handler
    async def tell(self, event: str) -> Any:
        """Say what has just happened; whoever calls this for themselves is told what they see anyway."""
        if event not in ALARMS:
            return None
        actor = await actor_of(self)
        lines = await act(self, queries.connections)
        troubled = [one for one in lines if one.needs or one.problems or one.stuck or one.deaf or one.mute]
        channels = sorted({channel_name(one.channel) for one in troubled})
        name = ", ".join(channels) or translate("Channels", actor.locale)
        go = translate("Show", actor.locale)
        return notice(translate(ALARMS[event], actor.locale, channel=name), None, go, rx.redirect(ATTENTION), bad=True, id=event)


def alarm_of(news: News) -> str:
    """Which of `ALARMS` it is; "" for none."""
    if news.event == "channel_message.handled":
        return "channel_message.stuck" if (news.after or {}).get("state") == "stuck" else ""
    return news.event if news.event in ALARMS else ""


def _load(actor: Actor, window: str, news: Stories) -> int:
    return as_actor(actor, queries.urgent)


def _apply(state: Any, count: int, news: Stories) -> Any:
    state.count = count
    alarm = next(filter(None, map(alarm_of, reversed(news or ()))), "")
    return ChannelMark.tell(alarm) if alarm else None  # type: ignore[call-arg, func-returns-value]


def _concerns(news: News, window: str) -> bool:
    """On every screen of everybody: not for what happens most and changes no count."""
    return news.event not in TOLD


VIEW = LiveView(state=ChannelMark, topics=frozenset({"channels"}), load=_load, apply=_apply, concerns=_concerns)
MARKS[ROUTE] = Mark(ChannelMark.count, ChannelMark.load, tn("{n} thing to see to", "{n} things to see to", ChannelMark.count))

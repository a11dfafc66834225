"""What the channel manager's pages have in common: tabs with addresses, the facts of a connection, the pulse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from pms.ui.channels.rows import Line
from pms.ui.channels.state import ROUTE, Channels
from pms.ui.kit import button, dialog, link, link_button, note, pill, t

S = Channels


class _Pulse(rx.el.Div):
    """Asks now and then how things stand, while somebody looks: the browser does it, so it ends with the tab."""

    every: rx.Var[int]

    def _exclude_props(self) -> list[str]:
        return ["every"]

    def add_imports(self) -> dict[str, Any]:
        """React's effect hook."""
        return {"react": ["useEffect"]}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        """Click the element, which nobody sees, every so many milliseconds."""
        effect = f"""useEffect(() => {{
          const beat = () => document.hidden || document.getElementById("pulse")?.click();
          const timer = setInterval(beat, {self.every!s});
          return () => clearInterval(timer);
        }}, [{self.every!s}]);"""
        return [rx.Var(effect, _var_data=self.every._get_all_var_data())]


def pulse(every: Any) -> rx.Component:
    """Look again every so many milliseconds; once per page."""
    return _Pulse.create(id="pulse", hidden=True, every=every, on_click=S.look)


def tabs(label: Any, present: Any, options: Sequence[tuple[str, Any, Any]]) -> rx.Component:
    """Parts of a page, each with its address: (code, words, address)."""
    links = [
        link(
            words,
            href=href,
            aria_current=rx.cond(present == code, "page", "false"),
            class_name=rx.cond(present == code, "here", ""),
        )
        for code, words, href in options
    ]
    return rx.el.nav(rx.el.div(*links, class_name="seg"), class_name="tabs", aria_label=label)


def address(one: Any, part: str) -> Any:
    """Where a part of a connection is."""
    return f"{ROUTE}?connection=" + one.id + f"&part={part}"


def state_pill(one: Line) -> rx.Component:
    """How it stands, in colour and words."""
    return rx.el.div(pill(one.words, one.light), class_name="row")


def facts(one: Line) -> rx.Component:
    """How up to date the channel is, and what waits."""
    urgent = link(one.urgent_words, href=f"{ROUTE}?tab=attention", class_name="strong bad-ink")
    ink = rx.cond(one.rooms_refused, "strong bad-ink", "strong warn-ink")
    refused = link(one.refused_words, href=address(one, "refused"), class_name=ink)
    return rx.el.dl(
        _fact(t("Waits to be told"), one.waiting),
        rx.cond(
            one.sells,
            _fact(t("Waits to be taken in"), rx.cond(one.to_take_in != "", one.to_take_in, t("Nothing"))),
            rx.fragment(),
        ),
        _fact(t("Last told"), rx.el.span(one.told, class_name="num")),
        _fact(t("Last heard"), rx.el.span(one.heard, class_name="num")),
        rx.cond(one.next_try != "", _fact(t("Next try"), rx.el.span(one.next_try, class_name="num")), rx.fragment()),
        _fact(t("Refused there"), rx.cond(one.refused > 0, refused, t("Nothing"))),
        _fact(t("To see to"), rx.cond(one.urgent > 0, urgent, t("Nothing"))),
        _fact(t("Failed calls, last hour"), one.errors),
        _fact(t("Compared with what it shows"), link(one.drift, href=address(one, "compared"))),
        class_name="facts pad",
    )


def _fact(words: Any, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(rx.el.b(value)))


def turn(one: Line) -> rx.Component:
    """Pause it, or let it speak again."""
    pause = button(
        t("Pause"),
        on_click=S.ask_to_pause(one.id),
        aria_label=t("Pause {channel}, {property}", channel=one.channel, property=one.house),
    )
    live = button(
        t("Go live"),
        "primary",
        on_click=S.set_state(one.id, one.version, "live"),
        aria_label=t("Let {channel} go live, {property}", channel=one.channel, property=one.house),
    )
    speaks = (one.state == "live") | (one.state == "testing")
    return rx.fragment(rx.cond(one.state != "live", live, rx.fragment()), rx.cond(speaks, pause, rx.fragment()))


def tools(one: Line) -> rx.Component:
    """What can be done with a connection that has been set up."""
    again = button(t("Try refused again"), "quiet", on_click=S.try_again(one.id))
    now = button(
        t("Try now"),
        on_click=S.try_now(one.id),
        aria_label=t("Try {channel} now, {property}", channel=one.channel, property=one.house),
    )
    return rx.fragment(
        turn(one),
        rx.cond(one.next_try != "", now, rx.fragment()),
        rx.cond(one.refused > 0, again, rx.fragment()),
        button(t("Tell everything"), "quiet", on_click=S.ask(one.id)),
    )


def confirm_telling() -> rx.Component:
    """One more question before a full sync."""
    return dialog(
        rx.el.p(
            t(
                "Every room left, price and restriction of the next 500 nights is sent again, whatever {channel} accepted. "
                "Nothing is closed meanwhile. It takes a few minutes, longer where the channel allows few calls.",
                channel=S.asking.channel,
            )
        ),
        open=S.asking.id != "",
        on_close=S.never_mind,
        title=t("Tell {channel} everything?", channel=S.asking.channel),
        id="telling",
        footer=[
            button(t("Not now"), "quiet", on_click=S.never_mind),
            button(t("Tell everything"), "primary", on_click=S.tell_everything),
        ],
    )


def confirm_pausing() -> rx.Component:
    """What pausing means, before it is done: many expect that nothing is sold there meanwhile."""
    words = t(
        "{channel} is told nothing while it is paused, and goes on selling what it was told last: rooms that are sold "
        "here meanwhile may be sold there again.",
        channel=S.pausing.channel,
    )
    instead = t(
        "What it sells comes in when it is live again, or as soon as it brings it. If nothing is to be sold there, close "
        "your rate plans for {channel} instead, or disconnect it: that closes every room first.",
        channel=S.pausing.channel,
    )
    return dialog(
        rx.el.div(rx.el.p(words), rx.el.p(instead, class_name="muted"), class_name="stack"),
        open=S.pausing.id != "",
        on_close=S.never_mind,
        title=t("Pause {channel}?", channel=S.pausing.channel),
        id="pausing",
        footer=[button(t("Not now"), "quiet", on_click=S.never_mind), button(t("Pause"), "primary", on_click=S.pause)],
    )


def bar(label: Any) -> rx.Component:
    """How far the channel has been told."""
    one = S.progress
    return rx.el.div(
        rx.el.i(style={"width": one.percent.to_string() + "%"}),
        class_name="progress tall",
        role="progressbar",
        aria_label=label,
        aria_valuenow=one.percent,
        aria_valuemin=0,
        aria_valuemax=100,
    )


def opened_text() -> rx.Component:
    """A message or a call, word for word."""
    return dialog(
        rx.foreach(
            S.texts,
            lambda one: rx.el.section(
                rx.cond(one[0] != "", rx.el.h3(one[0]), rx.fragment()),
                rx.el.pre(one[1], class_name="as-sent", tab_index=0, aria_label=one[0]),
                class_name="stack tight",
                key=one[0],
            ),
        ),
        open=S.text_title != "",
        on_close=S.close_text,
        title=S.text_title,
        id="as-sent",
        wide=True,
    )


def in_small_print(words: Any, detail: Any) -> rx.Component:
    """What staff read, and below it what a program said, where there is any."""
    small = rx.el.small(rx.el.span(t("In detail:"), class_name="sr"), " ", detail, class_name="program-words")
    return rx.fragment(rx.el.p(words), rx.cond(detail != "", small, rx.fragment()))


def no_answer(said: Any, words: Any, again: rx.Component) -> rx.Component:
    """What the channel said instead: our sentence, its own words for whoever wants them, and the way on."""
    own = rx.el.details(rx.el.summary(t("What it said")), rx.el.pre(words, class_name="as-sent"), class_name="folded")
    return rx.el.div(note(said, "bad"), rx.cond(words != "", own, rx.fragment()), again, class_name="stack")


def ways_out(href: Any, booking: Any) -> rx.Component:
    """The way to the ways out of an oversold booking, if it is one."""
    label = t("Ways out for {booking}", booking=booking)
    return rx.cond(href != "", link_button(t("Ways out"), href, "quiet", aria_label=label), rx.fragment())

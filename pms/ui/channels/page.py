"""The channel manager: all connections, and what somebody has to see to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.channels import badge
from pms.ui.channels.badge import ChannelMark
from pms.ui.channels.feed_page import NEW, all_feeds, new_feed, one_feed
from pms.ui.channels.feed_rows import Feed
from pms.ui.channels.feed_state import LIST
from pms.ui.channels.one_page import one_connection
from pms.ui.channels.parts import (
    confirm_pausing,
    confirm_telling,
    facts,
    in_small_print,
    opened_text,
    pulse,
    state_pill,
    tabs,
    tools,
    ways_out,
)
from pms.ui.channels.rows import Line, Stuck, Trouble
from pms.ui.channels.set_up_page import first_form, steps_of
from pms.ui.channels.state import ROUTE, Channels
from pms.ui.kit import button, empty, link, link_button, loading, note, t, table, table_row
from pms.ui.shell import Screen, Session, page_head

S = Channels
MAY_SEE_GUESTS = Session.granted["guest.view"]


def page() -> rx.Component:
    """Whatever the address names."""
    body = rx.match(
        S.view,
        ("attention", rx.fragment(_head(), _within(_attention()))),
        ("new", first_form()),
        ("feeds", rx.fragment(_head(), _within(all_feeds()))),
        ("feed", one_feed()),
        ("new_feed", new_feed()),
        ("one", rx.cond(S.step != "", steps_of(), one_connection())),
        rx.fragment(_head(), _within(_all())),
    )
    every = rx.cond((S.view == "one") & ((S.step == "tell") | (S.one.state == "closing")), 1_000, 20_000)
    return rx.fragment(
        rx.cond(S.ready, body, loading()),
        pulse(every),
        confirm_telling(),
        confirm_pausing(),
        rx.cond(MAY_SEE_GUESTS, opened_text(), rx.fragment()),
    )


def _within(inside: rx.Component) -> rx.Component:
    return rx.el.div(inside, class_name="page channels-page")


def _head() -> rx.Component:
    waiting = rx.cond(
        ChannelMark.count > 0, rx.fragment(t("To see to"), " (", ChannelMark.count, ")"), rx.fragment(t("To see to"))
    )
    parts = tabs(
        t("Part"),
        S.view,
        [("list", t("Connections"), ROUTE), ("feeds", t("Calendars"), LIST), ("attention", waiting, badge.ATTENTION)],
    )
    new = rx.cond(
        S.view == "feeds",
        link_button(t("Add a calendar"), NEW, "primary", icon="plus"),
        link_button(t("Connect a channel"), f"{ROUTE}?new=1", "primary", icon="plus"),
    )
    return page_head(t("Channels"), parts, actions=(new,))


def _all() -> rx.Component:
    none = empty(
        t("No channel yet"),
        t("Connect Booking.com, Expedia and others: they are told what is left within seconds, and their bookings come in here."),
        link_button(t("Connect a channel"), f"{ROUTE}?new=1", "primary", icon="plus"),
        mark="channels",
    )
    return rx.cond(S.lines.length() > 0, rx.el.ul(rx.foreach(S.lines, _card), class_name="houses", role="list"), none)


def _card(one: Line) -> rx.Component:
    head = rx.el.header(
        rx.el.div(
            rx.el.h2(link(one.channel, href=f"{ROUTE}?connection=" + one.id), class_name="cut"),
            rx.el.span(one.house, class_name="faint cut"),
            class_name="two-lines grow",
        ),
        state_pill(one),
    )
    go_on = rx.el.div(
        rx.el.p(t("Nothing has been told to the channel yet."), class_name="muted"),
        class_name="pad grow",
    )
    carry_on = link_button(t("Go on setting up"), f"{ROUTE}?connection=" + one.id, "primary")
    return rx.el.li(
        head,
        rx.cond(one.detail != "", rx.el.p(one.detail, class_name="detail cut-lines"), rx.fragment()),
        rx.cond(one.is_new, go_on, facts(one)),
        rx.el.footer(rx.cond(one.is_new, carry_on, tools(one))),
        class_name="card house-card",
        key=one.id,
    )


def _attention() -> rx.Component:
    nothing = empty(
        t("Nothing to see to"),
        t("Bookings that could not be placed as they were sold, and messages that could not be read, would stand here."),
        mark="check",
    )
    some = rx.fragment(
        rx.foreach(S.lines, _stopped),
        rx.foreach(S.feeds, _calendar),
        rx.cond(S.troubles.length() > 0, _troubles(), rx.fragment()),
        rx.cond(S.stuck.length() > 0, _stuck(), rx.fragment()),
    )
    count = S.lines.length() + S.troubles.length() + S.stuck.length() + S.feeds.length()
    return rx.cond(count > 0, some, nothing)


def _calendar(one: Feed) -> rx.Component:
    words = rx.fragment(
        rx.el.b(one.of, " · ", one.name, " · ", one.house),
        rx.el.p(one.trouble),
        link(t("See what to do"), href=f"{ROUTE}?calendar=" + one.id, aria_label=t("See what to do: {unit}", unit=one.of)),
    )
    return rx.el.div(rx.cond(one.light == "bad", note(words, "bad"), note(words, "warn")), key=one.id)


def _stopped(one: Line) -> rx.Component:
    words = rx.fragment(
        rx.el.b(one.channel, " · ", one.house),
        rx.el.p(one.detail, class_name="cut-lines"),
        link(t("See what is wrong"), href=f"{ROUTE}?connection=" + one.id + rx.cond(one.rooms_refused, "&part=refused", "")),
    )
    return rx.el.div(note(words, "bad"), key=one.id)


def _place(channel: Any, house: Any, connection: Any) -> rx.Component:
    return rx.el.div(
        link(channel, href=f"{ROUTE}?connection=" + connection, class_name="strong"),
        rx.el.span(house, class_name="faint cut"),
        class_name="two-lines",
    )


def _troubles() -> rx.Component:
    columns = [t("Booking"), t("Guest"), t("What is wrong"), t("Channel"), t("Since"), ""]
    return rx.el.section(rx.el.h2(t("Bookings")), table(t("Bookings"), columns, S.troubles, _trouble), class_name="stack tight")


def _trouble(one: Trouble) -> rx.Component:
    name = rx.cond(
        one.href != "",
        link(one.guest, href=one.href, aria_label=t("{guest} on the calendar", guest=one.guest)),
        rx.el.span(one.guest),
    )
    return table_row(
        rx.el.b(one.booking, class_name="strong"),
        rx.el.div(name, rx.el.span(one.nights, class_name="faint nowrap"), class_name="two-lines"),
        rx.el.td(
            rx.el.ul(rx.foreach(one.words, lambda words: rx.el.li(words, key=words)), class_name="said-lines", role="list"),
            class_name="text wraps",
        ),
        _place(one.channel, one.house, one.connection),
        rx.el.td(one.at, class_name="nowrap"),
        rx.el.div(
            ways_out(one.ways, one.booking),
            button(
                t("Seen to"),
                icon="check",
                on_click=S.settle(one.id, one.version),
                aria_label=t("{booking} is seen to", booking=one.booking),
            ),
            class_name="row end",
        ),
        key=one.id,
    )


def _stuck() -> rx.Component:
    columns = [t("Booking"), t("Why it could not be taken in"), t("Channel"), t("Since"), ""]
    hint = t(
        "Nobody understood these yet. Where their dates can be read, rooms are held. "
        "The channel is not thanked for them before they are seen to, so it keeps them too; "
        "those of a booking above are seen to with it."
    )
    return rx.el.section(
        rx.el.h2(t("Messages")),
        rx.el.p(hint, class_name="muted"),
        table(t("Messages"), columns, S.stuck, _stuck_line),
        class_name="stack tight",
    )


def _stuck_line(one: Stuck) -> rx.Component:
    return table_row(
        rx.el.b(one.booking, class_name="strong"),
        rx.el.td(in_small_print(one.words, one.detail), class_name="text wraps"),
        _place(one.channel, one.house, one.connection),
        rx.el.td(one.at, class_name="nowrap"),
        rx.el.div(
            rx.cond(
                MAY_SEE_GUESTS,
                button(
                    t("As sent"),
                    "quiet",
                    on_click=S.open_message(one.id),
                    aria_label=t("{booking} as the channel sent it", booking=one.booking),
                ),
                rx.fragment(),
            ),
            button(
                t("Take in again"),
                on_click=S.take_in_again(one.id),
                aria_label=t("Take in {booking} again", booking=one.booking),
            ),
            rx.cond(
                one.alone,
                button(
                    t("Seen to"),
                    icon="check",
                    on_click=S.see_to(one.id),
                    aria_label=t("The message about {booking} is seen to", booking=one.booking),
                ),
                rx.fragment(),
            ),
            class_name="row end",
        ),
        key=one.id,
    )


SCREEN = Screen(route=ROUTE, title=N_("Channels"), draw=page, on_load=Channels.load, permission="channel.manage")

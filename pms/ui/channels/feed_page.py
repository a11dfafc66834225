"""Calendars (iCal): the list of all, one with what there is to see to, and the form of a new one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.channels.feed_rows import Feed, Matter
from pms.ui.channels.feed_state import LIST, ROUTE, Calendars
from pms.ui.kit import (
    button,
    copied,
    empty,
    form_error,
    link,
    link_button,
    note,
    pill,
    select_field,
    t,
    table,
    table_row,
    text_field,
)
from pms.ui.shell import page_head

S = Calendars
NEW = f"{ROUTE}?new=ical"


def all_feeds() -> rx.Component:
    """Every calendar: of which unit, on which site, how old, what it holds."""
    columns = [t("Unit"), t("Site"), t("State"), t("Last read"), t("Holds"), t("Asked for by the site")]
    none = empty(
        t("No calendar yet"),
        t(
            "Sites without a connection of their own exchange calendars (iCal): which nights of a unit are taken, nothing else. "
            "They are read every 15 minutes; sites read ours every few hours."
        ),
        link_button(t("Add a calendar"), NEW, "primary", icon="plus"),
        mark="calendar",
    )
    return rx.cond(S.lines.length() > 0, table(t("Calendars"), columns, S.lines, _line), none)


def _line(one: Feed) -> rx.Component:
    unit = rx.el.div(
        link(one.of, href=f"{ROUTE}?calendar=" + one.id, class_name="strong nowrap"),
        rx.el.span(one.house, class_name="faint cut"),
        class_name="two-lines",
    )
    site = rx.el.div(rx.el.b(one.name), rx.el.span(one.host, class_name="faint cut"), class_name="two-lines")
    state = rx.el.div(
        rx.el.div(pill(one.words, one.light), class_name="row"),
        rx.cond(one.trouble != "", rx.el.span(one.trouble, class_name="faint"), rx.fragment()),
        class_name="two-lines",
    )
    return table_row(
        unit,
        site,
        rx.el.td(state, class_name="text wraps"),
        rx.el.span(one.age, class_name="nowrap", title=one.read_at),
        rx.el.span(one.holds, class_name="nowrap"),
        rx.el.span(one.asked, class_name="nowrap"),
        key=one.id,
    )


def one_feed() -> rx.Component:
    """One calendar: how it stands, what to do, both addresses, the end of it."""
    back = link(t("All calendars"), href=LIST, class_name="muted")
    mark = rx.el.div(pill(S.one.words, S.one.light), class_name="row")
    return rx.fragment(
        page_head(rx.fragment(S.one.of, " · ", S.one.name), back, mark),
        rx.el.div(
            rx.el.div(
                rx.el.div(_stands(), class_name="stack loose"),
                rx.el.div(_matters(), _ours(), _theirs(), _end(), class_name="stack loose"),
                class_name="side-by-side",
            ),
            class_name="page channels-page",
        ),
    )


def _fact(words: Any, value: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(rx.el.b(value)))


def _stands() -> rx.Component:
    one = S.one
    read = rx.el.span(one.age, title=one.read_at)
    facts = rx.el.dl(
        _fact(t("Property"), one.house),
        _fact(t("Read from"), rx.cond(one.host != "", one.host, t("Nowhere"))),
        _fact(t("Last read"), read),
        _fact(t("Holds"), one.holds),
        _fact(t("Asked for by the site"), one.asked),
        class_name="facts pad",
    )
    live = button(t("Go on reading"), "primary", on_click=S.set_state(one.version, "live"))
    pause = button(t("Pause"), on_click=S.set_state(one.version, "paused"))
    now = button(t("Read now"), "primary", icon="undo", on_click=S.read, busy=S.reading)
    tools = rx.cond(one.state == "paused", live, rx.fragment(rx.cond(one.host != "", now, rx.fragment()), pause))
    return rx.el.section(
        rx.el.header(rx.el.h2(t("How it stands"))),
        facts,
        rx.cond(one.host != "", rx.el.footer(tools), rx.fragment()),
        class_name="card house-card",
        aria_busy=rx.cond(S.reading, "true", "false"),
    )


def _matters() -> rx.Component:
    quiet = rx.el.p(t("Nothing to see to."), class_name="muted")
    waits = rx.el.p(t("The site is being read."), role="status", class_name="muted")
    some = rx.foreach(S.matters, _matter)
    return rx.el.section(
        rx.el.h2(t("What there is to see to")),
        rx.cond(S.reading, waits, rx.fragment()),
        rx.cond(S.matters.length() > 0, some, rx.cond(S.reading, rx.fragment(), quiet)),
        class_name="stack",
    )


def _matter(one: Matter) -> rx.Component:
    words = rx.fragment(
        rx.el.p(one.words),
        rx.cond(one.help != "", rx.el.p(one.help), rx.fragment()),
        rx.cond(one.href != "", link(t("On the calendar"), href=one.href), rx.fragment()),
        rx.cond(
            one.key == "empty",
            rx.el.div(button(t("It is empty indeed"), on_click=S.believe_empty(S.one.version)), class_name="row"),
            rx.fragment(),
        ),
    )
    return rx.el.div(rx.match(one.kind, ("bad", note(words, "bad")), ("warn", note(words, "warn")), note(words)), key=one.key)


def _question(words: Any, yes: rx.Component) -> rx.Component:
    """Asked once more; what is in front of it otherwise is the caller's."""
    no = button(t("Keep"), "quiet", on_click=S.ask(""))
    return rx.el.div(
        rx.el.p(words, class_name="strong"), rx.el.div(yes, no, class_name="row"), class_name="stack tight", role="alert"
    )


def _ours() -> rx.Component:
    renew = button(t("Renew"), "danger", on_click=S.renew(S.one.version))
    sure = _question(t("The site reads nothing until it has the new address. Renew it?"), renew)
    ask = rx.el.div(button(t("It has leaked: renew it"), "quiet", on_click=S.ask("renew")), class_name="row")
    return rx.el.div(
        rx.el.h3(t("Our address, for the site")),
        rx.el.p(t("Enter it where the site imports a calendar. Whoever has it sees which nights are taken."), class_name="muted"),
        rx.el.div(copied(S.link, "ours", t("Our address, for the site"), t("Copy the address")), class_name="copy-line"),
        rx.cond(S.asking == "renew", sure, ask),
        class_name="section",
    )


def _theirs() -> rx.Component:
    form = rx.el.form(
        text_field(
            t("Link to the site's calendar"),
            "url",
            hint=t("It replaces the one there is, which is never shown. Empty: the site is not read any more."),
            error=S.errors["url"],
            optional=True,
            type="url",
            auto_complete="off",
            spell_check=False,
        ),
        rx.el.div(button(t("Replace the link"), type="submit"), class_name="row"),
        on_submit=S.change_url,
        reset_on_submit=True,
        class_name="stack",
        id="theirs",
    )
    inside = (rx.el.summary(t("Another link of the site")), rx.el.div(form, class_name="stack"))
    failing = S.one.light == "bad"
    return rx.cond(failing, rx.el.details(*inside, class_name="folded", open=True), rx.el.details(*inside, class_name="folded"))


def _end() -> rx.Component:
    yes = button(t("Remove"), "danger", on_click=S.remove(S.one.version))
    sure = _question(t("Remove the calendar of {site}?", site=S.one.name), yes)
    ask = rx.el.div(button(t("Remove"), "danger", on_click=S.ask("remove")), class_name="row")
    words = t("Its closed nights are free again here, its reservations stay, and our address is void.")
    return rx.el.div(
        rx.el.h3(t("Remove the calendar")),
        rx.el.p(words, class_name="muted"),
        rx.cond(S.asking == "remove", sure, ask),
        class_name="section",
    )


def new_feed() -> rx.Component:
    """Of which unit, on which site, where it is."""
    form = rx.el.form(
        rx.cond(
            S.houses.length() > 1,
            select_field(t("Property"), "house", S.houses, value=S.house, on_change=S.choose_house),
            rx.fragment(),
        ),
        select_field(
            t("Unit"),
            "place",
            S.places,
            hint=t("One calendar is one unit. A whole room type can only be told: nights without a unit left."),
        ),
        text_field(
            t("Site"),
            "name",
            hint=t("Airbnb, Booking.com, Vrbo. Give both ways of one unit and site this one name."),
            error=S.errors["name"],
            max_length=50,
            auto_complete="off",
        ),
        text_field(
            t("Link to the site's calendar"),
            "url",
            hint=t('On the site: "export calendar" of the listing. Empty: the site is only told, not read.'),
            error=S.errors["url"],
            optional=True,
            type="url",
            auto_complete="off",
            spell_check=False,
        ),
        form_error(S.errors["place"]),
        rx.el.div(button(t("Add and read it"), "primary large", type="submit"), class_name="row"),
        on_submit=S.add,
        class_name="stack",
    )
    none = empty(t("No unit yet"), t("A calendar is of one unit: add rooms and beds first."), mark="rooms")
    return rx.fragment(
        page_head(t("Add a calendar"), link(t("All calendars"), href=LIST, class_name="muted")),
        rx.el.div(
            rx.cond(S.places.length() > 0, rx.el.div(form, class_name="narrow-form"), none),
            class_name="page channels-page",
        ),
    )

"""The phone's calendar, drawn: arrivals, departures and who stays, a day at a time."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.chart import LOOK_WORDS, SCRIPT, cells_of, rate_label
from pms.ui.calendar.days_state import DayList, Lacking, Line, Rated
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.find import find_button
from pms.ui.calendar.state import Calendar
from pms.ui.calendar.ways_state import WaysOut
from pms.ui.kit import button, icon, icon_button, loading, pill, t, tn, word_of
from pms.ui.rates.marks import mark_short
from pms.ui.rates.why_state import Why
from pms.ui.shell import Session

S = DayList
PILLS = rx.Var.create({"t": "tentative", "c": "confirmed", "i": "in", "o": ""})


def _turned(narrow: rx.Var[bool]) -> tuple[rx.Var[bool]]:
    return (narrow,)


def _swiped(days: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (days,)


class Width(rx.Component):
    """Says when the window becomes narrow or wide, hears swipes on what it holds, and keeps the list's place in the address."""

    library = SCRIPT
    tag = "Width"

    narrow: rx.Var[bool]
    address: rx.Var[dict[str, str]]
    on_turn: rx.EventHandler[_turned]
    on_swipe: rx.EventHandler[_swiped]


def width(*children: Any, narrow: rx.Var[bool], address: dict[str, Any]) -> rx.Component:
    """Chart or list, and the change between them. `address` says what both show; of today, the list's says no date."""
    shown = rx.Var.create({**address, "date": rx.cond(S.is_today, "", S.day)})
    kept = rx.cond(narrow & S.ready, shown, rx.Var.create({}))
    return Width.create(*children, narrow=narrow, address=kept, on_turn=DayList.turned, on_swipe=DayList.step)


def day_list() -> rx.Component:
    """The screen of a phone."""
    book = icon_button("plus", t("New reservation"), kind="primary", tip=False, on_click=NewBooking.begin_empty)
    head = rx.el.div(
        icon_button("left", t("The day before"), kind="", tip=False, on_click=S.step(-1)),
        rx.el.label(
            rx.el.h1(S.title),
            rx.el.input(type="date", value=S.day, on_change=S.go_typed, aria_label=t("Go to date"), class_name="over"),
            class_name="day-title",
        ),
        icon_button("right", t("The day after"), kind="", tip=False, on_click=S.step(1)),
        rx.cond(S.is_today, rx.fragment(), button(t("Today"), on_click=S.go_today)),
        find_button(),
        rx.cond(Session.granted["reservation.book"], book, rx.fragment()),
        class_name="day-head",
    )
    lists = rx.el.div(
        rx.cond(S.lacking.length() > 0, _oversold(), rx.fragment()),
        rx.cond(Session.granted["property.view"], _rates(), rx.fragment()),
        _group(t("Arrivals"), S.arrivals, t("Nobody arrives.")),
        _group(t("Departures"), S.departures, t("Nobody leaves.")),
        _group(t("In house"), S.staying, t("Nobody stays over.")),
        class_name="day-lists",
    )
    return rx.el.div(head, rx.cond(S.ready, lists, loading(8)), class_name="day-list")


def _oversold() -> rx.Component:
    """The room types that lack rooms that day; a tap opens the ways out."""
    return rx.el.section(rx.el.h2(t("Oversold")), rx.el.div(rx.foreach(S.lacking, _lack), class_name="day-lines"))


def _lack(one: rx.Var[Lacking]) -> rx.Component:
    short = tn("{n} guest too many", "{n} guests too many", one.guests)
    return rx.el.button(
        rx.el.span(rx.el.b(one.name), rx.el.small(short), class_name="grow"),
        rx.el.span(t("Ways out"), icon("right", small=True), class_name="link"),
        type="button",
        class_name="day-line urgent",
        on_click=WaysOut.open_for_night("t" + one.type, S.number),
        key=one.type,
    )


def plan_choice(plans: Any, plan: Any, currency: Any, choose: Any) -> rx.Component:
    """Whose prices are shown: one of the plans [key, name]."""
    return rx.el.select(
        rx.foreach(plans, lambda one: rx.el.option(one[1], value=one[0], key=one[0])),
        value=plan,
        on_change=choose,
        class_name="input plan-choice",
        aria_label=t("Rate plan whose prices are shown, in {currency}", currency=currency),
    )


def _rates() -> rx.Component:
    """What each room type costs that day, folded away until somebody wants to know."""
    shown = Calendar.rates != ""
    fold = rx.el.button(
        icon("down", small=True),
        rx.el.h2(t("Rates")),
        type="button",
        class_name="fold",
        aria_expanded=rx.cond(shown, "true", "false"),
        on_click=S.switch_rates,
    )
    choice = rx.cond(shown & (S.plans.length() > 0), plan_choice(S.plans, S.plan, S.currency, S.choose_plan), rx.fragment())
    lines = rx.cond(shown, rx.el.div(rx.foreach(S.rated, _rated), class_name="day-lines"), rx.fragment())
    return rx.el.section(rx.el.div(fold, choice, class_name="row"), lines, class_name="day-rates")


def _rated(one: rx.Var[Rated]) -> rx.Component:
    """One room type: how many rooms are left, what restricts it, what it costs; a tap opens the cell."""
    cell = cells_of(one.cell)[0].to(list[Any])
    price, look, marks = cell[0].to(str), cell[1].to(str), cell[2].to(list[list[str]])
    closed = rx.cond(look.contains("c"), rx.el.i(t("closed"), class_name="stop"), rx.fragment())
    few = rx.cond(one.left < 0, "over", rx.cond(one.left == 0, "none", ""))
    left = rx.cond(one.left < 0, t("oversold"), tn("{n} room left", "{n} rooms left", one.left))
    return rx.el.button(
        rx.el.span(rx.el.b(one.name), rx.el.small(left, class_name=few), class_name="grow"),
        rx.el.span(closed, rx.foreach(marks, lambda mark: rx.el.i(mark_short(mark, False), key=mark[0])), class_name="marks"),
        rx.el.b(price),
        type="button",
        class_name="day-line " + look.split("").join(" "),
        aria_label=rate_label(price, look, marks, one.left, S.number, one.name + ", " + S.plan_name + ", " + S.currency),
        on_click=Why.edit("p" + S.plan + one.type, S.number),
        key=one.type,
    )


def _group(title: Any, lines: rx.Var[list[Line]], nobody: Any) -> rx.Component:
    shown = rx.cond(
        lines.length() > 0, rx.el.div(rx.foreach(lines, _line), class_name="day-lines"), rx.el.p(nobody, class_name="faint")
    )
    return rx.el.section(rx.el.h2(title, " ", rx.el.span(lines.length(), class_name="faint")), shown)


def _line(line: rx.Var[Line]) -> rx.Component:
    where = rx.cond(line.unit != "", line.unit, t("Unassigned"))
    return rx.el.button(
        rx.el.span(where, class_name=rx.cond(line.unit != "", "where-to", "where-to loose")),
        rx.el.span(
            rx.el.b(rx.cond(line.name != "", line.name, t("Guest"))),
            rx.el.small(line.dates),
            rx.el.small(tn("{n} night", "{n} nights", line.nights) + " · " + line.room_type),
            class_name="grow",
        ),
        rx.el.span(
            pill(word_of(line.look, LOOK_WORDS), PILLS[line.look].to(str)),
            rx.el.small(rx.cond(line.urgent, t("needs attention"), t("guests: {party}", party=line.party))),
            class_name="stand",
        ),
        type="button",
        class_name=rx.cond(line.urgent, "day-line urgent", "day-line"),
        on_click=StayDrawer.show_stay(line.stay),
        key=line.stay,
    )

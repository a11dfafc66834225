"""The calendar page: tools above, the chart below, drawers over it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import reflex as rx
from pydantic import Field

from pms.kernel.words import N_
from pms.ui.calendar.all_the_same import all_the_same_dialog
from pms.ui.calendar.block import block_dialog
from pms.ui.calendar.block_state import BlockBox
from pms.ui.calendar.booking import booking_drawer
from pms.ui.calendar.booking_state import NewBooking
from pms.ui.calendar.chart import LOOK_WORDS, chart
from pms.ui.calendar.days import day_list, plan_choice, width
from pms.ui.calendar.drawer import STATUS_WORDS, stay_drawer
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.find import find_button, find_dialog
from pms.ui.calendar.find_state import Finder
from pms.ui.calendar.moves import Key, Moves
from pms.ui.calendar.state import ZOOMS, Calendar, DayNumber
from pms.ui.calendar.ways import ways_sheet
from pms.ui.calendar.ways_state import WaysOut
from pms.ui.kit import (
    button,
    empty,
    failed,
    icon_button,
    key_list,
    link_button,
    loading,
    menu,
    menu_head,
    menu_item,
    menu_line,
    segmented,
    t,
)
from pms.ui.kit.icons import icon
from pms.ui.rates.why import cell_sheet
from pms.ui.rates.why_state import Why
from pms.ui.shell import Screen, Session, handler, in_two_lengths, page_head

ADDRESS = {
    "property": Session.house,
    "days": Calendar.zoom.to_string(),
    "types": Calendar.only.join(","),
    "states": Calendar.states.join(","),
    "rates": Calendar.rates,
    "stay": StayDrawer.card.stay,
    "ways": WaysOut.ways.stay,
}
"""What the address says of the chart and of a phone's list, so that a reload, a new socket and a link come back to it."""

TypeKey = Annotated[str, Field(pattern=r"^t[A-Za-z0-9_-]{22}$")]


class Desk(rx.State):
    """What is open over the chart besides drawers."""

    helping: bool = False

    @handler
    async def open_bar(self, key: Key, kind: Literal["stay", "block"]) -> Any:
        """A bar was clicked, or Enter pressed on it."""
        return StayDrawer.show_stay(str(key)) if kind == "stay" else BlockBox.show_block(str(key))

    @handler
    async def open_rate(self, row: TypeKey, day: DayNumber) -> Any:
        """A price of a room type was clicked: the cell it is, to be changed, or to say why it is so."""
        plan = (await self.get_state(Calendar)).plan
        return Why.edit(f"p{plan}{row[1:]}", day) if plan else None  # type: ignore[call-arg, arg-type, func-returns-value]

    @handler
    async def wish(self, what: Literal["new", "today", "undo", "help", "fresh", "find", "rates"]) -> Any:
        """A single letter was pressed."""
        if what == "help":
            self.helping = not self.helping
        return {
            "new": NewBooking.begin_empty,
            "find": Finder.begin,
            "today": Calendar.go_today,
            "rates": Calendar.switch_rates,
            "undo": Moves.take_back_last,
            "help": None,
            "fresh": Calendar.load,
        }[what]

    @handler
    async def help(self, shown: bool) -> Any:
        """Show the list of keys, or hide it."""
        self.helping = shown


def page() -> rx.Component:
    """The whole screen."""
    return rx.fragment(
        width(rx.cond(Calendar.ready, _content(), loading(12)), narrow=Calendar.narrow, address=ADDRESS),
        rx.el.style(Calendar.flash),
        rx.el.style(
            rx.cond(
                StayDrawer.open,
                f'[data-key="{StayDrawer.bar}"]' + "{outline:2px solid var(--accent);outline-offset:1px;z-index:2}",
                "",
            )
        ),
        stay_drawer(),
        booking_drawer(),
        ways_sheet(),
        block_dialog(),
        all_the_same_dialog(),
        find_dialog(),
        cell_sheet(),
        key_list(KEYS, open=Desk.helping, on_close=Desk.help(False), id="help-dialog"),
    )


def _content() -> rx.Component:
    """The chart or the day list, or why there is none."""
    chart_or_list = rx.cond(Calendar.narrow, day_list(), rx.fragment(_head(), _chart()))
    return rx.cond(Calendar.broken, _broken(), rx.cond(Calendar.empty, _nothing(), chart_or_list))


def _head() -> rx.Component:
    zooms = [(str(days), str(days)) for days in ZOOMS]
    new = button(t("New reservation"), "primary", icon="plus", on_click=NewBooking.begin_empty)
    return page_head(
        in_two_lengths(Calendar.heading, Calendar.brief),
        button(t("Today"), on_click=Calendar.go_today),
        rx.el.div(
            icon_button("left", t("A week earlier"), kind="", on_click=Calendar.step(-7)),
            icon_button("right", t("A week later"), kind="", on_click=Calendar.step(7)),
            class_name="pair",
        ),
        rx.el.label(
            icon("calendar"),
            rx.el.input(type="date", id="jump", class_name="over", aria_label=t("Go to date"), on_change=Calendar.go_typed),
            class_name="btn square jump",
        ),
        segmented(t("Days shown"), Calendar.zoom.to_string(), zooms, lambda code: Calendar.zoom_to(int(code))),
        _filters(),
        _view(),
        rx.cond(Session.granted["property.view"], _rates(), rx.fragment()),
        actions=(
            find_button(),
            rx.cond(Session.granted["reservation.book"], new, rx.fragment()),
        ),
    )


def _rates() -> rx.Component:
    """The switch of the rates mode, and whose prices it shows."""
    chooser = plan_choice(Calendar.plans, Calendar.plan, Calendar.currency, Calendar.choose_plan)
    pressed = rx.cond(Calendar.rates != "", "true", "false")
    words = rx.el.span(t("Rates"), class_name="at-wide")
    attributes = {"data-tip": t("What each day costs"), "data-tip-side": "bottom"}
    does = {"aria_pressed": pressed, "on_click": Calendar.switch_rates, "custom_attrs": attributes}
    switch = button(words, icon="rates", class_name="toggle", **does)
    return rx.el.div(switch, rx.cond(Calendar.plans.length() > 0, chooser, rx.fragment()), class_name="rates-switch")


def _filters() -> rx.Component:
    count = Calendar.only.length() + Calendar.states.length()
    words = rx.el.span(t("Filter"), class_name="at-wide")
    label = rx.fragment(icon("filter", small=True), words, rx.cond(count > 0, rx.el.b(count, class_name="count"), rx.fragment()))
    states = [
        menu_item(
            t(STATUS_WORDS[one]),
            checked=rx.cond(Calendar.states.contains(one), "true", "false"),
            on_click=Calendar.filter_status(one),
        )
        for one in ("tentative", "confirmed", "checked_in", "checked_out")
    ]
    types = rx.foreach(
        Calendar.types,
        lambda one: menu_item(
            one[1],
            checked=rx.cond(Calendar.only.contains(one[0]), "true", "false"),
            on_click=Calendar.filter_type(one[0]),
            key=one[0],
        ),
    )
    clear = menu_item(t("Show everything"), "close", menu="filters", on_click=Calendar.clear_filters)
    return menu(
        "filters",
        label,
        menu_head(t("Status")),
        *states,
        menu_line(),
        menu_head(t("Room type")),
        types,
        menu_line(),
        clear,
        label=t("Filter"),
        trigger_class="btn",
    )


def _view() -> rx.Component:
    heights = (("normal", N_("Normal rows")), ("compact", N_("Compact rows")))
    items = [
        menu_item(
            t(words),
            checked=rx.cond(Calendar.kept_height == code, "true", "false"),
            menu="view",
            on_click=Calendar.set_height(code),
        )
        for code, words in heights
    ]
    legend = [
        rx.el.div(rx.el.span(class_name=f"swatch {look}", aria_hidden="true"), t(words), class_name="legend")
        for look, words in LOOK_WORDS.items()
    ]
    keys = menu_item(t("Keyboard"), "info", menu="view", on_click=Desk.help(True))
    return menu(
        "view",
        rx.fragment(t("View")),
        *items,
        menu_line(),
        menu_head(t("What bars mean")),
        *legend,
        menu_line(),
        keys,
        label=t("View"),
        trigger_class="btn",
    )


def _chart() -> rx.Component:
    does = {"on_book": NewBooking.begin, "on_open": Desk.open_bar, "on_rate": Desk.open_rate, "on_wish": Desk.wish}
    does["on_lack"] = WaysOut.open_for_night
    drawn = chart(Session.house_now.timezone, rx.Var.create(ADDRESS), **does)
    return rx.el.div(drawn, class_name="chart-frame")


def _broken() -> rx.Component:
    return failed(
        t("The calendar could not be read"),
        t("Nothing is lost. Try again; if it stays like this, tell whoever looks after Octaspace."),
        button(t("Try again"), "primary", on_click=Calendar.load),
    )


def _nothing() -> rx.Component:
    return empty(
        t("No rooms yet"),
        t("Add your room types and units, and they stand here with their days."),
        link_button(t("Set up rooms"), "/rooms", "primary"),
        mark="rooms",
    )


KEYS = (
    ("← ↑ → ↓", N_("From bar to bar")),
    ("Enter", N_("Open")),
    ("M", N_("Move with the arrows, Enter to confirm")),
    ("E", N_("Extend or shorten with ← →")),
    ("Esc", N_("Never mind")),
    ("Z", N_("Undo the last move")),
    ("N", N_("New reservation")),
    ("/", N_("Find")),
    ("R", N_("Rates, or no longer")),
    ("W", N_("Ways out, on an oversold price")),
    ("T", N_("Today")),
    ("G", N_("Go to date")),
    ("?", N_("This list")),
)


SCREEN = Screen(
    route="/calendar",
    title=N_("Calendar"),
    draw=page,
    on_load=[Calendar.load, StayDrawer.again, WaysOut.again, Moves.again],
    permission="reservation.view",
)

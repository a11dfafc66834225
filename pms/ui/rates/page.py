"""The page of the rates: tools above, the grid below."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.days import Width
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
from pms.ui.rates.changes import changes_button, changes_drawer
from pms.ui.rates.changes_state import Changes
from pms.ui.rates.edits import Edits
from pms.ui.rates.grid import grid
from pms.ui.rates.many import many_dialog
from pms.ui.rates.many_state import ManyBox
from pms.ui.rates.state import ZOOMS, Rates
from pms.ui.rates.why import cell_sheet, why_panel
from pms.ui.rates.why_state import Why
from pms.ui.shell import Screen, Session, handler, in_two_lengths, page_head

VIEWS = (("rules", N_("Prices and rules")), ("prices", N_("Prices")), ("availability", N_("Availability")))


class Bench(rx.State):
    """What is open over the grid, and what single keys do."""

    helping: bool = False

    @handler
    async def wish(
        self,
        what: Literal["today", "undo", "redo", "help", "fresh", "later", "earlier", "locked", "too_large", "too_long", "hush"],
        row: str,
    ) -> Any:
        """A key was pressed that is no edit of a cell."""
        if what == "help":
            self.helping = not self.helping
        return {
            "today": Rates.go_today,
            "undo": Edits.take_back_last,
            "redo": Edits.do_again,
            "help": None,
            "hush": Why.hush,
            "fresh": Rates.load,
            "later": Rates.step(7),  # type: ignore[call-arg, func-returns-value]
            "earlier": Rates.step(-7),  # type: ignore[call-arg, func-returns-value]
            "too_large": Edits.too_large,
            "too_long": Edits.too_long,
            "locked": Edits.locked(row),  # type: ignore[call-arg, func-returns-value, arg-type]
        }[what]

    @handler
    async def help(self, shown: bool) -> Any:
        """Show the list of keys, or hide it."""
        self.helping = shown


def page() -> rx.Component:
    """The whole screen."""
    return rx.fragment(
        Width.create(
            rx.cond(Rates.ready, _content(), loading(12)),
            narrow=Rates.narrow,
            on_turn=Rates.turned,
            on_swipe=Rates.swiped,
        ),
        rx.el.style(Rates.flash),
        why_panel(),
        cell_sheet(),
        many_dialog(),
        changes_drawer(),
        key_list(KEYS, open=Bench.helping, on_close=Bench.help(False), id="rate-keys"),
    )


def _content() -> rx.Component:
    broken = failed(
        t("The rates could not be read"),
        t("Nothing is lost. Try again; if it stays like this, tell whoever looks after Octaspace."),
        button(t("Try again"), "primary", on_click=Rates.load),
    )
    nothing = empty(
        t("No rooms yet"),
        t("Add your room types and units, and their prices stand here."),
        link_button(t("Set up rooms"), "/rooms", "primary"),
        mark="rooms",
    )
    return rx.cond(Rates.broken, broken, rx.cond(Rates.empty, nothing, rx.fragment(_head(), _grid())))


def _head() -> rx.Component:
    words = rx.el.span(t("Import, export"), class_name="at-wide")
    files = link_button(words, "/rates/import", "quiet desk-only files", "upload", title=t("Import, export"))
    many = button(t("Change many"), "primary", on_click=ManyBox.begin)
    return page_head(
        in_two_lengths(Rates.heading, Rates.brief),
        button(t("Today"), on_click=Rates.go_today),
        rx.el.div(
            icon_button("left", _by_week(t("A week earlier"), t("The day before")), kind="", on_click=Rates.back),
            icon_button("right", _by_week(t("A week later"), t("The day after")), kind="", on_click=Rates.forth),
            class_name="pair",
        ),
        rx.el.label(
            icon("calendar"),
            rx.el.input(type="date", id="rates-jump", class_name="over", aria_label=t("Go to date"), on_change=Rates.go_typed),
            class_name="btn square jump",
        ),
        rx.cond(Rates.narrow, rx.fragment(), _looks()),
        _filters(),
        rx.cond(
            Rates.refused > 0,
            _refused(),
            rx.fragment(),
        ),
        icon_button("info", t("Keyboard"), class_name="desk-only help-keys", on_click=Bench.help(True)),
        actions=(changes_button(), rx.cond(Session.granted["rate.change"], rx.fragment(files, many), rx.fragment())),
    )


def _refused() -> rx.Component:
    """How many cells channels refused; where there is less room, their mark and the number."""
    n = Rates.refused.to_string()
    words = t("{n} refused", n=n)
    brief = rx.fragment(rx.el.i(class_name="sync refused"), n)
    return button(in_two_lengths(words, brief), "danger", on_click=Rates.to_next_refused, aria_label=words, title=words)


def _looks() -> rx.Component:
    zooms = [(str(days), str(days)) for days in ZOOMS]
    return rx.el.div(
        segmented(t("Days shown"), Rates.zoom.to_string(), zooms, lambda code: Rates.zoom_to(int(code))),
        segmented(t("Show"), Rates.view, [(code, t(words)) for code, words in VIEWS], Rates.look_as),
        class_name="row desk-only",
    )


def _by_week(week: Any, day: Any) -> Any:
    return rx.cond(Rates.narrow, day, week)


def _filters() -> rx.Component:
    count = Rates.only_types.length() + Rates.only_plans.length() + rx.cond(Rates.only_refused, 1, 0).to(int)
    label = rx.fragment(
        icon("filter", small=True),
        in_two_lengths(t("Filter"), ""),
        rx.cond(count > 0, rx.el.b(count, class_name="count"), rx.fragment()),
    )
    return menu(
        "rate-filters",
        label,
        menu_head(t("Rate plans")),
        _choices(Rates.plans, Rates.only_plans, Rates.filter_plan),
        menu_line(),
        menu_head(t("Room types")),
        _choices(Rates.types, Rates.only_types, Rates.filter_type),
        menu_line(),
        menu_head(t("On channels")),
        menu_item(
            t("Only what a channel refused"),
            checked=rx.cond(Rates.only_refused, "true", "false"),
            on_click=Rates.filter_refused,
        ),
        menu_item(t("Next refused"), "right", menu="rate-filters", on_click=Rates.to_next_refused),
        _legend(),
        menu_line(),
        menu_item(t("Show everything"), "close", menu="rate-filters", on_click=Rates.clear_filters),
        label=t("Filter"),
        trigger_class="btn",
    )


def _choices(of: Any, chosen: Any, choose: Any) -> rx.Component:
    """A line of the menu for each of them, (id, name), with a tick at those that are chosen."""
    return rx.foreach(
        of,
        lambda one: menu_item(
            one[1],
            checked=rx.cond(chosen.contains(one[0]), "true", "false"),
            on_click=choose(one[0]),
            key=one[0],
        ),
    )


def _legend() -> rx.Component:
    """What the marks of channels mean."""
    return rx.el.div(
        rx.el.span(rx.el.i(class_name="sync waits"), t("being told")),
        rx.el.span(rx.el.i(class_name="sync refused"), t("refused")),
        rx.el.span(rx.el.i(class_name="apart"), t("different on a channel")),
        class_name="sync-legend",
    )


def _grid() -> rx.Component:
    address = rx.Var.create(
        {
            "property": Session.house,
            "days": Rates.zoom.to_string(),
            "view": Rates.view,
            "types": Rates.only_types.join(","),
            "plans": Rates.only_plans.join(","),
            "date": Rates.shown_from,
        }
    )
    return rx.el.div(grid(address, on_wish=Bench.wish, on_ask=Why.ask, on_open=Why.edit), class_name="rates-frame")


KEYS = (
    ("← ↑ → ↓", N_("From cell to cell")),
    ("Shift + ←", N_("Choose several cells")),
    ("0 – 9", N_("Type a price; Enter keeps it")),
    ("Enter, F2", N_("Change the price")),
    ("Esc", N_("Never mind")),
    ("Delete", N_("Give the price back to the rules")),
    ("Ctrl + C, V", N_("Copy and paste, a spreadsheet's cells too")),
    ("Ctrl + D, R", N_("Fill down, fill to the right")),
    ("Ctrl + Enter", N_("Fill all chosen cells from where choosing began")),
    ("C", N_("Close, or open again")),
    ("A", N_("No arrivals, or arrivals again")),
    ("D", N_("No departures, or departures again")),
    ("M", N_("Shortest stay")),
    ("X", N_("Longest stay")),
    ("O", N_("Rooms to sell beyond the house")),
    ("I", N_("Why this price, why not for sale")),
    ("Ctrl + Z", N_("Undo")),
    ("Ctrl + Y", N_("Do again")),
    ("T", N_("Today")),
    ("G", N_("Go to date")),
    ("?", N_("This list")),
)


SCREEN = Screen(route="/rates", title=N_("Rates"), draw=page, on_load=[Rates.load, Changes.again], permission="property.view")

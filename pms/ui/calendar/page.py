"""The calendar page: tools above, the chart below, drawers over it."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.chart import chart
from pms.ui.calendar.state import ZOOMS, Calendar
from pms.ui.kit import button, empty, icon_button, link_button, loading, segmented, t
from pms.ui.shell import Screen, Session, page_head


def page() -> rx.Component:
    """The whole screen."""
    return rx.fragment(
        _head(),
        rx.cond(Calendar.ready, rx.cond(Calendar.empty, _nothing(), _chart()), loading(12)),
        rx.el.style(Calendar.flash),
    )


def _head() -> rx.Component:
    zooms = [(str(days), str(days)) for days in ZOOMS]
    return page_head(
        Calendar.heading,
        button(t("Today"), on_click=Calendar.go_today),
        rx.el.div(
            icon_button("left", t("A week earlier"), kind="", on_click=Calendar.step(-7)),
            icon_button("right", t("A week later"), kind="", on_click=Calendar.step(7)),
            class_name="pair",
        ),
        segmented(t("Days shown"), Calendar.zoom.to(str), zooms, lambda code: Calendar.zoom_to(int(code))),
    )


def _chart() -> rx.Component:
    address = rx.Var.create({"property": Session.house, "days": Calendar.zoom.to(str), "types": Calendar.only.join(","), "states": Calendar.states.join(",")})
    return rx.el.div(chart(Session.house_now.timezone, t("Calendar"), address), class_name="chart-frame")


def _nothing() -> rx.Component:
    return empty(
        t("No rooms yet"),
        t("Add your room types and units, and they stand here with their days."),
        link_button(t("Set up rooms"), "/properties", "primary"),
        mark="rooms",
    )


SCREEN = Screen(route="/calendar", title=N_("Calendar"), draw=page, on_load=Calendar.load, permission="reservation.view")

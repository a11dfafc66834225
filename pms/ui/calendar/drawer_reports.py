"""What the drawer offers to report to the channel a booking came from, and what became of it."""

from __future__ import annotations

import reflex as rx

from pms.kernel.words import N_
from pms.ui.calendar.drawer_parts import fact
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.calendar.reports import ReportRow
from pms.ui.kit import button, t, word_of
from pms.ui.shell import Session

S, C = StayDrawer, StayDrawer.card
WORDS = {
    "no_show": N_("No-show"),
    "invalid_card": N_("Invalid card"),
    "cancel_invalid_card": N_("Cancellation for the invalid card"),
}


def reports_part() -> rx.Component:
    """Nothing of a booking from elsewhere, or of which there is nothing to report."""
    head = rx.el.h3(t("Reports to {channel}", channel=C.told_to))
    made = rx.el.section(head, rx.foreach(C.reports, _line), class_name="section")
    return rx.cond(C.reports.length() > 0, made, rx.fragment())


def _line(one: rx.Var[ReportRow]) -> rx.Component:
    """What became of it; below, the buttons to report it, for who may mark a no-show."""
    said = rx.cond(one.said != "", rx.el.div(fact(word_of(one.what, WORDS), one.said), class_name="facts"), rx.fragment())
    ask = rx.match(
        one.what,
        (
            "no_show",
            rx.fragment(
                button(t("Report the no-show"), on_click=S.report("no_show", False)),
                button(t("Report it, fees waived"), on_click=S.report("no_show", True)),
            ),
        ),
        ("invalid_card", button(t("Report an invalid card"), on_click=S.report("invalid_card", False))),
        button(t("Ask to cancel it for the card"), "danger", on_click=S.report("cancel_invalid_card", False)),
    )
    may = one.may & Session.granted["reservation.check_in"]
    return rx.el.div(said, rx.cond(may, rx.el.div(ask, class_name="row wrap"), rx.fragment()), class_name="stack", key=one.what)

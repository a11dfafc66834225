"""The question before a drop that rules stand against, drawn."""

from __future__ import annotations

import reflex as rx

from pms.ui.calendar.moves import Moves
from pms.ui.kit import button, dialog, t
from pms.ui.shell import Session

S = Moves


def all_the_same_dialog() -> rx.Component:
    """Whom it is about, the new dates, every rule that forbids them; who may no more sell all the same can only leave it."""
    whom, nobody = t("Sell these nights to {guest} all the same?", guest=S.guest), t("Sell these nights all the same?")
    reasons = rx.el.ul(rx.foreach(S.against, lambda reason, n: rx.el.li(reason, key=n)), class_name="reasons")
    nothing = rx.el.p(t("Nothing stands against it any more."))
    body = rx.el.div(
        rx.el.p(S.dates, class_name="strong num"),
        rx.el.div(rx.cond(S.against.length() > 0, reasons, nothing), class_name="against", aria_live="polite"),
        class_name="stack",
    )
    sell = button(t("All the same"), "primary", on_click=S.all_the_same)
    footer = [
        button(t("Leave it as it was"), id="leave-it", on_click=S.leave_it),
        rx.cond(Session.granted["rate.override"], sell, rx.fragment()),
    ]
    title = rx.cond(S.guest != "", whom, nobody)
    return dialog(body, open=S.asking, on_close=S.leave_it, title=title, id="all-the-same", footer=footer)

"""The list of changes, drawn: a drawer beside the grid, which stays in use."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.kit import button, drawer, pill, t
from pms.ui.rates.changes_state import Change, Changes
from pms.ui.shell import Session

C, F = Changes, Changes.found


def changes_button() -> rx.Component:
    """What opens the list."""
    words = t("Changes")
    return button(rx.el.span(words, class_name="at-wide"), "files", icon="clock", title=words, aria_label=words, on_click=C.begin)


def changes_drawer() -> rx.Component:
    """Page by page, the newest first."""
    nothing = rx.el.p(t("Nobody has changed a price or a restriction here yet."), class_name="faint")
    pages = rx.el.div(
        button(t("Later"), icon="left", disabled=~C.later, on_click=C.to_later),
        button(t("Earlier"), icon="right", disabled=F.older == "", on_click=C.to_older),
        class_name="row end",
    )
    body = rx.el.div(
        rx.cond(F.lines.length() > 0, rx.el.ol(rx.foreach(F.lines, _line), class_name="changes"), nothing),
        rx.cond(C.later | (F.older != ""), pages, rx.fragment()),
        class_name="stack",
    )
    return drawer(body, open=C.open, on_close=C.close, title=t("Changes"), id="rate-changes")


def _line(one: rx.Var[Change]) -> rx.Component:
    words = rx.el.div(rx.el.b(one.what), rx.el.span(one.where), rx.el.small(one.by), class_name="grow")
    side = rx.el.div(
        rx.el.span(one.count),
        rx.cond(
            one.undone,
            pill(t("taken back")),
            rx.cond(Session.granted["rate.change"] & (C.asking != one.id), _undo(one), rx.fragment()),
        ),
        class_name="stand",
    )
    asked = rx.cond((C.asking == one.id) & ~one.undone, _asked(), rx.fragment())
    return rx.el.li(rx.el.div(words, side, class_name="row"), asked, key=one.id)


def _undo(one: rx.Var[Change]) -> rx.Component:
    label = rx.cond(one.is_undo, t("Do again"), t("Undo"))
    return button(label, "quiet", icon="undo", aria_label=label.to(str) + ": " + one.what + ", " + one.by, on_click=C.ask(one.id))


def _asked() -> rx.Component:
    """What it would do, and then it is done."""

    def sentence(said: Any) -> rx.Component:
        return rx.el.p(said)

    do = rx.cond(F.possible, button(t("Take back"), "primary", on_click=C.undo), rx.fragment())
    return rx.el.div(
        rx.foreach(F.said, sentence),
        rx.el.div(button(t("Never mind"), on_click=C.ask(None)), do, class_name="row end"),
        class_name="would",
        role="status",
    )

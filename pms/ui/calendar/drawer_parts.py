"""What the parts of the drawer of a stay are made of."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.kit import button, icon_button, t
from pms.ui.shell import Session

S = StayDrawer


def section(
    title: Any, name: str, shown: rx.Component, fields: rx.Component, permission: str = "reservation.change", may: Any = True
) -> rx.Component:
    """A part of the drawer that can be edited in place, by who has the permission, while the stay `may`."""
    pen = rx.cond(
        Session.granted[permission] & may,
        icon_button("edit", t("Edit: {what}", what=title), tip=False, on_click=S.edit_section(name), class_name="small"),
        rx.fragment(),
    )
    head = rx.el.div(rx.el.h3(title, class_name="grow"), rx.cond(S.editing == name, rx.fragment(), pen), class_name="row")
    return rx.el.section(head, rx.cond(S.editing == name, fields, shown), class_name="section")


def form(on_submit: Any, *fields: rx.Component) -> rx.Component:
    """The form of a part, with its buttons."""
    buttons = rx.el.div(
        button(t("Never mind"), on_click=S.edit_section("")),
        button(t("Save"), "primary", type="submit"),
        class_name="row form-end",
    )
    return rx.el.form(*fields, buttons, on_submit=on_submit, class_name="stack")


def fact(label: Any, value: Any) -> rx.Component:
    """One line: what it is, and how it is."""
    return rx.el.div(rx.el.span(label), rx.el.b(value))


def select(label: Any, name: str, options: rx.Component, value: Any, error: Any, **props: Any) -> rx.Component:
    """One of several; `value` is the one chosen at first, or with `on_change` all along."""
    chosen = {"value": value, **props} if "on_change" in props else {"default_value": value}
    return rx.el.div(
        rx.el.label(label, html_for=name),
        rx.el.select(options, id=name, name=name, class_name="input", **chosen),
        rx.cond(error, rx.el.span(error, class_name="wrong", role="alert"), rx.fragment()),
        class_name="field",
    )

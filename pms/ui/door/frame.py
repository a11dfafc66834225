"""The frame of the pages before sign-in, and their fields."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import LOCALES
from pms.ui.kit.button import button
from pms.ui.kit.field import field
from pms.ui.kit.words import Words, t
from pms.ui.shell.layout import lost_connection
from pms.ui.shell.session import Door


def doorway(*content: Any, title: Any, text: Any = None, wide: bool = False) -> rx.Component:
    """One card in the middle, the languages below it."""
    return rx.el.main(
        rx.el.div(
            rx.el.div(rx.el.span("O", class_name="logo", aria_hidden="true"), "Octaspace", class_name="brand"),
            rx.el.div(rx.el.h1(title), rx.el.p(text) if text is not None else None, *content, class_name="card"),
            rx.el.footer(
                *[
                    rx.el.button(name, type="button", lang=code, aria_pressed=Words.locale == code, on_click=Door.speak(code))
                    for code, name in LOCALES.items()
                ]
            ),
            class_name="door-box wide" if wide else "door-box",
        ),
        lost_connection(),
        class_name="door",
        id="main",
        lang=Words.locale,
    )


def door_form(*content: Any, action: str) -> rx.Component:
    """A form that posts to an HTTP route; door.js sends it and shows what is refused."""
    return rx.el.form(
        rx.el.script(src="/door.js", custom_attrs={"async": True}),
        rx.el.input(type="hidden", name="locale", value=Words.locale, read_only=True),
        *content,
        action=action,
        method="post",
        reset_on_submit=False,
        custom_attrs={"data-door": "", "data-broken": t("The server did not answer. Check the connection and try again.")},
    )


def door_field(
    label: Any, name: str, hint: Any = None, optional: bool = False, id: Any = None, class_name: str = "", **props: Any
) -> rx.Component:
    """A field whose error door.js writes; React leaves the empty span alone."""
    id = name if id is None else id
    props.setdefault("required", not optional)
    control = rx.el.input(id=id, name=name, class_name="input", aria_describedby=id + "-wrong", **props)
    return rx.el.div(
        rx.el.label(label, rx.el.span(t("optional"), class_name="optional") if optional else None, html_for=id),
        control,
        rx.el.span(hint, class_name="hint") if hint is not None else None,
        wrong_place(id),
        class_name=f"field {class_name}".strip(),
    )


def wrong_place(id: Any) -> rx.Component:
    """Where door.js writes what is wrong with a field."""
    return rx.el.span(id=id + "-wrong", class_name="wrong", role="alert", custom_attrs={"data-wrong": ""})


def form_wrong() -> rx.Component:
    """Where door.js writes what is wrong with no field in particular."""
    return rx.el.div(class_name="wrong form-wrong", role="alert", custom_attrs={"data-wrong": "form"})


def code_field() -> rx.Component:
    """The second factor: shown once the server asks for it."""
    return rx.el.div(
        door_field(
            t("Code"),
            "code",
            hint=t("Six digits from your authenticator app, or a recovery code."),
            optional=True,
            auto_complete="one-time-code",
            input_mode="text",
        ),
        hidden=True,
        custom_attrs={"data-reveal": "code-needed"},
    )


def submit(label: Any) -> rx.Component:
    """The form's one big button."""
    return button(label, "primary large wide", type="submit")


__all__ = ["code_field", "door_field", "door_form", "doorway", "field", "form_wrong", "submit", "wrong_place"]

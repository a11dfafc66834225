"""The account page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.accounts.passwords import SHORTEST
from pms.kernel.words import N_
from pms.ui.account.rows import Device
from pms.ui.account.state import Account
from pms.ui.kit import button, dialog, note, password_field, pill, t, text_field
from pms.ui.shell import Screen, page_head


def page() -> rx.Component:
    """Cards, one for each thing one can decide."""
    return rx.fragment(
        page_head(t("Your account")),
        rx.el.div(_person(), _password(), _second_factor(), _devices(), _enrolment(), _leaving(), class_name="page narrow"),
    )


def _card(title: Any, *content: Any, head: Any = None) -> rx.Component:
    return rx.el.section(rx.el.header(rx.el.h2(title), head), rx.el.div(*content, class_name="pad stack"), class_name="card")


def _person() -> rx.Component:
    return _card(
        t("You"),
        rx.el.form(
            rx.el.div(
                text_field(
                    t("Name"),
                    "name",
                    error=Account.errors["name"],
                    default_value=Account.name,
                    key=Account.name,
                    auto_complete="name",
                ),
                text_field(t("E-mail"), "email", value=Account.email, read_only=True, disabled=True),
                class_name="fields",
            ),
            rx.el.div(button(t("Save"), "primary", type="submit"), class_name="row"),
            on_submit=Account.rename,
            class_name="stack",
        ),
    )


def _password() -> rx.Component:
    return _card(
        t("Password"),
        rx.el.form(
            _username(),
            rx.el.div(
                password_field(t("Present password"), "present", error=Account.errors["password"]),
                password_field(
                    t("New password"),
                    "new_password",
                    new=True,
                    error=Account.errors["new_password"],
                    hint=t("{n} characters or more; a sentence is fine.", n=SHORTEST),
                ),
                class_name="fields",
            ),
            rx.el.div(button(t("Change password"), type="submit"), class_name="row"),
            on_submit=Account.change_password,
            id="password-form",
            class_name="stack",
        ),
    )


def _username() -> rx.Component:
    """For password managers, which want to know whose password it is."""
    return rx.el.input(type="text", name="username", value=Account.email, read_only=True, hidden=True, auto_complete="username")


def _second_factor() -> rx.Component:
    return _card(
        t("Two-factor sign-in"),
        rx.el.p(
            t("A code from your phone besides the password. Guests stay safe even if a password leaks."),
            class_name="muted",
        ),
        rx.el.div(
            rx.cond(
                Account.two_factor,
                button(t("Switch off"), "danger", on_click=Account.leave(True)),
                button(t("Switch on"), "primary", on_click=Account.enrol),
            ),
            class_name="row",
        ),
        head=rx.cond(Account.two_factor, pill(t("On"), "ok"), pill(t("Off"))),
    )


def _devices() -> rx.Component:
    return _card(t("Where you are signed in"), rx.el.ul(rx.foreach(Account.devices, _device), class_name="stack", role="list"))


def _device(one: Device) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.b(one.name, class_name="strong"), rx.el.div(one.seen, class_name="faint"), class_name="grow"),
        rx.cond(one.current, pill(t("This device"), "accent"), button(t("Sign out"), "quiet", on_click=Account.end(one.id))),
        class_name="row",
        key=one.id,
    )


def _enrolment() -> rx.Component:
    scan = rx.el.form(
        rx.el.p(t("Scan this with an authenticator app, then enter the code it shows."), class_name="muted"),
        rx.el.div(rx.html(Account.qr), class_name="qr", role="img", aria_label=t("QR code")),
        rx.el.p(t("Or type:"), " ", rx.el.span(Account.secret, class_name="secret"), class_name="muted"),
        text_field(
            t("Code"), "code", error=Account.errors["code"], input_mode="numeric", auto_complete="one-time-code", max_length=8
        ),
        button(t("Switch on"), "primary large", type="submit"),
        on_submit=Account.confirm,
        class_name="stack",
    )
    done = rx.el.div(
        note(
            t("Keep these recovery codes in a safe place: each lets you in once without your phone. They are not shown again."),
            "warn",
        ),
        rx.el.div(rx.foreach(Account.codes, lambda code: rx.el.span(code, key=code)), class_name="codes"),
        button(t("I have kept them"), "primary large", on_click=rx.call_script("document.getElementById('enrolment').close()")),
        class_name="stack",
    )
    return dialog(
        rx.cond(Account.codes.length() > 0, done, scan),
        open=Account.enrolling,
        on_close=Account.enrolled,
        title=t("Two-factor sign-in"),
        id="enrolment",
    )


def _leaving() -> rx.Component:
    return dialog(
        rx.el.form(
            _username(),
            password_field(t("Your password"), "password", error=Account.errors["password"]),
            button(t("Switch off"), "danger large", type="submit"),
            on_submit=Account.switch_off,
            class_name="stack",
        ),
        open=Account.leaving,
        on_close=Account.leave(False),
        title=t("Switch two-factor sign-in off?"),
        id="leaving",
    )


SCREEN = Screen(route="/account", title=N_("Your account"), draw=page, on_load=Account.load)

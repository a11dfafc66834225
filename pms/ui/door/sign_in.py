"""Sign-in."""

from __future__ import annotations

import reflex as rx

from pms.ui.door.frame import code_field, door_field, door_form, doorway, form_wrong, submit
from pms.ui.kit.words import t


def sign_in_page() -> rx.Component:
    """E-mail, password, and a code when the account asks for one."""
    return doorway(
        door_form(
            door_field(t("E-mail"), "email", type="email", auto_complete="username", auto_focus=True, input_mode="email"),
            door_field(t("Password"), "password", type="password", auto_complete="current-password"),
            code_field(),
            form_wrong(),
            submit(t("Sign in")),
            action="/auth/sign-in",
        ),
        rx.el.p(
            t("Forgot your password? Whoever manages your team can make you a link to choose a new one."), class_name="aside"
        ),
        title=t("Sign in"),
        text=t("Good to see you again."),
    )

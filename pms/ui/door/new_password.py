"""Choosing a new password by a link."""

from __future__ import annotations

import reflex as rx

from pms.accounts import password_links
from pms.accounts.passwords import SHORTEST
from pms.kernel.refusals import Refusal
from pms.ui.door.frame import code_field, door_field, door_form, doorway, form_wrong, submit
from pms.ui.kit.button import link_button
from pms.ui.kit.states import failed
from pms.ui.kit.words import Words, t
from pms.ui.shell.act import handler, in_thread


class NewPassword(rx.State):
    """Whom the link is for."""

    ended: str = ""
    secret: str = ""
    organization: str = ""
    email: str = ""
    made_by: str = ""

    @handler
    async def load(self) -> None:
        """Read the link."""
        self.secret = self.router.url.query_parameters.get("token", "")[:200]
        try:
            found = await in_thread(password_links.offered, self.secret)
        except Refusal as refusal:
            self.ended = refusal.say((await self.get_state(Words)).locale)
            return
        self.organization, self.email, self.made_by, self.ended = found.organization, found.email, found.made_by, ""


def new_password_page() -> rx.Component:
    """The new password, and the second factor where there is one."""
    form = door_form(
        rx.el.input(type="hidden", name="token", value=NewPassword.secret, read_only=True),
        door_field(t("E-mail"), "email", value=NewPassword.email, read_only=True, auto_complete="username"),
        door_field(
            t("New password"),
            "password",
            type="password",
            auto_complete="new-password",
            hint=t("{n} characters or more; a sentence is fine.", n=SHORTEST),
        ),
        code_field(),
        form_wrong(),
        submit(t("Save and sign in")),
        action="/auth/choose-password",
    )
    return rx.cond(
        NewPassword.ended != "",
        doorway(failed(NewPassword.ended, action=link_button(t("Sign in"), "/sign-in", "primary")), title=t("New password")),
        doorway(
            form,
            title=t("Choose a new password"),
            text=t("{by} made this link. Your open sessions end, and you are signed in here.", by=NewPassword.made_by),
        ),
    )

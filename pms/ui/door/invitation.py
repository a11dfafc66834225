"""Accepting an invitation by link."""

from __future__ import annotations

import reflex as rx

from pms.accounts import invitations
from pms.accounts.passwords import SHORTEST
from pms.kernel.refusals import Refusal
from pms.ui.door.frame import code_field, door_field, door_form, doorway, form_wrong, submit
from pms.ui.kit.states import failed
from pms.ui.kit.words import Words, t, word_of
from pms.ui.shell.act import handler, in_thread
from pms.ui.shell.layout import ROLE_WORDS


class Invitation(rx.State):
    """What the link offers."""

    offered: bool = False
    ended: str = ""
    secret: str = ""
    organization: str = ""
    email: str = ""
    role: str = ""
    invited_by: str = ""
    is_known: bool = False

    @handler
    async def load(self) -> None:
        """Read the link."""
        self.secret = self.router.url.query_parameters.get("token", "")[:200]
        try:
            found = await in_thread(invitations.invitation, self.secret)
        except Refusal as refusal:
            self.ended = refusal.say((await self.get_state(Words)).locale)
            return
        self.organization, self.email, self.role = found.organization, found.email, found.role
        self.invited_by, self.is_known, self.offered, self.ended = found.invited_by, found.known, True, ""


def invitation_page() -> rx.Component:
    """Who invites whom to what, and the password that proves it."""
    who = rx.fragment(
        t("{by} invites you to work as {role}.", by=Invitation.invited_by, role=word_of(Invitation.role, ROLE_WORDS))
    )
    return rx.cond(
        Invitation.ended != "",
        doorway(failed(Invitation.ended), title=t("Invitation")),
        doorway(
            door_form(
                rx.el.input(type="hidden", name="token", value=Invitation.secret, read_only=True),
                door_field(t("E-mail"), "email", value=Invitation.email, read_only=True, auto_complete="username"),
                rx.cond(Invitation.is_known, rx.fragment(), door_field(t("Your name"), "name", auto_complete="name")),
                _password(),
                code_field(),
                form_wrong(),
                submit(t("Join")),
                action="/auth/accept-invitation",
            ),
            title=t("Welcome to {organization}", organization=Invitation.organization),
            text=who,
        ),
    )


def _password() -> rx.Component:
    mine = door_field(t("Your password"), "password", type="password", auto_complete="current-password")
    new = door_field(
        t("Choose a password"),
        "password",
        type="password",
        auto_complete="new-password",
        hint=t("{n} characters or more; a sentence is fine.", n=SHORTEST),
    )
    return rx.cond(Invitation.is_known, mine, new)

"""The account page's state."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from pms import tries
from pms.accounts import preferences, sessions, two_factor
from pms.accounts.models import Person
from pms.accounts.people import person_id
from pms.accounts.sessions import SessionLine
from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.words import translate
from pms.ui.account.rows import Device, device, qr_svg, spaced
from pms.ui.kit.toast import notice
from pms.ui.shell import Session, act, actor_of, handler, in_thread


@dataclass(frozen=True)
class NameForm:
    """What the name form sends."""

    name: str


@dataclass(frozen=True)
class PasswordForm:
    """What the password form sends."""

    present: str
    new_password: str


def _read(db: Db) -> tuple[Person, list[SessionLine], Actor]:
    return db.one(Person, person_id(db)), sessions.sessions_of(db), db.actor


class Account(rx.State):
    """Secrets of an unfinished enrolment are shown once and forgotten with the dialog."""

    errors: dict[str, str] = {}
    email: str = ""
    name: str = ""
    two_factor: bool = False
    devices: list[Device] = []
    enrolling: bool = False
    leaving: bool = False
    qr: str = ""
    secret: str = ""
    codes: list[str] = []

    @handler
    async def load(self) -> None:
        """Read the person's own data."""
        person, lines, actor = await act(self, _read)
        timezone = (await self.get_state(Session)).house_now.timezone
        self.email, self.name, self.two_factor = person.email, person.name, person.totp_on_since is not None
        self.devices = [device(line, actor.locale, timezone) for line in lines]
        self.errors = {}

    async def _say(self, sentence: str) -> rx.event.EventSpec:
        return notice(translate(sentence, (await actor_of(self)).locale))

    @handler
    async def rename(self, form: NameForm):  # type: ignore[no-untyped-def]
        """Another name."""
        await act(self, preferences.rename, form.name)
        self.errors = {}
        return [Session.enter("/account"), notice(translate("Saved.", (await actor_of(self)).locale))]  # type: ignore[call-arg]

    async def _count_try(self) -> None:
        """A password asked for here is guessed as seldom as at the door: whoever found an open screen has the session only."""
        await in_thread(tries.count, tries.PER_ACCOUNT, "password", str((await actor_of(self)).id))

    @handler
    async def change_password(self, form: PasswordForm):  # type: ignore[no-untyped-def]
        """Another password; the other sessions end."""
        await self._count_try()
        await act(self, preferences.change_password, form.present, form.new_password)
        sentence = translate("Your password is changed. Other devices are signed out.", (await actor_of(self)).locale)
        return [Account.load, notice(sentence), rx.call_script("document.getElementById('password-form').reset()")]

    @handler
    async def enrol(self) -> None:
        """Begin the second factor: a secret for the authenticator app."""
        enrolment = await act(self, two_factor.begin)
        self.qr, self.secret = qr_svg(enrolment.uri), spaced(enrolment.secret)
        self.codes, self.errors, self.enrolling = [], {}, True

    @handler
    async def confirm(self, form: dict[str, str]) -> None:
        """The app shows codes: put the second factor in force, and show the recovery codes once."""
        self.codes = await act(self, two_factor.confirm, form.get("code", ""))
        self.qr, self.secret, self.errors, self.two_factor = "", "", {}, True

    @handler
    async def enrolled(self) -> None:
        """The dialog is closed; nothing secret stays behind."""
        self.qr, self.secret, self.codes, self.enrolling, self.errors = "", "", [], False, {}

    @handler
    async def leave(self, open: bool) -> None:
        """Ask for the password before the second factor goes."""
        self.leaving, self.errors = open, {}

    @handler
    async def switch_off(self, form: dict[str, str]):  # type: ignore[no-untyped-def]
        """Back to the password alone."""
        await self._count_try()
        await act(self, two_factor.switch_off, form.get("password", ""))
        self.two_factor, self.leaving, self.errors = False, False, {}
        return await self._say("Two-factor sign-in is off.")

    @handler
    async def end(self, session: UUID):  # type: ignore[no-untyped-def]
        """Sign another device out."""
        await act(self, sessions.end_session, session)
        return Account.load

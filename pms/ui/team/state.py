"""The team page's state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import field_validator
from pydantic.dataclasses import dataclass as checked

from pms.accounts import invitations, members, password_links
from pms.accounts.invitations import OpenInvitation
from pms.accounts.members import Member
from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.words import translate
from pms.properties import queries
from pms.properties.queries import PropertyLine
from pms.settings import settings
from pms.ui.kit.toast import notice
from pms.ui.shell import LiveView, act, actor_of, as_actor, handler, in_thread, show
from pms.ui.team.rows import Person, Waiting, named, person, roles_to_give, waiting

EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Roll:
    """All the page shows, as read."""

    members: list[Member]
    invitations: list[OpenInvitation]
    properties: list[PropertyLine]
    actor: Actor


@checked(frozen=True)
class Placed:
    """What both forms send: a role, in every property or in the ticked ones."""

    role: str
    email: str = ""
    everywhere: bool = False
    properties: list[UUID] = field(default_factory=list)

    @field_validator("everywhere", mode="before")
    @classmethod
    def _ticked(cls, sent: Any) -> bool:
        return sent in (True, "on", "true", EVERYWHERE)

    @property
    def property_ids(self) -> list[UUID] | None:
        """None for every property."""
        return None if self.everywhere else self.properties


def _read(db: Db) -> Roll:
    return Roll(members.members(db), invitations.invitations(db), queries.properties(db), db.actor)


def load(actor: Actor, window: Any, news: Any) -> Roll:
    """The whole page: a team is small."""
    return as_actor(actor, _read)


def apply(state: Any, roll: Roll, news: Any) -> None:
    """Put it on screen."""
    names = named(roll.properties)
    state.people = [person(one, names, roll.actor.locale) for one in roll.members]
    state.waiting = [waiting(one, names, roll.actor.locale) for one in roll.invitations]
    state.houses = [[str(line.id), line.name] for line in roll.properties]
    state.roles = roles_to_give(roll.actor)


def placed(form: dict[str, Any]) -> Placed:
    """A form's fields; ticked properties arrive as `property.<id>`."""
    ticked = [name.removeprefix("property.") for name, value in form.items() if name.startswith("property.") and value]
    sent = {name: form.get(name) for name in ("role", "email", "everywhere") if form.get(name) is not None}
    return Placed(**sent, properties=ticked)


class Team(rx.State):
    """Colleagues and open invitations, live."""

    errors: dict[str, str] = {}
    people: list[Person] = []
    waiting: list[Waiting] = []
    houses: list[list[str]] = []
    roles: list[str] = []
    inviting: bool = False
    link: str = ""
    editing: bool = False
    new_password: str = ""
    edited: Person = Person("", "", "", "", "h0", "", "", [], False, 0, "")
    everywhere: bool = True

    @handler
    async def load(self) -> None:
        """Show the team."""
        await show(self, VIEW, "team")

    @handler
    async def invite_somebody(self) -> None:
        """Open the invitation."""
        self.link, self.errors, self.inviting, self.everywhere = "", {}, True, True

    @handler
    async def stop_inviting(self) -> None:
        """Close it; the link is not shown again."""
        self.inviting, self.link, self.errors = False, "", {}

    @handler
    async def tick_everywhere(self, checked: bool) -> None:
        """All properties, or only some."""
        self.everywhere = checked

    @handler
    async def invite(self, form: dict[str, Any]) -> None:
        """Make the link to send."""
        wanted = placed(form)
        token = await act(self, invitations.invite, wanted.email, wanted.role, wanted.property_ids)
        self.link, self.errors = f"{settings().public_url}/invitation?token={token}", {}

    @handler
    async def take_back(self, invitation: UUID):  # type: ignore[no-untyped-def]
        """Make an invitation void."""
        await act(self, invitations.withdraw_invitation, invitation)
        return notice(translate("The invitation is withdrawn.", (await actor_of(self)).locale))

    @handler
    async def edit(self, membership: UUID) -> None:
        """Open a colleague."""
        found = next((one for one in self.people if one.id == str(membership)), None)
        if found is not None:
            self.edited, self.editing, self.errors, self.everywhere = found, True, {}, not found.properties
            self.new_password = ""

    @handler
    async def stop_editing(self) -> None:
        """Close the drawer; a link is not shown again."""
        self.editing, self.errors, self.new_password = False, {}, ""

    @handler
    async def make_password_link(self) -> None:
        """Make the link with which a colleague chooses a new password."""
        token = await in_thread(password_links.make, await actor_of(self), UUID(self.edited.id))
        self.new_password = f"{settings().public_url}/new-password?token={token}"

    @handler
    async def save(self, form: dict[str, Any]):  # type: ignore[no-untyped-def]
        """Another role, or other properties: in force at once, on their open screens too."""
        wanted, one = placed(form), self.edited
        await act(self, members.change_role, UUID(one.id), wanted.role, wanted.property_ids, version=one.version)
        self.editing, self.errors = False, {}
        return notice(translate("Saved. It is in force at once, on open screens too.", (await actor_of(self)).locale))

    @handler
    async def withdraw(self):  # type: ignore[no-untyped-def]
        """End somebody's access."""
        one = self.edited
        await act(self, members.withdraw, UUID(one.id), version=one.version)
        self.editing = False
        return notice(translate("{name} has no access any more.", (await actor_of(self)).locale, name=one.name))


VIEW = LiveView(state=Team, topics=frozenset({"access"}), load=load, apply=apply)

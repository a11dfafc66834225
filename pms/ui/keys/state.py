"""The API keys screen's state. A new key is here in full once, until its dialog closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.accounts import api_keys
from pms.kernel.actor import Actor
from pms.kernel.db import Db
from pms.kernel.words import translate
from pms.properties import queries
from pms.ui.keys.rows import KeyRow, key_rows, scopes_to_give
from pms.ui.kit import at
from pms.ui.shell import LiveView, Session, act, actor_of, as_actor, handler, notice, show
from pms.ui.shell.box import Box, read_form, ticked
from pms.ui.shell.live import Stories

FIELDS = {"name": "key_name", "scopes": "scopes", "property_ids": "properties"}


@dataclass(frozen=True)
class KeyForm:
    """The form as sent, ticks apart."""

    key_name: str


@dataclass(frozen=True)
class Ring:
    """All the screen shows, as read."""

    keys: list[KeyRow]
    scopes: list[str]
    houses: list[list[str]]


class Keys(Box, rx.State):
    """`row` is the key that may be revoked; `made` is a new one in full."""

    ready: bool = False
    keys: list[KeyRow] = []
    scopes: list[str] = []
    houses: list[list[str]] = []
    everywhere: bool = True
    made: str = ""

    @handler
    async def load(self) -> None:
        """Show the keys."""
        await self._show()
        self.ready = True

    async def _show(self) -> None:
        await show(self, VIEW, (await self.get_state(Session)).house_now.timezone)

    @handler
    async def add(self) -> Any:
        """Open the form."""
        self.made, self.everywhere = "", True
        self._begin()
        return at("key_name")

    @handler
    async def close(self) -> None:
        """Close it; the key is not shown again."""
        self.made = ""
        self._end()

    @handler
    async def tick_everywhere(self, checked: bool) -> None:
        """All properties, or only some."""
        self.everywhere = checked

    @handler
    async def save(self, form: dict[str, Any]) -> None:
        """Make the key."""
        sent = read_form(KeyForm, form)
        scopes = [name.removeprefix("scope.") for name, value in form.items() if name.startswith("scope.") and value]
        houses = None if form.get("everywhere") else ticked(form, "property.")
        if houses is not None and not houses:
            self.errors = {"properties": translate("Choose at least one property.", (await actor_of(self)).locale)}
            return
        made: list[str] = []
        if await self._try(_create, made, sent.key_name, scopes, houses, fields=FIELDS):
            self.made = made[0]
            await self._show()

    @handler
    async def ask(self, row: UUID) -> None:
        """One more question before a key is made useless."""
        self.row = str(row)

    @handler
    async def never_mind(self) -> None:
        """No."""
        self.row = ""

    @handler
    async def revoke(self, row: UUID) -> Any:
        """Make it useless, from now on."""
        await act(self, api_keys.revoke, row)
        self.row = ""
        await self._show()
        return notice(
            translate("The key is revoked. Programs that use it are refused from now on.", (await actor_of(self)).locale)
        )


def _create(db: Db, made: list[str], name: str, scopes: list[str], houses: list[UUID] | None) -> None:
    made.append(api_keys.create(db, name, scopes, houses)[0])


def _read(db: Db, timezone: str) -> Ring:
    keys = api_keys.api_keys(db)
    lines = queries.properties(db, archived=True)
    names = {line.id: line.name for line in lines}
    houses = [[str(line.id), line.name] for line in lines if not line.archived]
    return Ring(key_rows(keys, names, db.actor.locale, timezone), scopes_to_give(db.actor), houses)


def _load(actor: Actor, timezone: str, news: Stories) -> Ring:
    return as_actor(actor, _read, timezone)


def _apply(state: Any, ring: Ring, news: Stories) -> None:
    state.keys, state.scopes, state.houses = ring.keys, ring.scopes, ring.houses


VIEW = LiveView(state=Keys, topics=frozenset({"keys"}), load=_load, apply=_apply)

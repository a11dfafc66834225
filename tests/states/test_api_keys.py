"""The API keys screen without a browser."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from pms.accounts.api_keys import actor_from_key, api_keys
from pms.accounts.models import ApiKey
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.ui.keys.state import Keys
from pms.ui.shell import Session
from tests.builders import Cast, a_property
from tests.states.tab import Tab, said

FORM = {"key_name": "Website", "scope.property.view": "on", "scope.reservation.book": "on", "everywhere": "on"}


async def a_tab(actor: Actor) -> Tab:
    tab = Tab(actor)
    await tab.call(Session.enter, "/api-keys")
    await tab.call(Keys.load)
    return tab


def kept(actor: Actor) -> list[ApiKey]:
    with work(actor) as db:
        return list(api_keys(db))


async def test_a_key_is_shown_once_works_and_is_revoked(olga: Actor) -> None:
    house = a_property(olga)
    a_property(olga, "Other")
    tab = await a_tab(olga)
    state = tab.state(Keys)
    await tab.call(Keys.add)
    await tab.call(Keys.save, {"key_name": "Website", "scope.property.view": "on"})
    assert list(state.errors) == ["properties"]
    await tab.call(Keys.save, {"key_name": "Website", "everywhere": "on"})
    assert list(state.errors) == ["scopes"]
    await tab.call(Keys.save, {"key_name": "Website", "scope.property.view": "on", f"property.{house}": "on"})
    key = state.made
    program = actor_from_key(key)
    assert program
    assert (program.permissions, program.property_ids) == ({"property.view"}, {house})
    await tab.call(Keys.close)
    assert key not in str((await a_tab(olga)).delta()) + str(state.made)
    row = state.keys[0]
    assert (row.name, row.where, row.used, row.scopes) == ("Website", "Seaside", "Never", ["See properties and availability"])
    await tab.call(Keys.ask, row.id)
    assert "revoked" in said(await tab.call(Keys.revoke, row.id))
    assert (state.keys[0].revoked, actor_from_key(key)) == (True, None)


HOSTILE: list[tuple[Any, tuple[Any, ...]]] = [
    (Keys.save, ({},)),
    (Keys.save, ({**FORM, "scope.world.rule": "on"},)),
    (Keys.save, ({**FORM, "everywhere": "", "property.x": "on"},)),
    (Keys.save, ({**FORM, "everywhere": "", f"property.{uuid4()}": "on"},)),
    (Keys.save, ({**FORM, "key_name": " "},)),
    (Keys.revoke, ("x",)),
    (Keys.revoke, (str(uuid4()),)),
]


@pytest.mark.parametrize(("handler", "arguments"), HOSTILE)
async def test_arguments_of_no_screen_of_ours_make_no_key(olga: Actor, handler: Any, arguments: tuple[Any, ...]) -> None:
    tab = await a_tab(olga)
    assert "recorded" not in said(await tab.call(handler, *arguments)), "a refusal, not a bug"
    assert (kept(olga), tab.state(Keys).made) == ([], "")


async def test_neighbours_and_staff_neither_make_nor_revoke_nor_see_keys(cast: Cast) -> None:
    tab = await a_tab(cast.olga)
    await tab.call(Keys.save, FORM)
    row = tab.state(Keys).keys[0]
    for actor in (cast.rita, cast.hana, cast.anna, cast.otto):
        theirs = await a_tab(actor)
        assert theirs.state(Keys).keys == []
        await theirs.call(Keys.revoke, row.id)
        if actor is not cast.otto:
            await theirs.call(Keys.save, FORM)
            assert theirs.state(Keys).made == ""
    assert [one.revoked_at for one in kept(cast.olga)] == [None]

"""The team page's handlers, called by whoever likes with whatever they like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx

from pms.pms import app
from pms.ui.team.state import Team
from tests.builders import Cast
from tests.states.tab import Tab, said

HOSTILE = [None, "", "x", -1, [], {}, {"role": 5}, {"role": "owner", "property.x": True}, {"email": []}]


@pytest.mark.parametrize("handler", [Team.save, Team.withdraw, Team.make_password_link])
async def test_with_nobody_opened_nothing_is_saved_and_nothing_breaks(cast: Cast, handler: Any) -> None:
    tab = Tab(cast.olga)
    form = [{"role": "manager"}] if handler is Team.save else []
    for _ in ("never opened", "closed again"):
        answer = said(await tab.call(handler, *form))
        assert "could not be understood" in answer
        await tab.call(Team.load)
        await tab.call(Team.edit, tab.state(Team).people[0].id)
        await tab.call(Team.stop_editing)


@pytest.mark.parametrize("name", ["invite", "save", "edit", "take_back", "tick_everywhere"])
async def test_any_argument_is_answered(cast: Cast, name: str) -> None:
    tab = Tab(cast.olga)
    await tab.call(Team.load)
    for value in HOSTILE:
        await tab.call(Team.edit, tab.state(Team).people[0].id)
        assert "Something went wrong" not in said(await tab.call(getattr(Team, name), value)), value


def _states() -> Iterator[type[rx.State]]:
    assert app, "which knows all screens"
    waiting: list[Any] = [rx.State]
    while waiting:
        state = waiting.pop()
        yield state
        waiting += state.get_substates()


def test_every_handler_of_every_screen_checks_its_arguments() -> None:
    """Reflex makes any public method one that browsers may call."""
    ours = [state for state in _states() if state.__module__.startswith("pms.")]
    found = {f"{state.__name__}.{name}": one.fn for state in ours for name, one in state.event_handlers.items()}
    written = {name: function for name, function in found.items() if str(getattr(function, "__module__", "")).startswith("pms.")}
    assert len(written) > 100
    assert [name for name, function in written.items() if "__signature__" not in vars(function)] == []

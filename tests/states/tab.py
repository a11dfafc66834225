"""A browser tab without a browser: states, handlers, and exactly what would cross the wire.

tab = Tab(rita)                                   signed in as Rita; Tab() is nobody
await tab.call(Calendar.move, stay_id, ...)       as the browser calls it: events it answered are returned
tab.state(Calendar).rows                          what the tab holds
tab.delta()                                       what was sent since the last look
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import Any
from uuid import uuid4

import reflex as rx
from reflex.istate.data import RouterData
from reflex_base.event import Event, EventHandler, EventSpec

from pms.accounts.sessions import COOKIE
from pms.kernel.actor import Actor
from tests.screens.conftest import session_of


class Tab:
    """One tab's state tree with the cookies of whoever sits there."""

    def __init__(self, actor: Actor | None = None, cookie: str | None = None, language: str = "en-GB,en;q=0.9") -> None:
        self.token = uuid4().hex
        self.root = rx.State(_reflex_internal_init=True)  # type: ignore[call-arg]
        session = cookie if cookie is not None else session_of(actor) if actor else ""
        headers = {"cookie": f"{COOKIE}={session}" if session else "", "accept_language": language, "accept-language": language}
        self.root.router_data = {"token": self.token, "headers": headers, "pathname": "/", "asPath": "/"}
        self.root.router = RouterData.from_router_data(self.root.router_data)
        self.delta()

    def state(self, cls: type[rx.State]) -> Any:
        """This tab's part of the tree."""
        return self.root.get_substate(cls.get_full_name().split("."))

    async def call(self, handler: Any, *arguments: Any, **named: Any) -> list[Any]:
        """Call a handler as the browser would; the events it answered with, those of generators included."""
        spec: EventHandler = handler.handler if isinstance(handler, EventSpec) else handler
        name = spec.fn.__name__
        owner = next(
            state
            for state in _every_state()
            if state.event_handlers.get(name) is not None and state.event_handlers[name].fn is spec.fn
        )
        state = self.state(owner)
        answer = spec.fn(Aside(state) if spec.is_background else state, *arguments, **named)
        if hasattr(answer, "__aiter__"):
            return [event async for event in answer if event is not None]
        answer = await answer
        return [] if answer is None else list(answer) if isinstance(answer, list | tuple) else [answer]

    def delta(self) -> dict[str, Any]:
        """What the browser would be sent now, and not again."""
        changed = self.root.get_delta()
        self.root._clean()
        return changed


class Aside:
    """What a background handler gets for its state: to be changed only while it holds the tab."""

    def __init__(self, state: rx.State) -> None:
        object.__setattr__(self, "__wrapped__", state)
        object.__setattr__(self, "_held", False)

    async def __aenter__(self) -> Aside:
        object.__setattr__(self, "_held", True)
        return self

    async def __aexit__(self, *problem: object) -> None:
        object.__setattr__(self, "_held", False)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__wrapped__, name)
        own = getattr(type(self.__wrapped__), name, None)
        return MethodType(own, self) if isinstance(found, MethodType) and isinstance(own, FunctionType) else found

    def __setattr__(self, name: str, value: Any) -> None:
        assert self._held, f"{name} was changed while the tab was not held"
        setattr(self.__wrapped__, name, value)


def _every_state() -> list[type[rx.State]]:
    found, waiting = [], [rx.State]
    while waiting:
        state = waiting.pop()
        found.append(state)
        waiting += list(state.get_substates())  # type: ignore[arg-type]
    return found


def said(events: list[Any]) -> str:
    """Everything the answered events would show or do, as text to look into."""
    return " ".join(
        str(event.args if isinstance(event, EventSpec) else event) for event in events if isinstance(event, EventSpec | Event)
    )

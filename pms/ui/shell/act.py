"""The one bridge from screens to the work: `await act(self, verb, ...)` inside a `@handler`.

    class Calendar(rx.State):
        errors: dict[str, str] = {}

        @handler
        async def move(self, stay: UUID, unit: UUID, arrival: date, version: int):
            moved = await act(self, reservations.move, stay, unit, arrival, version=version)
            return notice(...)

Every handler can be called by anybody with any arguments, so `@handler` checks each argument against its annotation (pydantic:
text becomes UUID, date, int, an Enum, a frozen dataclass) before the body runs. `act` finds out anew who is signed in, so a
permission withdrawn a moment ago is refused, and runs the verb in a thread inside one transaction.

A refusal ends the handler: on a field's account it lands in `self.errors[field]` if the state has `errors`, else it is shown as
a message. Anything else is a bug: logged, with a reference the person is shown. Nobody signed in: to the sign-in page.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import logging
import os
import secrets
import typing
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import reflex as rx
from pydantic import TypeAdapter, ValidationError
from reflex.event import EventSpec

from pms.accounts.sessions import actor_from_token, token_in
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal
from pms.kernel.words import known, preferred, translate
from pms.settings import settings
from pms.ui.kit.toast import notice

log = logging.getLogger("octaspace.screens")

P = ParamSpec("P")
R = TypeVar("R")


class SignedOut(Exception):
    """Nobody is signed in here, or not any longer."""


class Misunderstood(Refusal):
    """Arguments no screen of ours sends."""

    sentence = "This request could not be understood. Reload the page and try again."
    status = 400


@functools.cache
def _threads(pid: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings().database_pool, thread_name_prefix="work")


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run blocking work off the event loop, as many at once as there are database connections."""
    call = functools.partial(contextvars.copy_context().run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_threads(os.getpid()), call)


def session_token(state: rx.State) -> str | None:
    """The session token of the tab, from the HttpOnly cookie its socket was opened with."""
    return token_in(state.router.headers.cookie)


def browser_locale(state: rx.State) -> str:
    """The language to speak before we know who it is."""
    return preferred(state.router.headers.accept_language)


def signed_in(token: str | None) -> Actor:
    """Who holds the token now. Raises `SignedOut` for nobody."""
    actor = actor_from_token(token)
    if actor is None:
        raise SignedOut()
    return actor


async def act(state: rx.State, verb: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run `verb(db, *args, **kwargs)` as the person signed in, in a thread, in one transaction; what it returns.

    Raises what the verb refuses, and `SignedOut`; both are answered by `@handler`.
    """
    token = session_token(state)

    def at_work() -> R:
        with work(signed_in(token)) as db:
            return verb(db, *args, **kwargs)

    return await in_thread(at_work)


async def actor_of(state: rx.State) -> Actor:
    """The person signed in, as of now. Raises `SignedOut`."""
    return await in_thread(signed_in, session_token(state))


def as_actor(actor: Actor, verb: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run a verb for somebody already known, in this thread; for `LiveView.load`."""
    with work(actor) as db:
        return verb(db, *args, **kwargs)


def handler(function: Callable[..., Any] | None = None, *, lets_go: str = "", **options: Any) -> Any:
    """`rx.event` with checked arguments and answered refusals. Options go to `rx.event` (`background=True`, ...).

    `lets_go` names a method of the state that is called when there is a problem, odd arguments included: it tells a browser that
    shows something as under way to wait no longer. Of coroutines alone.
    """
    if function is None:
        return functools.partial(handler, lets_go=lets_go, **options)
    plain = inspect.signature(function)
    check = _checker(function, plain)
    wrapped = _generator(function, check) if inspect.isasyncgenfunction(function) else _coroutine(function, check, lets_go)
    functools.update_wrapper(wrapped, function)
    # Reflex would convert arguments itself by these, and give up quietly where it cannot.
    wrapped.__annotations__ = {}
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in plain.parameters.values()]
    wrapped.__signature__ = plain.replace(parameters=bare, return_annotation=inspect.Signature.empty)  # type: ignore[attr-defined]
    del wrapped.__wrapped__  # type: ignore[attr-defined]
    return rx.event(wrapped, **options)


def _coroutine(function: Callable[..., Any], check: Callable[..., dict[str, Any]], lets_go: str) -> Any:
    async def run(self: rx.State, *args: Any, **kwargs: Any) -> Any:
        try:
            return await function(self, **check(args, kwargs))
        except Exception as problem:
            if lets_go:
                getattr(self, lets_go)()
            return await answer(self, problem)

    return run


def _generator(function: Callable[..., Any], check: Callable[..., dict[str, Any]]) -> Any:
    async def run(self: rx.State, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        try:
            async for event in function(self, **check(args, kwargs)):
                yield event
        except Exception as problem:
            yield await answer(self, problem)

    return run


def _checker(function: Callable[..., Any], signature: inspect.Signature) -> Callable[..., dict[str, Any]]:
    @functools.cache
    def adapters() -> dict[str, TypeAdapter[Any]]:
        hints = typing.get_type_hints(function, include_extras=True)
        return {name: TypeAdapter(hints.get(name, Any)) for name in list(signature.parameters)[1:]}

    def check(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        try:
            given = signature.bind(None, *args, **kwargs).arguments
            return {name: adapters()[name].validate_python(value) for name, value in given.items() if name in adapters()}
        except (TypeError, ValidationError) as problem:
            log.warning("arguments refused: %s: %s", function.__qualname__, str(problem)[:500])
            raise Misunderstood() from problem

    return check


async def answer(state: rx.State, problem: Exception) -> Any:
    """What the person gets for an exception: a field's error, a message, the sign-in page, or a reference to the bug."""
    if isinstance(problem, SignedOut):
        return rx.call_script("location.assign('/sign-in?next='+encodeURIComponent(location.pathname+location.search))")
    locale = await _locale(state)
    if not isinstance(problem, Refusal):
        return notice(*_reference(problem, locale), bad=True)
    sentence = problem.say(locale)
    if problem.field and await _put_error(state, problem.field, sentence):
        return None
    return notice(sentence, bad=True, id=problem.code)


async def _put_error(state: rx.State, field: str, sentence: str) -> bool:
    if "errors" not in type(getattr(state, "__wrapped__", state)).vars:
        return False
    if hasattr(state, "__wrapped__"):
        async with state:
            state.errors = {field: sentence}
    else:
        state.errors = {field: sentence}  # type: ignore[attr-defined]
    return True


async def _locale(state: rx.State) -> str:
    try:
        actor = await in_thread(actor_from_token, session_token(state))
    except Exception:
        log.exception("nobody to ask for the language")
        actor = None
    return known(actor.locale) if actor else browser_locale(state)


def _reference(problem: Exception, locale: str) -> tuple[str, str]:
    reference = secrets.token_hex(4).upper()
    log.error("bug %s in a screen", reference, exc_info=problem)
    return (
        translate("Something went wrong on our side.", locale),
        translate("It has been recorded. If it happens again, tell us this reference: {reference}", locale, reference=reference),
    )


def unhandled(exception: Exception) -> EventSpec | None:
    """For exceptions outside any `@handler`: the application's last resort, without knowing whose tab it was."""
    return notice(*_reference(exception, "en"), bad=True)

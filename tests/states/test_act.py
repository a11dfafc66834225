"""The bridge from screens: who is asked, what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
import reflex as rx

from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotFound
from pms.ui.shell.act import act, actor_of, handler
from tests.builders import Cast
from tests.states.tab import Tab, said


@dataclass(frozen=True)
class Form:
    """A form with a number in it."""

    name: str
    rooms: int = 1


class Bench(rx.State):
    """A screen that does as it is told."""

    errors: dict[str, str] = {}
    seen: str = ""

    @handler
    async def look(self, stay: UUID, arrival: date, form: Form) -> None:
        """Everything typed."""
        self.seen = f"{type(stay).__name__} {arrival.isoformat()} {form.name} {form.rooms + 1}"

    @handler
    async def who(self) -> None:
        """The name of whoever sits there."""
        self.seen = (await actor_of(self)).name

    @handler
    async def manage(self) -> None:
        """Only some may."""
        await act(self, _only_managers)

    @handler
    async def blame(self) -> None:
        """A field is at fault."""
        await act(self, _bad_email)

    @handler
    async def absent(self):  # type: ignore[no-untyped-def]
        """A generator refuses midway."""
        self.seen = "before"
        yield
        await act(self, _nothing_there)

    @handler
    async def bug(self) -> None:
        """Nobody expected this."""
        raise ZeroDivisionError("a secret of the inside")


def _only_managers(db: Db) -> None:
    db.actor.require("members.manage")


def _bad_email(db: Db) -> None:
    raise BadInput("email", "This is not an e-mail address.")


def _nothing_there(db: Db) -> None:
    raise NotFound(what="room type")


async def test_arguments_become_what_the_handler_says(cast: Cast) -> None:
    tab = Tab(cast.rita)
    await tab.call(Bench.look, str(uuid4()), "2026-11-23", {"name": "Suite", "rooms": "3"})
    assert tab.state(Bench).seen == "UUID 2026-11-23 Suite 4"


@pytest.mark.parametrize(
    "arguments",
    [("x", "2026-11-23", {"name": "a"}), (str(uuid4()), "tomorrow", {"name": "a"}), (str(uuid4()), "2026-11-23", {}), ()],
)
async def test_arguments_of_no_screen_of_ours_never_reach_the_handler(cast: Cast, arguments: tuple[object, ...]) -> None:
    tab = Tab(cast.rita)
    events = await tab.call(Bench.look, *arguments)
    assert tab.state(Bench).seen == ""
    assert "could not be understood" in said(events)


async def test_an_unknown_argument_is_refused_too(cast: Cast) -> None:
    events = await Tab(cast.rita).call(Bench.who, surprise=1)
    assert "could not be understood" in said(events)


async def test_nobody_signed_in_is_shown_to_the_door() -> None:
    for tab in (Tab(), Tab(cookie="made-up")):
        assert "/sign-in" in said(await tab.call(Bench.who))


async def test_a_missing_permission_is_a_message_not_a_deed(cast: Cast) -> None:
    assert "permission" in said(await Tab(cast.rita).call(Bench.manage))
    assert await Tab(cast.olga).call(Bench.manage) == []


async def test_what_a_field_is_to_blame_for_stands_beside_it(cast: Cast) -> None:
    tab = Tab(cast.rita)
    assert await tab.call(Bench.blame) == []
    assert tab.state(Bench).errors == {"email": "This is not an e-mail address."}
    assert "This is not an e-mail address." in str(tab.delta())


async def test_generators_are_answered_like_others(cast: Cast) -> None:
    tab = Tab(cast.rita)
    assert "There is no such room type here." in said(await tab.call(Bench.absent))
    assert tab.state(Bench).seen == "before"


async def test_a_bug_shows_a_reference_and_nothing_of_the_inside(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    shown = said(await Tab(cast.rita).call(Bench.bug))
    assert "Something went wrong on our side." in shown
    assert "secret" not in shown
    reference = next(record.args[0] for record in caplog.records if record.args)  # type: ignore[index]
    assert str(reference) in shown

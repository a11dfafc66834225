"""The state of the screen for spreadsheets of rates. The browser keeps the file; the HTTP route says what it would do, or did."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from uuid import UUID

import reflex as rx

from pms.kernel.dates import today
from pms.kernel.formats import number
from pms.kernel.words import translate_many
from pms.ui.kit.toast import notice
from pms.ui.rates.wishes import take_back
from pms.ui.shell import Session, act, actor_of, handler
from pms.ui.shell.act import Misunderstood

SPAN = 90
"""Days offered for a file out."""


@dataclass(frozen=True)
class Row:
    """A row of the file: where it stands, which cell it means, what it would change or why it is refused."""

    row: int = 0
    cell: str = ""
    text: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Answer:
    """What the HTTP route said; `message` alone when it refused."""

    message: str = ""
    name: str = ""
    fingerprint: str = ""
    rows: int = 0
    changing: int = 0
    refused: int = 0
    lines: list[Row] = field(default_factory=list)
    change_id: UUID | Literal[""] = ""
    done: bool = False


class RateSheets(rx.State):
    """`stage` is "" (no file yet), "tried" or "done"."""

    errors: dict[str, str] = {}
    ready: bool = False
    sending: bool = False
    taking: bool = False
    stage: str = ""
    file_name: str = ""
    fingerprint: str = ""
    change_id: str = ""
    rows: str = ""
    changing: int = 0
    changing_text: str = ""
    refused: int = 0
    refused_text: str = ""
    lines: list[Row] = []
    cut: bool = False
    first: str = ""
    last: str = ""
    form: str = "xlsx"

    @handler
    async def load(self) -> None:
        """Show the screen anew; a file that was tried is still in the browser, unless the page was loaded again."""
        session = await self.get_state(Session)
        if session.house:
            here = today(session.house_now.timezone)
            self.first, self.last = here.isoformat(), (here + timedelta(days=SPAN)).isoformat()
        self._forget()
        self.ready = True

    @handler
    async def choose(self, what: Literal["first", "last", "form"], to: str) -> None:
        """Another night, another format, for a file out; what is no day stays out of the address."""
        if what == "form":
            self.form = "csv" if to == "csv" else "xlsx"
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", to):
            setattr(self, what, to)

    @handler
    async def send(self) -> None:
        """The browser sends a file: hold the button."""
        self.sending, self.errors = True, {}

    @handler
    async def received(self, answer: Answer) -> None:
        """What the route said; it is checked like anything from a browser."""
        self.sending = False
        if answer.message or not answer.fingerprint:
            self.errors = {"file": answer.message[:300]}
            return
        locale = (await actor_of(self)).locale
        self.stage, self.file_name = "done" if answer.done else "tried", answer.name[:200]
        self.fingerprint, self.change_id = answer.fingerprint[:64], str(answer.change_id)
        self.changing, self.refused = answer.changing, answer.refused
        self.rows, self.lines = number(answer.rows, locale), answer.lines[:200]
        self.changing_text, self.refused_text = number(answer.changing, locale), number(answer.refused, locale)
        self.cut = answer.changing + answer.refused > len(self.lines)

    @handler
    async def take(self) -> None:
        """The browser fetches the file."""
        self.taking, self.errors = True, {}

    @handler
    async def taken(self, answer: Answer) -> None:
        """It is saved, or there is a reason why not."""
        self.taking = False
        self.errors = {"span": answer.message[:300]} if answer.message else {}

    @handler
    async def back(self) -> None:
        """Another file."""
        self._forget()

    @handler
    async def undo(self):  # type: ignore[no-untyped-def]
        """Take the change back."""
        if not self.change_id:
            raise Misunderstood()
        made, crossed = await act(self, take_back, UUID(self.change_id))
        self._forget()
        locale = (await actor_of(self)).locale
        return notice(
            translate_many("{n} night is as it was.", "{n} nights are as they were.", made.cells, locale), crossed or None
        )

    def _forget(self) -> None:
        self.stage, self.fingerprint, self.change_id, self.errors, self.lines = "", "", "", {}, []
        self.sending = False

"""Asking a channel something for a person who waits: what it sells, what it shows. No transaction is open while it thinks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import httpx

from pms.channels import calls
from pms.channels.adapter import Adapter, Link, RemoteProduct, Stop, Unreadable, Wait
from pms.channels.changes import Cell, Values
from pms.channels.connections import adapter_of, keep_credentials, known_by, link_of, managed
from pms.channels.conversation import NIGHTS
from pms.channels.currency import other_there
from pms.channels.models import Connection
from pms.channels.outbound import first_night, products_of
from pms.channels.present import whole_calendar
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import Refusal

T = TypeVar("T")
PAUSE_SECONDS = 60
"""When to try again, where the channel does not say."""


class ChannelSilent(Refusal):
    """It gives no answer, none we can read, or asks to be left alone for so many `seconds`; `words` are what there was."""

    sentence = "{channel} gives no answer at the moment. Try again in {seconds} seconds."
    status = 503


class ChannelRefuses(Refusal):
    """It does not let us in; `words` are its own."""

    sentence = "{channel} does not let us in. Check what you entered, and that the property is connected to us there."
    status = 422


class OtherCurrency(ChannelRefuses):
    """It would take our prices for as many of something else."""

    sentence = (
        "{channel} has this property in {theirs}, and here it is in {ours}. Have one of them changed before anything is told."
    )


@dataclass(frozen=True)
class Preview:
    """What a full sync would say: so many `nights` of so many `products`. Of its `cells`, where the calendar there can be read
    (`readable`), `same` are shown like that already, and `differ` are shown otherwise; the rest are not shown there yet.
    """

    nights: int
    products: int
    cells: int
    readable: bool = False
    same: int = 0
    differ: int = 0

    @property
    def unseen(self) -> int:
        """Cells of which the channel shows nothing yet."""
        return self.cells - self.same - self.differ


def remote_products(actor: Actor, connection_id: UUID) -> list[RemoteProduct]:
    """What the channel sells of the property, each id once; empty where it cannot be asked.

    Refuses `ChannelSilent`, `ChannelRefuses` (`OtherCurrency`), `NotFound`, `NotPermitted`.
    """

    def look(adapter: Adapter, http: httpx.Client, link: Link) -> list[RemoteProduct]:
        _refuse_other_currency(adapter, http, link)
        return list(adapter.remote(http, link))

    return list({one.remote_id: one for one in ask(actor, connection_id, look)}.values())


def same_currency(actor: Actor, connection_id: UUID) -> None:
    """Before anything is told: that both mean the same money, as far as it can be asked. Refuses as `remote_products` does."""
    ask(actor, connection_id, _refuse_other_currency)


def _refuse_other_currency(adapter: Adapter, http: httpx.Client, link: Link) -> None:
    if theirs := other_there(adapter, http, link):
        raise OtherCurrency(channel=adapter.name, theirs=theirs, ours=link.currency, words="")


def preview(actor: Actor, connection_id: UUID, nights: int = NIGHTS) -> Preview:
    """What the channel would be told, against what it shows now. Refuses as `remote_products` does."""
    with work(actor) as db:
        connection = managed(db, connection_id)
        products, first = products_of(db, connection.id), first_night(db, connection)
        now = whole_calendar(db, connection, products, known_by(connection), first, nights)

    def look(adapter: Adapter, http: httpx.Client, link: Link) -> tuple[Mapping[Cell, Values], Mapping[Cell, Values] | None]:
        _refuse_other_currency(adapter, http, link)
        told = {cell: adapter.as_told(link, cell[0], values) for cell, values in now.items()}
        return told, adapter.shown(http, link, first, nights)

    told, shown = ask(actor, connection_id, look)
    return compared(told, shown, nights, len(products))


def compared(now: Mapping[Cell, Values], shown: Mapping[Cell, Values] | None, nights: int, products: int) -> Preview:
    """What is true against what is shown; a cell is the same when every field shown of it is. Pure."""
    if shown is None:
        return Preview(nights, products, len(now))
    seen = [(values, shown[cell]) for cell, values in now.items() if shown.get(cell)]
    same = sum(all(theirs.get(name, value) == value for name, value in ours.items()) for ours, theirs in seen)
    return Preview(nights, products, len(now), True, same, len(seen) - same)


def ask(actor: Actor, connection_id: UUID, question: Callable[[Adapter, httpx.Client, Link], T]) -> T:
    """Put a question to the channel, and write the call down. Refuses as `remote_products` does."""

    def keep(renewed: Mapping[str, str], got_with: Mapping[str, Collection[str]]) -> None:
        with work(actor) as db:
            keep_credentials(db, connection_id, renewed, got_with)

    with work(actor) as db:
        connection = managed(db, connection_id)
        adapter, link = adapter_of(connection.channel), link_of(db, connection, keep)
    telephone = calls.Telephone()
    try:
        with telephone.client() as http:
            return question(adapter, http, link)
    except Wait as later:
        seconds = PAUSE_SECONDS if later.seconds is None else max(1, round(later.seconds))
        raise ChannelSilent(channel=adapter.name, seconds=seconds, words=str(later)) from later
    except Unreadable as odd:
        raise ChannelSilent(channel=adapter.name, seconds=PAUSE_SECONDS, words=str(odd)) from odd
    except Stop as no:
        raise ChannelRefuses(channel=adapter.name, words=str(no)) from no
    finally:
        _write_down(actor, connection_id, telephone.notes())


def _write_down(actor: Actor, connection_id: UUID, said: Sequence[calls.Call]) -> None:
    with work(actor) as db:
        db.one(Connection, connection_id)
        calls.write_down(db, connection_id, said)

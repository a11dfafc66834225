"""What `python -m pms channel ...` does and prints."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import cast

import typer
from sqlmodel import col, select

from pms.channels.adapter import Credential
from pms.channels.asking import ChannelSilent, same_currency
from pms.channels.connections import (
    State,
    adapter_of,
    close_and_disconnect,
    connect,
    connection_of,
    disconnect,
    map_product,
    set_state,
)
from pms.channels.models import Product
from pms.channels.outbound import refusals
from pms.imports.commands import find_house
from pms.kernel.db import work
from pms.properties.models import RoomType
from pms.rates.models import RatePlan
from pms.settings import Unready

SAID = {
    "paused": " It goes on selling what it was told last.",
    "closing": " All rooms are closed there, then the connection ends.",
    "ended": " It goes on selling what it was told last; close it there.",
}
"""What a state means for the rooms there, where people might expect otherwise."""


def channel_connect(channel: str, remote_property: str, wanted: str | None) -> None:
    """`python -m pms channel connect`. Refused in one sentence: Unready."""
    told = {one.name: _asked(one) for one in adapter_of(channel).credentials}
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        row = connect(db, property_id, channel, remote_property, told)
    typer.echo(f"{channel} {row.remote_property} is connected, for testing. Map room types and plans to have them told.")


def channel_map(channel: str, remote_id: str, room_type: str, plan: str | None, wanted: str | None) -> None:
    """`python -m pms channel map`. Refused in one sentence: Unready."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        row = connection_of(db, property_id, channel)
        kinds = select(RoomType).where(RoomType.property_id == property_id, col(RoomType.archived_at).is_(None))
        kind = _named(list(db.scalars(kinds.where(col(RoomType.name) == room_type))), room_type)
        plans = select(RatePlan).where(RatePlan.property_id == property_id, col(RatePlan.archived_at).is_(None))
        chosen = _named(list(db.scalars(plans.where(col(RatePlan.code) == plan))), plan) if plan else None
        map_product(db, row.id, kind.id, chosen.id if chosen else None, remote_id)
    typer.echo(f"{remote_id} is {room_type}{' ' + plan if plan else ''}.")


def channel_state(channel: str, state: str, wanted: str | None) -> None:
    """`python -m pms channel state`. Refused in one sentence: Unready."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        row = connection_of(db, property_id, channel)
    if state in ("testing", "live"):
        with suppress(ChannelSilent):  # a channel that is away is spoken to once it is back, and asked before a price is told
            same_currency(actor, row.id)
    with work(actor) as db:
        if state == "closing":
            close_and_disconnect(db, row.id, row.version)
        elif state == "ended":
            disconnect(db, row.id, row.version)
        else:
            set_state(db, row.id, row.version, cast(State, state))
    typer.echo(f"{channel} {row.remote_property}: {state}.{SAID.get(state, '')}")


def channel_show(channel: str, wanted: str | None) -> None:
    """`python -m pms channel show`: its state, and what it refused of each product."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        row = connection_of(db, property_id, channel)
        typer.echo(f"{channel} {row.remote_property}: {row.state}{'. ' + row.problem if row.problem else ''}")
        for product in db.scalars(select(Product).where(Product.connection_id == row.id).order_by(col(Product.remote_id))):
            refused = "; ".join(f"{night}: {words}" for night, words in refusals(db, product.id))
            typer.echo(f"  {product.remote_id}: {refused or 'nothing refused'}")


def _named(found: list[RoomType] | list[RatePlan], name: str) -> RoomType | RatePlan:
    if len(found) != 1:
        raise Unready(f"There is {'no' if not found else 'more than one'} {name} in this property.")
    return found[0]


def _asked(one: Credential) -> str:
    """From the environment or a prompt; never from the arguments, which every user of the machine can read."""
    variable = f"OCTASPACE_CHANNEL_{one.name.upper()}"
    if variable in os.environ or not one.needed:
        return os.environ.get(variable, "")
    if not sys.stdin.isatty():
        raise Unready(f"Set {variable} to the channel's {one.label}.")
    return str(typer.prompt(one.label, hide_input=one.secret))

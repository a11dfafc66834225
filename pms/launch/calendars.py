"""What `python -m pms channel calendar ...` does and prints."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import cast
from uuid import UUID

import typer
from sqlmodel import col, select

from pms.channels.calendars.feeds import (
    State,
    add_feed,
    believe_empty,
    link_of,
    remove_feed,
    set_feed_state,
)
from pms.channels.calendars.models import CalendarFeed
from pms.channels.calendars.queries import FeedLine, feeds_of
from pms.imports.commands import find_house
from pms.kernel.db import Db, work
from pms.properties.models import RoomType, Unit
from pms.settings import Unready

LINK_VARIABLE = "OCTASPACE_CALENDAR_LINK"


def calendar_add(site: str, unit: str | None, room_type: str | None, wanted: str | None) -> None:
    """`python -m pms channel calendar add`. Refused in one sentence: Unready."""
    if bool(unit) == bool(room_type):
        raise Unready("Name either a unit or a room type.")
    actor, property_id = find_house(wanted)
    link = _link() if unit else ""
    with work(actor) as db:
        if unit:
            feed = add_feed(db, site, unit_id=_named(db, Unit, property_id, unit), url=link)
        else:
            feed = add_feed(db, site, room_type_id=_named(db, RoomType, property_id, room_type or ""))
        typer.echo(f"{feed.name} is added{', and read every 15 minutes' if feed.url else ''}. Give the site this link:")
        typer.echo(link_of(feed))


def calendar_list(wanted: str | None, links: bool) -> None:
    """`python -m pms channel calendar list`: the links only where they are asked for."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        for number, line in enumerate(feeds_of(db, property_id), 1):
            problem = f" Trouble: {line.problem.say('en')}" if line.problem else ""
            typer.echo(f"{number}  {line.of} on {line.name}: {line.state}.{_times(line)}{problem}")
            for one in line.notes:
                typer.echo(f"   {one.say('en')}")
            if links:
                typer.echo(f"   {link_of(db.one(CalendarFeed, line.id))}")


def calendar_state(number: str, state: str, wanted: str | None) -> None:
    """`python -m pms channel calendar state`. Refused in one sentence: Unready."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        line = _numbered(db, property_id, number)
        if state == "empty":
            believe_empty(db, line.id, line.version)
        else:
            set_feed_state(db, line.id, line.version, cast(State, state))
    typer.echo(f"{line.of} on {line.name}: {state}.")


def calendar_remove(number: str, wanted: str | None) -> None:
    """`python -m pms channel calendar remove`. Refused in one sentence: Unready."""
    actor, property_id = find_house(wanted)
    with work(actor) as db:
        line = _numbered(db, property_id, number)
        remove_feed(db, line.id, line.version)
    typer.echo(f"{line.of} on {line.name} is removed. Delete our link on the site too.")


def _times(line: FeedLine) -> str:
    read = f" Read from {line.host}: {_when(line.good_at)}." if line.host else ""
    return f"{read} Asked for: {_when(line.pulled_at)}."


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"


def _numbered(db: Db, property_id: UUID, number: str) -> FeedLine:
    lines = feeds_of(db, property_id)
    if not number.isdigit() or not 1 <= int(number) <= len(lines):
        raise Unready(f"There is no calendar {number}; `channel calendar list` numbers them.")
    return lines[int(number) - 1]


def _named(db: Db, table: type[Unit] | type[RoomType], property_id: UUID, name: str) -> UUID:
    query = select(table.id).where(table.property_id == property_id, table.name == name, col(table.archived_at).is_(None))
    found: list[UUID] = list(db.scalars(query))
    if len(found) != 1:
        raise Unready(f"There is {'no' if not found else 'more than one'} {name} in this property.")
    return found[0]


def _link() -> str:
    """From the environment or a prompt; never from the arguments, which every user of the machine can read."""
    given = os.environ.get(LINK_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Unready(f"Set {LINK_VARIABLE} to the link of the site's calendar, or to nothing to be read only.")
    return str(typer.prompt("The site's link (empty to be read only)", default="", hide_input=True, show_default=False))

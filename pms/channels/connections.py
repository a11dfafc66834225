"""Connecting a property to a channel: credentials, what is mapped to what, and whether anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from pms.channels.models import Connection, Product
from pms.kernel.db import Db
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput, NotFound, Refusal
from pms.kernel.versions import refuse_stale
from pms.properties.models import Property, RoomType
from pms.rates.models import RatePlan

CHANNELS = ("channex",)
"""Channels an adapter is here for."""
ID_MOST, CREDENTIALS_MOST = 100, 2000
State = Literal["testing", "live", "paused"]


class AlreadyConnected(Refusal):
    """The property is connected to that channel: one at a time, so that nobody wonders which of two said what."""

    sentence = "This property is connected to {channel} already."
    status = 409


class AlreadyMapped(Refusal):
    """The channel's product, or ours, is mapped already."""

    sentence = "{remote_id} is mapped already."
    status = 409


def connect(db: Db, property_id: UUID, channel: str, remote_property: str, credentials: Mapping[str, str]) -> Connection:
    """Connect a property; nothing is sent for products nobody has mapped.

    Refuses `AlreadyConnected`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    db.actor.require("channel.manage", property_id)
    house = db.one(Property, property_id, lock=True)
    if house.archived_at:
        raise NotFound(what="property")
    if channel not in CHANNELS:
        raise BadInput("channel", "There is no such channel.")
    if _connected(db, property_id, channel):
        raise AlreadyConnected(channel=channel)
    row = Connection(
        organization_id=db.organization_id,
        property_id=house.id,
        channel=channel,
        remote_property=_tidy("remote_property", remote_property),
        credentials=_sealed(credentials),
    )
    db.add(row)
    db.flush()
    after = {"channel": channel, "remote_property": row.remote_property}
    record(db, "channel_connection.made", "channel_connection", row.id, house.id, after=after)
    return row


def connection_of(db: Db, property_id: UUID, channel: str) -> Connection:
    """The property's connection to a channel. Refuses `NotFound`, `NotPermitted`."""
    db.actor.require("channel.manage", property_id)
    row = _connected(db, property_id, channel)
    if row is None:
        raise NotFound(what="channel connection")
    return row


def set_state(db: Db, connection_id: UUID, version: int, state: State) -> Connection:
    """Test, go live, or pause. Refuses `BadInput`, `MovedMeanwhile`, `NotFound`, `NotPermitted`."""
    row = _held(db, connection_id)
    refuse_stale(db, row, version)
    if state not in ("testing", "live", "paused"):
        raise BadInput("state", "There is no such state.")
    before = {"state": row.state}
    row.state, row.problem = state, ""
    row.version += 1
    after = {"state": state}
    record(db, "channel_connection.changed", "channel_connection", row.id, row.property_id, before=before, after=after)
    return row


def map_product(db: Db, connection_id: UUID, room_type_id: UUID, rate_plan_id: UUID | None, remote_id: str) -> Product:
    """Say which of the channel's products is which of ours: a room type, or (with a plan) a plan in it.

    Refuses `AlreadyMapped`, `BadInput`, `NotFound`, `NotPermitted`.
    """
    row = _held(db, connection_id)
    remote = _tidy("remote_id", remote_id)
    kind = db.one(RoomType, room_type_id)
    plan = db.one(RatePlan, rate_plan_id) if rate_plan_id else None
    if kind.property_id != row.property_id or (plan and plan.property_id != row.property_id):
        raise NotFound(what="room type" if kind.property_id != row.property_id else "rate plan")
    same = (col(Product.room_type_id) == kind.id) & col(Product.rate_plan_id).is_not_distinct_from(rate_plan_id)
    taken = select(Product).where(col(Product.connection_id) == row.id, (col(Product.remote_id) == remote) | same)
    if db.scalars(taken).first():
        raise AlreadyMapped(remote_id=remote)
    product = Product(
        organization_id=db.organization_id,
        connection_id=row.id,
        room_type_id=kind.id,
        rate_plan_id=rate_plan_id,
        remote_id=remote,
    )
    db.add(product)
    db.flush()
    after = {"remote_id": remote, "room_type_id": str(kind.id), "rate_plan_id": str(rate_plan_id) if rate_plan_id else None}
    record(db, "channel_connection.mapped", "channel_connection", row.id, row.property_id, after=after)
    return product


def opened(connection: Connection) -> dict[str, str]:
    """The credentials in the clear, for the adapter alone."""
    found: dict[str, str] = json.loads(decrypt(connection.credentials))
    return found


def _connected(db: Db, property_id: UUID, channel: str) -> Connection | None:
    query = select(Connection).where(Connection.property_id == property_id, Connection.channel == channel)
    return db.scalars(query.where(col(Connection.archived_at).is_(None))).first()


def _held(db: Db, connection_id: UUID) -> Connection:
    row = db.one(Connection, connection_id, lock=True)
    if row.archived_at or not db.actor.sees(row.property_id):
        raise NotFound(what="channel connection")
    db.actor.require("channel.manage", row.property_id)
    return row


def _tidy(field: str, value: str) -> str:
    tidy = value.strip()
    if not 0 < len(tidy) <= ID_MOST or "\x00" in tidy:
        raise BadInput(field, "Say what the channel calls it.")
    return tidy


def _sealed(credentials: Mapping[str, str]) -> str:
    text = json.dumps(dict(credentials))
    if not credentials or len(text) > CREDENTIALS_MOST:
        raise BadInput("credentials", "The channel's credentials are missing, or too long.")
    return encrypt(text)

"""API keys: how programs come in. Shown once, kept as a hash, limited to scopes and perhaps to properties, revocable."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from pms.accounts.models import ApiKey
from pms.accounts.people import clean_name
from pms.accounts.reach import known_properties, refuse_beyond_own
from pms.kernel.actor import DOOR, Actor
from pms.kernel.dates import now
from pms.kernel.db import Db, raw, work
from pms.kernel.encryption import new_token, token_hash
from pms.kernel.outbox import record
from pms.kernel.permissions import PERMISSIONS
from pms.kernel.refusals import BadInput

START = "osk_"
SHOWN = 12
"""How much of a key its owner sees again, to tell it from the others."""
TOUCH_EVERY = timedelta(minutes=1)


def create(db: Db, name: str, scopes: Collection[str], property_ids: Sequence[UUID] | None = None) -> tuple[str, ApiKey]:
    """A new key, in full this once, and its row. `scopes` are permission names.

    Refuses `NotPermitted`, `BeyondYourOwn`, `BadInput`, `NotFound` (a property).
    """
    db.actor.require("api_keys.manage")
    unknown = sorted(set(scopes) - PERMISSIONS)
    if unknown or not scopes:
        raise BadInput("scopes", "Choose at least one scope, each the name of a permission.", unknown=unknown)
    refuse_beyond_own(db, scopes, property_ids)
    key = START + new_token()
    row = ApiKey(
        organization_id=db.organization_id,
        name=clean_name(name),
        prefix=key[:SHOWN],
        key_hash=token_hash(key),
        scopes=sorted(set(scopes)),
        property_ids=known_properties(db, property_ids),
    )
    db.add(row)
    db.flush()
    record(db, "api_key.created", "api_key", row.id, after={"name": row.name, "prefix": row.prefix, "scopes": row.scopes})
    return key, row


def api_keys(db: Db) -> Sequence[ApiKey]:
    """Every key of the organization, the newest first, revoked ones too."""
    db.actor.require("api_keys.manage")
    return db.scalars(select(ApiKey).order_by(col(ApiKey.id).desc())).all()


def revoke(db: Db, api_key_id: UUID) -> None:
    """Make a key useless from now on; twice is fine. Refuses `NotFound`, `NotPermitted`, `BeyondYourOwn`."""
    db.actor.require("api_keys.manage")
    row = db.one(ApiKey, api_key_id, lock=True)
    refuse_beyond_own(db, PERMISSIONS.intersection(row.scopes), row.property_ids)
    if row.revoked_at is None:
        row.revoked_at = now()
        record(db, "api_key.revoked", "api_key", row.id, before={"name": row.name, "prefix": row.prefix})


_FIND = """
    with found as (
        select id, organization_id, name, scopes, property_ids from api_key where key_hash = %(hash)s and revoked_at is null
    ), touched as (
        update api_key set used_at = now() where id in (
            select id from api_key
            where id in (select id from found) and (used_at is null or used_at < now() - %(touch_every)s)
            for update skip locked
        )
    )
    select * from found
"""


def actor_from_key(key: str) -> Actor | None:
    """The program that holds this key, with the scopes we still know; None when unknown or revoked."""
    with work(DOOR) as db:
        return holder(db, key)


def holder(db: Db, key: str) -> Actor | None:
    """The same within the door's transaction, which can then go on as that program with `db.enter`."""
    if not key.startswith(START):
        return None
    found = raw(db).execute(_FIND, {"hash": token_hash(key), "touch_every": TOUCH_EVERY}).fetchone()
    if found is None:
        return None
    api_key_id, organization_id, name, scopes, property_ids = found
    return Actor(
        kind="api_key",
        id=api_key_id,
        name=name,
        organization_id=organization_id,
        permissions=PERMISSIONS.intersection(scopes),
        property_ids=None if property_ids is None else frozenset(property_ids),
    )

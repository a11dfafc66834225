"""Between tenants stands PostgreSQL, not a WHERE. These tests try to get past it with plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import ForeignKeyConstraint, Table, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from pms.kernel.actor import Actor
from pms.kernel.db import APP_ROLE, DOOR_ROLE, RELAY_ROLE, work
from pms.properties.models import Amenity, Unit
from pms.settings import settings
from pms.tables import metadata
from tests.builders import Cast, a_cast, a_property
from tests.services import superuser
from tests.tenancy.house import House, a_house

ACCOUNTS = {"organization", "person", "membership", "invitation", "signed_in", "api_key", "password_link"}
DELETED = {"stay_night", "room_type_amenity", "idempotency_key", "rejected_row", "import_file", "age_band"}
DELETED |= {"channel_product", "channel_shown", "channel_call", "calendar_event"}
"""Derived, expired, a guest's file no longer needed, or another's list. Everything else is kept."""
WRITTEN_ONCE = {"journal", "import_file", "rate_change", "rate_history", "channel_call"}
GLOBAL = {"person"}
"""Tables of no tenant: a person may work in several, and is seen by colleagues."""
TABLES = list(metadata.tables.values())
ROLES = (APP_ROLE, DOOR_ROLE, RELAY_ROLE)


def _key(table: Table) -> str:
    return "id" if table.name == "organization" else "organization_id"


@pytest.fixture
def outside(services: None, postgres_folder: Path) -> Iterator[psycopg.Connection]:
    """This worker's database, seen by a superuser."""
    name = conninfo_to_dict(settings().libpq_url or "")["dbname"]
    with superuser(postgres_folder, str(name)) as connection:
        yield connection


@contextmanager
def _as(connection: psycopg.Connection, role: str, organization_id: UUID | None = None) -> Iterator[psycopg.Cursor]:
    """A transaction of that role, as any code that got hold of a connection could open; never committed."""
    with connection.transaction(force_rollback=True), connection.cursor() as cursor:
        cursor.execute("select set_config('role', %s, true)", (role,))
        if organization_id:
            cursor.execute("select set_config('app.organization_id', %s, true)", (str(organization_id),))
        yield cursor


def _count(cursor: psycopg.Cursor, table: Table, where: str = "true", *values: object) -> int:
    query = sql.SQL("select count(*) from {} where " + where).format(sql.Identifier(table.name))
    return cursor.execute(query, values).fetchone()[0]  # type: ignore[index]


@pytest.fixture(scope="module")
def neighbours(services: None) -> Cast:
    """One cast for all of these tests: none of them leaves a trace."""
    return a_cast()


@pytest.fixture(scope="module")
def hers(neighbours: Cast) -> House:
    """Olga's hotel, with a row in every table."""
    return a_house(neighbours.olga)


@pytest.fixture
def otto(neighbours: Cast) -> Actor:
    """Who would like to see it."""
    return neighbours.otto


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_there_is_something_to_protect(table: Table, hers: House, outside: psycopg.Connection) -> None:
    with outside.cursor() as cursor:
        assert _count(cursor, table) > 0


def test_every_table_of_the_database_is_known(outside: psycopg.Connection) -> None:
    query = "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    assert {name for (name,) in outside.execute(query)} == {table.name for table in TABLES} | {"alembic_version"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_row_level_security_is_on_and_forced_with_a_policy(table: Table, outside: psycopg.Connection) -> None:
    query = (
        "select relrowsecurity, relforcerowsecurity, (select array_agg(r::regrole::text) from pg_policy p, unnest(polroles) r"
        " where polrelid = c.oid) from pg_class c where oid = %s::regclass"
    )
    on, forced, policies_for = outside.execute(query, (f'"{table.name}"',)).fetchone() or (False, False, [])
    assert on
    assert forced
    assert APP_ROLE in policies_for


@pytest.mark.parametrize("role", ROLES)
def test_our_roles_own_nothing_and_bypass_nothing(role: str, outside: psycopg.Connection) -> None:
    attributes = "rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolcanlogin"
    assert outside.execute(f"select {attributes} from pg_roles where rolname = %s", (role,)).fetchone() == (False,)
    owned = "select count(*) from pg_class where relowner = %s::regrole"
    assert outside.execute(owned, (role,)).fetchone() == (0,)
    memberships = "select count(*) from pg_auth_members where member = %s::regrole"
    assert outside.execute(memberships, (role,)).fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_without_a_tenant_there_are_no_rows(table: Table, hers: House, outside: psycopg.Connection) -> None:
    with _as(outside, APP_ROLE) as cursor:
        assert _count(cursor, table) == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_neighbour_sees_none_of_our_rows(table: Table, hers: House, otto: Actor, outside: psycopg.Connection) -> None:
    with _as(outside, APP_ROLE, otto.organization_id) as cursor:
        if table.name in GLOBAL:
            assert _count(cursor, table, "id = %s", hers.actor.id) == 0
        else:
            assert _count(cursor, table, f"{_key(table)} = %s", hers.actor.organization_id) == 0


@pytest.mark.parametrize("table", [table for table in TABLES if table.name not in WRITTEN_ONCE], ids=lambda table: table.name)
def test_a_neighbour_cannot_change_our_rows(table: Table, hers: House, otto: Actor, outside: psycopg.Connection) -> None:
    key, value = ("id", hers.actor.id) if table.name in GLOBAL else (_key(table), hers.actor.organization_id)
    change = sql.SQL("update {0} set {1} = {1} where {1} = %s").format(sql.Identifier(table.name), sql.Identifier(key))
    with _as(outside, APP_ROLE, otto.organization_id) as cursor:
        assert cursor.execute(change, (value,)).rowcount == 0


def test_nothing_can_be_written_in_a_neighbours_name(hers: House, otto: Actor) -> None:
    assert hers.actor.organization_id
    row = Amenity(organization_id=hers.actor.organization_id, name="Trojan horse")
    with pytest.raises(ProgrammingError, match="row-level security"), work(otto) as db:
        db.add(row)


def test_our_rows_cannot_be_given_away(hers: House, otto: Actor) -> None:
    gift = text("update amenity set organization_id = :theirs where id = :id")
    with pytest.raises(ProgrammingError, match="row-level security"), work(hers.actor) as db:
        db.execute(gift, {"theirs": otto.organization_id, "id": hers.amenity_id})


def test_a_foreign_key_to_a_neighbours_row_is_refused(hers: House, otto: Actor) -> None:
    assert otto.organization_id
    mine = a_property(otto)
    unit = Unit(organization_id=otto.organization_id, property_id=mine, room_type_id=hers.room_type_id, name="1")
    with pytest.raises(IntegrityError, match="foreign key"), work(otto) as db:
        db.add(unit)


def test_every_foreign_key_between_tenants_rows_carries_the_organization() -> None:
    """Row-level security does not guard foreign keys; without this, an id that leaks could be pointed at."""
    loose = {
        f"{table.name}.{key.column_keys}"
        for table in TABLES
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
        and key.referred_table.name not in GLOBAL | {"organization"}
        and "organization_id" not in key.column_keys
    }
    assert not loose


@pytest.mark.parametrize("statement", ["update journal set event = 'nothing'", "delete from journal", "truncate journal"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_rewrites_the_journal(statement: str, role: str, hers: House, outside: psycopg.Connection) -> None:
    with pytest.raises(InsufficientPrivilege), _as(outside, role, hers.actor.organization_id) as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_door_sees_accounts_and_nothing_of_any_hotel(table: Table, hers: House, outside: psycopg.Connection) -> None:
    with _as(outside, DOOR_ROLE) as cursor:
        if table.name in ACCOUNTS | {"calendar_feed"}:
            assert _count(cursor, table) > 0
            return
        with pytest.raises(InsufficientPrivilege):
            _count(cursor, table)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_relay_sees_the_journal_and_which_connections_there_are(
    table: Table, hers: House, outside: psycopg.Connection
) -> None:
    with _as(outside, RELAY_ROLE) as cursor:
        if table.name in ("journal", "channel_connection", "calendar_feed"):
            assert _count(cursor, table) > 0
            return
        with pytest.raises(InsufficientPrivilege):
            _count(cursor, table)


@pytest.mark.parametrize("column", ["credentials", "remote_property", "problem"])
def test_the_relay_sees_no_secret_of_a_connection(column: str, hers: House, outside: psycopg.Connection) -> None:
    with pytest.raises(InsufficientPrivilege), _as(outside, RELAY_ROLE) as cursor:
        cursor.execute(f"select {column} from channel_connection")


@pytest.mark.parametrize("column", ["url", "token", "property_id", "unit_id", "name", "problem", "notes"])
@pytest.mark.parametrize("role", [DOOR_ROLE, RELAY_ROLE])
def test_door_and_relay_see_no_secret_of_a_calendar(role: str, column: str, hers: House, outside: psycopg.Connection) -> None:
    with pytest.raises(InsufficientPrivilege), _as(outside, role) as cursor:
        cursor.execute(f"select {column} from calendar_feed")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_only_what_is_not_kept_can_be_deleted(table: Table, outside: psycopg.Connection) -> None:
    allowed = "select has_table_privilege(%s, %s, 'delete')"
    for role in ROLES:
        (may,) = outside.execute(allowed, (role, f'"{table.name}"')).fetchone() or (None,)
        assert may == (role == APP_ROLE and table.name in DELETED), role

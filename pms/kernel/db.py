"""One piece of work, one transaction.

`with work(actor) as db:` is the only way to the tables. It begins, tells PostgreSQL whose organization this is (row-level
security does the rest), and commits once at the end; any exception rolls everything back. Domains take `db` and never commit.

Nothing begins by itself on our connections (`Line`): statements outside of `work` see no organization, hence no rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any, Literal, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import JsonbDumper, set_json_dumps
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import configure_mappers
from sqlalchemy.orm.attributes import manager_of_class
from sqlmodel import Session, SQLModel

from pms.kernel.actor import Actor
from pms.kernel.line import Line
from pms.kernel.refusals import Busy, NotFound, OddText
from pms.settings import libpq, settings

APP_ROLE, DOOR_ROLE, RELAY_ROLE = "octaspace_app", "octaspace_door", "octaspace_relay"
_ROLES: dict[str, str] = {"door": DOOR_ROLE, "relay": RELAY_ROLE}
LOCK_TIMEOUT = "3s"
STATEMENT_TIMEOUT = "30s"

psycopg.adapters.register_dumper(dict, JsonbDumper)
set_json_dumps(partial(json.dumps, ensure_ascii=False))  # so that half a character fails here, as in a text, and not in there

Row = TypeVar("Row", bound=SQLModel)
Lock = Literal[False, True, "whole", "share"]
_LOCKS: dict[Lock, Any] = {False: None, True: {"key_share": True}, "whole": True, "share": {"read": True, "key_share": True}}
_ENTER = (
    "select set_config('role', %s, true), set_config('app.organization_id', %s, true), set_config('statement_timeout', %s, true)"
)
_BEGIN = f"begin; {_ENTER}, now()"


class Db(Session):
    """The session of one piece of work, and who is at work in it."""

    actor: Actor
    line: Line
    now: datetime
    """The instant of this transaction, which all rows it makes have as theirs."""

    def begin_as(self, actor: Actor, statement_timeout: str) -> None:
        """Begin as this actor, all in one message, which takes no parameters."""
        self.actor = actor
        line = self.connection().connection.driver_connection
        assert isinstance(line, Line)
        self.line = line
        begun = line.execute(_BEGIN % tuple(f"'{value}'" for value in _whose(actor, statement_timeout)), prepare=False)
        begun.nextset()
        [(*_, self.now)] = begun.fetchall()

    def enter(self, actor: Actor, statement_timeout: str = STATEMENT_TIMEOUT) -> None:
        """Go on as another actor, to the end of the transaction."""
        self.actor = actor
        self.line.later(_ENTER, _whose(actor, statement_timeout))

    @property
    def organization_id(self) -> UUID:
        """The tenant of this work; a door that has none may not ask."""
        if self.actor.organization_id is None:
            raise RuntimeError("this work has no organization yet")
        return self.actor.organization_id

    def one(self, table: type[Row], id: UUID | None, lock: Lock = False) -> Row:
        """The row of that id; refuses `NotFound` (also for a neighbour's row).

        `lock` True is for changing it; "whole" also keeps others from pointing new rows at it; "share" is for those who do
        point at it, and wait for "whole" only.
        """
        row = self.get(table, id, with_for_update=_LOCKS[lock]) if id else None
        if row is None:
            raise NotFound(what=str(table.__tablename__).replace("_", " "))
        return row


def _whose(actor: Actor, statement_timeout: str) -> tuple[str, str, str]:
    return _ROLES.get(actor.kind, APP_ROLE), str(actor.organization_id or ""), statement_timeout


@cache
def _engine(url: str, pid: int) -> Engine:
    options = f"-c role={APP_ROLE} -c lock_timeout={LOCK_TIMEOUT} -c timezone=UTC"
    return create_engine(
        url,
        creator=lambda: Line.connect(libpq(url), options=options, autocommit=True),
        pool_size=settings().database_pool,
        max_overflow=settings().database_pool,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
    )


def engine() -> Engine:
    """This process's engine; made on first use, so that a fork never inherits a connection."""
    url = settings().database_url
    if url is None:
        raise RuntimeError("no database is configured; start one with `python -m pms run` or set DATABASE_URL")
    return _engine(url, os.getpid())


@contextmanager
def work(actor: Actor, statement_timeout: str = STATEMENT_TIMEOUT) -> Iterator[Db]:
    """One transaction of one actor; commits at the end.

    Refuses `Busy` when a lock was not to be had in time, `OddText` for a text that PostgreSQL cannot hold.
    """
    try:
        with _begun(actor, statement_timeout) as db:
            yield db
            db.flush()
            db.line.commit()
    except (OperationalError, psycopg.OperationalError) as error:  # the latter from statements that went through `raw`
        cause = error.orig if isinstance(error, OperationalError) else error
        if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise Busy() from error
        raise
    except UnicodeEncodeError as error:
        raise OddText() from error
    except (DataError, psycopg.DataError) as error:
        cause = error.orig if isinstance(error, DataError) else error
        if "NUL" in str(error) or isinstance(cause, psycopg.errors.UntranslatableCharacter):  # the latter of one inside JSON
            raise OddText() from error
        raise


def _begun(actor: Actor, statement_timeout: str) -> Db:
    """A session at work. Connections that died in the pool (PostgreSQL was restarted) are noticed here, where nothing has
    been done yet: all of them are let go, and the work begins on a new one.
    """
    db = Db(engine(), expire_on_commit=False, autoflush=True)
    try:
        db.begin_as(actor, statement_timeout)
    except psycopg.OperationalError:
        db.invalidate()
        engine().dispose()
        db = Db(engine(), expire_on_commit=False, autoflush=True)
        db.begin_as(actor, statement_timeout)
    return db


def raw(db: Db) -> Line:
    """The psycopg connection under this work; same transaction, same tenant.

    A savepoint (`begin_nested`) begins with the session's first own statement in it; what was said here before stays.
    """
    return db.line


def new(table: type[Row], **values: Any) -> Row:
    """A row not yet in the database, made as SQLAlchemy makes those it reads: the constructor takes twenty times as long.

    Nothing is validated; what is not among `values` gets the table's default.
    """
    row: Row = manager_of_class(table).new_instance()
    plain, made = _defaults(table)
    row.__dict__.update(plain)
    row.__dict__.update({name: make() for name, make in made.items() if name not in values}, **values)
    return row


@cache
def _defaults(table: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """Defaults that are the same for every row, and those made anew for each."""
    configure_mappers()
    fields = {name: field for name, field in table.model_fields.items() if not field.is_required()}
    plain = {name: field.default for name, field in fields.items() if field.default_factory is None}
    made = {name: field.default_factory for name, field in fields.items() if field.default_factory is not None}
    return plain, made  # type: ignore[return-value]


def insert(db: Db, rows: Sequence[SQLModel]) -> None:
    """Insert new rows in one statement, along with what is executed next: a flush costs several times as much.

    The session does not know the rows afterwards: change them only after reading them again. Columns left None get the
    database's default. Raises psycopg's own errors, there.
    """
    given = [{name: value for name, value in row.__dict__.items() if value is not None and name[0] != "_"} for row in rows]
    into = tuple((str(row.__tablename__), tuple(one)) for row, one in zip(rows, given, strict=True))
    db.line.later(_insert_into(into), [value for one in given for value in one.values()])


@lru_cache(maxsize=1000)
def _insert_into(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> bytes:
    """One statement for rows of several tables, each with its columns; foreign keys are looked at when all are there."""
    *others, last = [_values(table, columns) for table, columns in rows]
    before = [sql.SQL("{} as ({})").format(sql.Identifier(f"row{n}"), other) for n, other in enumerate(others)]
    both = [sql.SQL("with {}").format(sql.SQL(", ").join(before)), last] if before else [last]
    return sql.SQL(" ").join(both).as_bytes()


def _values(table: str, columns: tuple[str, ...]) -> sql.Composed:
    names, marks = map(sql.Identifier, columns), [sql.Placeholder()] * len(columns)
    values = sql.SQL("insert into {} ({}) values ({})")
    return values.format(sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(marks))

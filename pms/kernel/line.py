"""The line to PostgreSQL: a connection that says in one breath what need not be said one by one.

Waiting for an answer takes longer than the statement, and whoever wants the same nights waits too. So statements whose
answers nobody needs are put off (`later`): they go out with the next question or with the commit, in the order they were given.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any, NamedTuple

import psycopg
from psycopg.abc import Params

CHANNEL = "octaspace_journal"
"""What the relay listens to; the payload is empty, the journal says everything."""
WAKE = f"notify {CHANNEL}"


class _Statement(NamedTuple):
    query: str | bytes
    values: Params


class Line(psycopg.Connection[Any]):
    """A psycopg connection that begins nothing by itself: whoever uses it says `begin`. See `pms.kernel.db`."""

    journaled: bool = False
    """Whether this transaction wrote to the journal, so that its commit has to wake the relay."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: list[_Statement] = []

    def later(self, query: str | bytes, values: Params = ()) -> None:
        """Have this done before whatever is executed next, or before the commit; what it raises, is raised there."""
        self._waiting.append(_Statement(query, values))

    def execute(self, query: Any, params: Params | None = None, **more: Any) -> psycopg.Cursor[Any]:
        """As psycopg does it, what waits going along in the same round trip."""
        if not self._waiting:
            return super().execute(query, params, **more)
        with self.pipeline():
            self._send_waiting()
            return super().execute(query, params, **more)

    def cursor(self, *args: Any, **more: Any) -> Any:
        """As psycopg does it, after what waits."""
        self.catch_up()
        return super().cursor(*args, **more)

    def catch_up(self) -> None:
        """Have what waits done now."""
        if self._waiting:
            with self.pipeline():
                self._send_waiting()

    def _send_waiting(self) -> None:
        statements, self._waiting = self._waiting, []
        cursor = super().cursor()
        for statement in statements:
            cursor.execute(statement.query, statement.values)

    def commit(self) -> None:
        """Do what waits, commit, and wake the relay if there is news: one round trip, two transactions.

        A commit that notifies holds a lock of the whole database until its disk write is done, so eight writers would wait for
        each other. Should the line break before the relay is woken, its own look at the journal, once a second, finds the
        row; the work is done then and must not look undone.
        """
        committed = None
        try:
            with self.pipeline() if self._waiting else nullcontext():
                self._send_waiting()
                committed = super().execute("commit")
                if self.journaled:
                    super().execute(WAKE)
        except psycopg.Error:
            if committed is None or committed.statusmessage != "COMMIT":
                with suppress(psycopg.Error):
                    super().rollback()
                raise
        finally:
            self.journaled = False
        if committed.statusmessage == "ROLLBACK":
            raise psycopg.errors.InFailedSqlTransaction("a statement of this transaction failed: nothing was committed")

    def rollback(self) -> None:
        """Undo everything, what waits included."""
        self._waiting, self.journaled = [], False
        super().rollback()

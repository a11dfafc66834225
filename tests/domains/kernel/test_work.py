"""One piece of work, one transaction; and what the journal and the secrets keep."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pms.kernel import line, outbox
from pms.kernel.actor import DOOR, RELAY, Actor
from pms.kernel.dates import now
from pms.kernel.db import Db, engine, raw, work
from pms.kernel.encryption import decrypt, encrypt, new_token, token_hash
from pms.kernel.ids import new_id
from pms.kernel.outbox import history, record, waiting
from pms.kernel.refusals import BadInput, Busy, MovedMeanwhile, NotFound, OddText
from pms.properties.models import Property
from tests.builders import Cast, a_property
from tests.services import environment, superuser


def _rename_and_fail(db: Db, house: UUID) -> None:
    db.one(Property, house).name = "Half done"
    db.flush()
    raise ZeroDivisionError


def _paint_and(fail: Callable[[], object], db: Db, house: UUID) -> None:
    record(db, "property.painted", "property", house)
    fail()
    record(db, "property.painted", "property", house)


def test_everything_is_committed_at_the_end_or_nothing(olga: Actor) -> None:
    house = a_property(olga)
    with pytest.raises(ZeroDivisionError), work(olga) as db:
        _rename_and_fail(db, house)
    with work(olga) as db:
        assert db.one(Property, house).name == "Seaside"
        db.one(Property, house).name = "Done"
    with work(olga) as db:
        assert db.one(Property, house).name == "Done"


def test_a_connection_given_back_forgets_whose_it_was(cast: Cast) -> None:
    house = a_property(cast.olga)
    for actor, sees in ((cast.olga, 1), (cast.otto, 0)) * 3:
        with work(actor) as db:
            assert db.scalar(text("select count(*) from property where id = :id"), {"id": house}) == sees
    with engine().connect() as connection:
        assert connection.scalar(text("select count(*) from property")) == 0


@pytest.mark.parametrize("trouble", ["select pg_terminate_backend(pg_backend_pid())", "select 1/0"])
def test_a_relay_that_could_not_be_woken_undoes_nothing(olga: Actor, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    """The connection is lost just after the commit, or PostgreSQL does not notify: it must not look as if the work had failed."""
    house = a_property(olga)
    monkeypatch.setattr(line, "WAKE", trouble)
    with work(olga) as db:
        record(db, "property.painted", "property", house)
    monkeypatch.undo()
    with work(olga) as db:
        assert [row.event for row in history(db, house)] == ["property.painted"]


def test_connections_that_died_in_the_pool_are_not_noticed(olga: Actor, postgres_folder: Path) -> None:
    """PostgreSQL was restarted while nobody was at work: the next work begins on a new connection."""
    house = a_property(olga)
    with work(olga) as db, superuser(postgres_folder) as server:
        ours = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and pid <> %s"
        server.execute(ours, (raw(db).info.dbname, raw(db).info.backend_pid))
        idle = raw(db).info.backend_pid
    with superuser(postgres_folder) as server:
        server.execute("select pg_terminate_backend(%s, 5000)", (idle,))
    for _ in range(3):
        with work(olga) as db:
            assert db.one(Property, house).name == "Seaside"


def test_a_locked_row_is_a_refusal_not_a_hang(olga: Actor) -> None:
    house = a_property(olga)

    def second() -> None:
        with work(olga) as db:
            db.execute(text("set local lock_timeout = '50ms'"))
            db.one(Property, house, lock=True)

    with work(olga) as db, ThreadPoolExecutor(1) as pool:
        db.one(Property, house, lock=True)
        with pytest.raises(Busy):
            pool.submit(second).result()


def test_those_who_point_at_a_row_wait_for_whoever_wants_it_whole(olga: Actor) -> None:
    house = a_property(olga)

    def other(lock: str | bool) -> None:
        with work(olga) as db:
            db.execute(text("set local lock_timeout = '50ms'"))
            db.one(Property, house, lock=lock)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as pool:
        with work(olga) as db:
            db.one(Property, house, lock="share")
            pool.submit(other, True).result()
            pool.submit(other, "share").result()
            with pytest.raises(Busy):
                pool.submit(other, "whole").result()
        with work(olga) as db:
            db.one(Property, house, lock="whole")
            with pytest.raises(Busy):
                pool.submit(other, "share").result()


def test_what_takes_too_long_is_stopped(olga: Actor) -> None:
    with pytest.raises(OperationalError, match="statement timeout"), work(olga, statement_timeout="20ms") as db:
        db.execute(text("select pg_sleep(1)"))


def test_a_missing_row_and_no_id_at_all_are_not_found(olga: Actor) -> None:
    with work(olga) as db:
        for id in (new_id(), None):
            with pytest.raises(NotFound) as refusal:
                db.one(Property, id)
            assert refusal.value.data["what"] == "property"


def test_the_door_has_no_organization(services: None) -> None:
    with work(DOOR) as db, pytest.raises(RuntimeError):
        assert db.organization_id


def test_the_journal_says_who_what_and_when(olga: Actor) -> None:
    house, marked = a_property(olga), outbox.request_id.set("request-1")
    with work(olga) as db:
        record(db, "property.painted", "property", house, house, before={"colour": "red"}, after={"colour": "blue"})
    outbox.request_id.reset(marked)
    with work(olga) as db:
        (entry,) = history(db, house)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("person", olga.id, "Olga Owner")
    assert (entry.event, entry.before, entry.after) == ("property.painted", {"colour": "red"}, {"colour": "blue"})
    assert entry.request_id == "request-1"
    assert now() - entry.happened_at < timedelta(minutes=1)


def test_what_waits_is_done_before_whatever_comes_next(olga: Actor) -> None:
    house = a_property(olga)
    rename = "update property set name = name || %s where id = %s"
    with work(olga) as db:
        raw(db).later(rename, ("!", house))
        raw(db).later(rename, ("?", house))
        assert raw(db).execute("select name from property where id = %s", (house,)).fetchone() == ("Seaside!?",)
        raw(db).later(rename, (".", house))
        assert db.one(Property, house).name == "Seaside!?."
        raw(db).later(rename, ("..", house))
    with work(olga) as db:
        assert db.one(Property, house).name == "Seaside!?..."


def test_what_waits_and_fails_fails_the_commit(olga: Actor) -> None:
    house = a_property(olga)
    with pytest.raises(psycopg.Error), work(olga) as db:
        _paint_and(lambda: raw(db).later("select 1/0"), db, house)
    with work(olga) as db:
        assert history(db, house) == []


def test_work_that_failed_underneath_does_not_look_done(olga: Actor) -> None:
    house = a_property(olga)
    with pytest.raises(psycopg.Error), work(olga) as db, suppress(psycopg.Error):
        _paint_and(lambda: raw(db).execute("select 1/0"), db, house)
    with work(olga) as db:
        assert history(db, house) == []


def test_what_was_rolled_back_never_happened(olga: Actor) -> None:
    house = a_property(olga)
    with pytest.raises(ZeroDivisionError), work(olga) as db:
        _paint_and(lambda: 1 / 0, db, house)
    with work(olga) as db:
        assert history(db, house) == []


def test_two_relays_never_hold_the_same_row(olga: Actor) -> None:
    with work(olga) as db:
        painted = [new_id() for _ in range(3)]
        for house in painted:
            record(db, "property.painted", "property", house)
    with work(olga) as db:
        mine = {history(db, house)[0].id for house in painted}
    with work(RELAY) as one, work(RELAY) as other:
        assert mine <= {row["id"] for row in waiting(one, 10_000)}
        assert not mine & {row["id"] for row in waiting(other, 10_000)}


def test_the_transaction_under_the_session_is_the_same(olga: Actor) -> None:
    with work(olga) as db:
        assert isinstance(db, Db)
        assert raw(db).execute("select current_setting('app.organization_id')").fetchone() == (str(olga.organization_id),)


def test_secrets_are_sealed_with_the_installations_key(services: None) -> None:
    with environment(OCTASPACE_SECRET_KEY="a" * 32):
        sealed = encrypt("seed")
        assert "seed" not in sealed
        assert decrypt(sealed) == "seed"
    with environment(OCTASPACE_SECRET_KEY="b" * 32), pytest.raises(InvalidToken):
        decrypt(sealed)


def test_tokens_are_long_random_and_hashed_alike() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43
    assert token_hash("t") == token_hash("t") != token_hash("u")


def test_a_refusal_has_a_name_for_programs_and_a_sentence_for_people() -> None:
    refusal = MovedMeanwhile(by="Olga", event="stay.moved")
    assert (refusal.code, refusal.status, refusal.data["by"]) == ("moved-meanwhile", 409, "Olga")
    assert "Olga" in str(refusal)
    assert BadInput("name", "Give a name.").field == "name"


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800"])
def test_a_text_that_cannot_be_kept_is_refused_in_json_too(olga: Actor, odd: str) -> None:
    house = a_property(olga)
    with pytest.raises(OddText), work(olga) as db:
        record(db, "property.painted", "property", house, after={"colour": odd})
    with work(olga) as db:
        assert history(db, house) == []

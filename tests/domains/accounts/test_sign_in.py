"""Getting in: the right password, the wrong one, the address nobody has."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from pms.accounts import passwords
from pms.accounts.models import Membership, Person, SignedIn
from pms.accounts.sessions import (
    LONGEST,
    NoLongerMember,
    WrongCredentials,
    actor_from_token,
    end_session,
    organizations_of,
    sessions_of,
    sign_in,
    sign_out,
    switch_organization,
)
from pms.kernel.actor import DOOR, Actor
from pms.kernel.db import work
from pms.kernel.refusals import NotFound, NotPermitted
from tests.builders import PASSWORD, Cast, a_member, an_email, an_organization

HOURS_AGO = "update signed_in set seen_at = now() - interval '1 hour' where id = :id"
EXPIRED = "update signed_in set expires_at = now() - interval '1 second' where id = :id"


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


def _run(statement: str, id: UUID | None) -> None:
    with work(DOOR) as db:
        db.execute(text(statement), {"id": id})


def test_the_right_password_gives_a_token_that_finds_the_same_actor(olga: Actor) -> None:
    signed_in = sign_in(_email(olga).upper(), PASSWORD, user_agent="Firefox")
    actor = actor_from_token(signed_in.token)
    assert actor == signed_in.actor
    assert (actor.id, actor.name, actor.permissions) == (olga.id, olga.name, olga.permissions)
    assert actor.membership_role == "owner"


def test_the_token_itself_is_kept_nowhere(olga: Actor) -> None:
    token = sign_in(_email(olga), PASSWORD).token
    with work(DOOR) as db:
        rows = db.execute(text("select signed_in::text from signed_in")).scalars()
        assert not any(token in row for row in rows)


def test_the_wrong_password_is_refused(olga: Actor) -> None:
    with pytest.raises(WrongCredentials):
        sign_in(_email(olga), PASSWORD + "!")


def test_an_unknown_address_is_refused_alike(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str | None] = []
    honest: Callable[[str | None, str], bool] = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda known, given: hashed.append(known) or honest(known, given))
    with pytest.raises(WrongCredentials):
        sign_in(an_email("nobody"), PASSWORD)
    assert hashed == [None], "an unknown address must cost a hash as well"


def test_withdrawn_members_do_not_get_in(rita: Actor) -> None:
    _run("update membership set withdrawn_at = now() where person_id = :id", rita.id)
    with pytest.raises(NoLongerMember):
        sign_in(_email(rita), PASSWORD)


def test_a_withdrawn_membership_ends_an_open_session(rita: Actor) -> None:
    token = sign_in(_email(rita), PASSWORD).token
    _run("update membership set withdrawn_at = now() where person_id = :id", rita.id)
    assert actor_from_token(token) is None


def test_permissions_are_those_of_the_present_role(rita: Actor) -> None:
    token = sign_in(_email(rita), PASSWORD).token
    _run("update membership set role = 'housekeeping' where person_id = :id", rita.id)
    actor = actor_from_token(token)
    assert actor is not None
    assert not actor.may("reservation.book")
    assert actor.may("block.manage")


def test_a_role_nobody_knows_permits_nothing(rita: Actor) -> None:
    token = sign_in(_email(rita), PASSWORD).token
    _run("update membership set role = 'wizard' where person_id = :id", rita.id)
    actor = actor_from_token(token)
    assert actor is not None
    assert actor.permissions == frozenset()


@pytest.mark.parametrize("token", [None, "", "nonsense"])
def test_no_token_is_nobody(services: None, token: str | None) -> None:
    assert actor_from_token(token) is None


def test_signing_out_ends_the_session_and_twice_is_fine(olga: Actor) -> None:
    token = sign_in(_email(olga), PASSWORD).token
    sign_out(token)
    sign_out(token)
    assert actor_from_token(token) is None


def test_a_session_expires(olga: Actor) -> None:
    signed_in = sign_in(_email(olga), PASSWORD)
    _run(EXPIRED, signed_in.actor.session_id)
    assert actor_from_token(signed_in.token) is None


def test_use_prolongs_a_session_to_a_year_after_sign_in_at_most(olga: Actor) -> None:
    signed_in = sign_in(_email(olga), PASSWORD)
    _run("update signed_in set created_at = now() - interval '364 days 23 hours' where id = :id", signed_in.actor.session_id)
    _run(HOURS_AGO, signed_in.actor.session_id)
    assert actor_from_token(signed_in.token) == signed_in.actor
    with work(DOOR) as db:
        session = db.one(SignedIn, signed_in.actor.session_id)
    assert session.expires_at == session.created_at + LONGEST


def test_use_prolongs_a_session_but_writes_rarely(olga: Actor) -> None:
    signed_in = sign_in(_email(olga), PASSWORD)
    _run(HOURS_AGO, signed_in.actor.session_id)
    with work(signed_in.actor) as db:
        before = sessions_of(db)[0].seen_at
    assert actor_from_token(signed_in.token)
    with work(signed_in.actor) as db:
        touched = sessions_of(db)[0].seen_at
    assert touched - before > timedelta(minutes=59)
    assert actor_from_token(signed_in.token)
    with work(signed_in.actor) as db:
        assert sessions_of(db)[0].seen_at == touched


def test_ones_other_sessions_can_be_seen_and_ended(olga: Actor) -> None:
    phone, desk = (sign_in(_email(olga), PASSWORD, user_agent=agent) for agent in ("phone", "desk"))
    with work(desk.actor) as db:
        lines = sessions_of(db)
        assert {(line.user_agent, line.current) for line in lines} == {("phone", False), ("desk", True)}
        end_session(db, next(line.id for line in lines if not line.current))
    assert actor_from_token(phone.token) is None
    assert actor_from_token(desk.token) == desk.actor


def test_a_colleagues_session_is_not_mine_to_end(cast: Cast) -> None:
    olga = sign_in(_email(cast.olga), PASSWORD).actor
    assert olga.session_id
    with pytest.raises(NotPermitted), work(cast.rita) as db:
        end_session(db, olga.session_id)
    with pytest.raises(NotFound), work(cast.otto) as db:
        end_session(db, olga.session_id)


def test_one_person_in_two_organizations_switches_between_them(olga: Actor) -> None:
    second = an_organization("Second")
    with work(DOOR) as db:
        db.add(Membership(organization_id=second, person_id=olga.id, role="accountant"))
    token = sign_in(_email(olga), PASSWORD).token
    assert {(home.organization_id, home.role) for home in organizations_of(token)} == {
        (olga.organization_id, "owner"),
        (second, "accountant"),
    }
    switch_organization(token, second)
    actor = actor_from_token(token)
    assert actor is not None
    assert (actor.organization_id, actor.membership_role) == (second, "accountant")
    assert not actor.may("members.manage")
    assert sign_in(_email(olga), PASSWORD).actor.organization_id == second, "the next sign-in starts where the last one ended"


def test_nobody_switches_to_an_organization_of_others(cast: Cast) -> None:
    token = sign_in(_email(cast.olga), PASSWORD).token
    assert cast.otto.organization_id
    with pytest.raises(NotFound):
        switch_organization(token, cast.otto.organization_id)
    assert organizations_of("nonsense") == []


def test_a_hash_of_older_parameters_is_renewed(olga: Actor) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with work(olga) as db:
        db.one(Person, olga.id).password_hash = old
    sign_in(_email(olga), PASSWORD)
    with work(olga) as db:
        fresh = db.one(Person, olga.id).password_hash
    assert fresh != old
    assert not passwords.is_outdated(fresh)
    assert passwords.matches(fresh, PASSWORD)


def test_a_member_limited_to_properties_sees_only_those(olga: Actor) -> None:
    there, elsewhere = an_organization(), an_organization()
    assert olga.organization_id
    limited = a_member(olga.organization_id, "Lina", "front_desk", property_ids=[there])
    actor = sign_in(_email(limited), PASSWORD).actor
    assert actor.sees(there)
    assert not actor.may("reservation.book", elsewhere)

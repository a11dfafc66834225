"""A way back in without e-mail, that nobody can use to get further than they are."""

from __future__ import annotations

from datetime import timedelta
from time import time
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from pms.accounts import password_links, two_factor
from pms.accounts.invitations import accept, invite
from pms.accounts.members import BeyondYourOwn, change_role, members, withdraw
from pms.accounts.models import PasswordLink, Person
from pms.accounts.password_links import LinkEnded, NotForYourself, WorksElsewhere, make, make_for_anybody, offered, use
from pms.accounts.preferences import change_password
from pms.accounts.sessions import CodeNeeded, WrongCode, WrongCredentials, actor_from_token, sign_in
from pms.kernel.actor import DOOR, Actor, job_actor
from pms.kernel.dates import now
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from tests.builders import PASSWORD, Cast, a_member, a_property

NEW = "a whole new sentence"


def _membership(by: Actor, who: Actor) -> UUID:
    with work(by) as db:
        return next(one.membership_id for one in members(db) if one.person_id == who.id)


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


def _operator(organization_id: UUID) -> Actor:
    return job_actor(organization_id, "Command line")


def test_a_link_gives_a_new_password_ends_all_sessions_and_begins_one(cast: Cast) -> None:
    email, before = _email(cast.rita), sign_in(_email(cast.rita), PASSWORD).token
    token = make(cast.olga, _membership(cast.olga, cast.rita))
    assert (offered(token).email, offered(token).made_by) == (email, "Olga Owner")
    signed_in = use(token, NEW)
    assert signed_in.actor.id == cast.rita.id
    assert actor_from_token(signed_in.token) is not None
    assert actor_from_token(before) is None
    assert sign_in(email, NEW).actor.id == cast.rita.id
    with pytest.raises(WrongCredentials):
        sign_in(email, PASSWORD)


def test_a_link_is_kept_as_a_hash_works_once_and_replaces_the_one_before(cast: Cast) -> None:
    membership = _membership(cast.olga, cast.rita)
    first, second = make(cast.olga, membership), make(cast.olga, membership)
    with work(DOOR) as db:
        kept = db.scalars(select(PasswordLink).where(col(PasswordLink.person_id) == cast.rita.id)).all()
        assert not {first, second} & {row.token_hash for row in kept}
    with pytest.raises(LinkEnded):
        use(first, NEW)
    with pytest.raises(BadInput):
        use(second, "short")
    use(second, NEW)
    with pytest.raises(LinkEnded):
        use(second, NEW)


def test_a_link_ends_after_its_hours_and_with_a_password_changed_otherwise(cast: Cast) -> None:
    membership = _membership(cast.olga, cast.rita)
    token = make(cast.olga, membership)
    with work(DOOR) as db:
        db.execute(update(PasswordLink).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(LinkEnded):
        offered(token)
    token = make(cast.olga, membership)
    with work(cast.rita) as db:
        change_password(db, PASSWORD, NEW)
    with pytest.raises(LinkEnded):
        use(token, "yet another password")


def test_only_who_manages_members_makes_links_and_never_for_more_than_they_are(cast: Cast) -> None:
    mona = a_member(cast.organization_id, "Mona Manager", "manager")
    with pytest.raises(NotPermitted):
        make(cast.rita, _membership(cast.olga, cast.hana))
    with pytest.raises(BeyondYourOwn):
        make(mona, _membership(cast.olga, cast.olga))
    with pytest.raises(NotFound):
        make(cast.otto, _membership(cast.olga, cast.rita))
    here = a_property(cast.olga)
    limited = a_member(cast.organization_id, "Lina Limited", "manager", [here])
    with pytest.raises(BeyondYourOwn):
        make(limited, _membership(cast.olga, cast.rita))
    second = a_member(cast.organization_id, "Oskar Owner", "owner")
    assert use(make(second, _membership(cast.olga, cast.olga)), NEW).actor.id == cast.olga.id
    assert use(make(mona, _membership(cast.olga, cast.rita)), NEW).actor.id == cast.rita.id


def test_nobody_makes_a_link_for_themselves(cast: Cast) -> None:
    with pytest.raises(NotForYourself):
        make(cast.olga, _membership(cast.olga, cast.olga))


def test_who_works_elsewhere_too_is_taken_over_by_neither(cast: Cast) -> None:
    membership = _membership(cast.olga, cast.rita)
    before = make(cast.olga, membership)
    with work(cast.otto) as db:
        token = invite(db, _email(cast.rita), "front_desk")
    accept(token, "", PASSWORD)
    with pytest.raises(WorksElsewhere):
        make(cast.olga, membership)
    with pytest.raises(WorksElsewhere):
        make(cast.otto, _membership(cast.otto, cast.rita))
    with pytest.raises(LinkEnded):
        use(before, NEW)
    home = sign_in(_email(cast.rita), PASSWORD).token
    assert use(make_for_anybody(_email(cast.rita), _operator), NEW).actor.id == cast.rita.id
    assert actor_from_token(home) is None


def test_a_link_does_not_outlive_what_its_maker_saw(cast: Cast) -> None:
    membership = _membership(cast.olga, cast.rita)
    mona = a_member(cast.organization_id, "Mona Manager", "manager")
    token = make(mona, membership)
    with work(cast.olga) as db:
        change_role(db, membership, "owner", None, 1)
    with pytest.raises(LinkEnded):
        use(token, NEW)
    token = make(cast.olga, membership)
    with work(cast.olga) as db:
        withdraw(db, membership, 2)
    with pytest.raises(LinkEnded):
        use(token, NEW)
    with pytest.raises(NotFound):
        make(cast.olga, membership)


def test_the_second_factor_stays(cast: Cast) -> None:
    with work(cast.rita) as db:
        secret = two_factor.begin(db).secret
        two_factor.confirm(db, pyotp.TOTP(secret).at(time() - two_factor.STEP_SECONDS))
    token = make(cast.olga, _membership(cast.olga, cast.rita))
    with pytest.raises(CodeNeeded):
        use(token, NEW)
    with pytest.raises(WrongCode):
        use(token, NEW, "000000")
    sign_in(_email(cast.rita), PASSWORD, pyotp.TOTP(secret).now())
    assert use(token, NEW, pyotp.TOTP(secret).at(time() + two_factor.STEP_SECONDS)).actor.id == cast.rita.id


def test_the_operator_makes_links_for_whoever_there_is(cast: Cast) -> None:
    token = make_for_anybody(_email(cast.olga).upper(), _operator)
    assert password_links.offered(token).made_by == "Command line"
    assert use(token, NEW).actor.id == cast.olga.id
    with pytest.raises(NotFound):
        make_for_anybody("nobody@example.com", _operator)

"""Joining by link."""

import pytest
from sqlalchemy import text

from pms.accounts.invitations import (
    AlreadyMember,
    InvitationEnded,
    accept,
    invitation,
    invitations,
    invite,
    withdraw_invitation,
)
from pms.accounts.members import BeyondYourOwn, members, withdraw
from pms.accounts.models import Person
from pms.accounts.sessions import WrongCredentials, actor_from_token, sign_in
from pms.kernel.actor import DOOR, Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from tests.builders import PASSWORD, Cast, a_member, a_property, an_email


def _invite(by: Actor, email: str, role: str = "front_desk") -> str:
    with work(by) as db:
        return invite(db, email, role)


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


def test_a_new_person_joins_with_name_and_password(olga: Actor) -> None:
    email, here = an_email("nina"), a_property(olga)
    with work(olga) as db:
        token = invite(db, email, "front_desk", [here])
    offered = invitation(token)
    assert (offered.email, offered.role, offered.invited_by, offered.known) == (email, "front_desk", "Olga Owner", False)
    signed_in = accept(token, "Nina New", "another long password")
    assert signed_in.actor.organization_id == olga.organization_id
    assert signed_in.actor.property_ids == frozenset({here})
    assert actor_from_token(signed_in.token) == signed_in.actor
    assert sign_in(email, "another long password").actor.name == "Nina New"
    with work(olga) as db:
        assert (
            "member.joined"
            in db.scalars(
                text("select event from journal where after->>'person_id' = :id"), {"id": str(signed_in.actor.id)}
            ).all()
        )


def test_a_link_works_once(olga: Actor) -> None:
    token = _invite(olga, an_email())
    accept(token, "Nina New", PASSWORD)
    with pytest.raises(InvitationEnded):
        accept(token, "Nina Again", PASSWORD)


def test_a_known_person_joins_with_their_own_password_and_keeps_their_name(cast: Cast) -> None:
    email = _email(cast.otto)
    token = _invite(cast.olga, email)
    assert invitation(token).known
    with pytest.raises(WrongCredentials):
        accept(token, "Somebody Else", "a password of my own choosing")
    signed_in = accept(token, "Ignored", PASSWORD)
    assert (signed_in.actor.id, signed_in.actor.name) == (cast.otto.id, "Otto Other")
    assert signed_in.actor.organization_id == cast.olga.organization_id


def test_a_withdrawn_member_can_be_invited_back(olga: Actor, rita: Actor) -> None:
    with work(olga) as db:
        member = next(m for m in members(db) if m.person_id == rita.id)
        withdraw(db, member.membership_id, member.version)
    signed_in = accept(_invite(olga, _email(rita), "accountant"), "", PASSWORD)
    assert signed_in.actor.membership_role == "accountant"
    with work(olga) as db:
        again = next(m for m in members(db) if m.person_id == rita.id)
    assert again.membership_id == member.membership_id
    assert again.version > member.version


def test_a_second_invitation_replaces_the_first(olga: Actor) -> None:
    email = an_email()
    first, second = _invite(olga, email), _invite(olga, email.upper())
    with pytest.raises(InvitationEnded):
        invitation(first)
    assert invitation(second).role == "front_desk"
    with work(olga) as db:
        assert [line.email for line in invitations(db)] == [email.upper()]


def test_an_old_link_is_refused(olga: Actor) -> None:
    token = _invite(olga, an_email())
    with work(DOOR) as db:
        db.execute(text("update invitation set expires_at = now() where organization_id = :id"), {"id": olga.organization_id})
    with pytest.raises(InvitationEnded):
        accept(token, "Nina New", PASSWORD)


def test_a_withdrawn_link_is_refused(olga: Actor) -> None:
    token = _invite(olga, an_email())
    with work(olga) as db:
        withdraw_invitation(db, invitations(db)[0].id)
        assert invitations(db) == []
    with pytest.raises(InvitationEnded):
        invitation(token)


def test_a_made_up_link_is_refused(services: None) -> None:
    with pytest.raises(InvitationEnded):
        invitation("made up")


def test_somebody_who_works_here_is_not_invited(olga: Actor, rita: Actor) -> None:
    with pytest.raises(AlreadyMember):
        _invite(olga, _email(rita).upper())


def test_somebody_who_joined_meanwhile_by_another_way_is_refused(cast: Cast) -> None:
    email = an_email("twice")
    token = _invite(cast.olga, email)
    a_member(cast.organization_id, "Twice Here", "front_desk", email=email)
    with pytest.raises(AlreadyMember):
        accept(token, "Twice Here", PASSWORD)


def test_the_desk_invites_nobody(rita: Actor) -> None:
    with pytest.raises(NotPermitted):
        _invite(rita, an_email())
    with pytest.raises(NotPermitted), work(rita) as db:
        invitations(db)


def test_a_manager_invites_no_owner(cast: Cast) -> None:
    mona = a_member(cast.organization_id, "Mona Manager", "manager")
    with pytest.raises(BeyondYourOwn):
        _invite(mona, an_email(), "owner")


@pytest.mark.parametrize(
    "email", ["", "nina", "nina@", "@example.com", "a b@example.com", "a@b.c, d@e.f", "a@example", "x" * 250 + "@b.lt"]
)
def test_what_is_no_address_is_refused(olga: Actor, email: str) -> None:
    with pytest.raises(BadInput) as refusal:
        _invite(olga, email)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("", PASSWORD, "name"), ("N" * 121, PASSWORD, "name"), ("Nina", "too short", "password"), ("Nina", "x" * 1001, "password")],
)
def test_bad_details_leave_the_link_valid(olga: Actor, name: str, password: str, field: str) -> None:
    token = _invite(olga, an_email())
    with pytest.raises(BadInput) as refusal:
        accept(token, name, password)
    assert refusal.value.field == field
    assert accept(token, "Nina New", "x" * 200)


def test_invitations_of_next_door_cannot_be_withdrawn(cast: Cast) -> None:
    _invite(cast.olga, an_email())
    with work(cast.olga) as db:
        ours = invitations(db)[0].id
    with pytest.raises(NotFound), work(cast.otto) as db:
        withdraw_invitation(db, ours)

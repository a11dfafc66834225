"""Roles: who may give them, and that somebody always holds the keys."""

import pytest

from pms.accounts.members import BeyondYourOwn, LastOwner, Member, change_role, members, withdraw
from pms.accounts.sessions import actor_from_token, sign_in
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, MovedMeanwhile, NotFound, NotPermitted
from tests.builders import PASSWORD, Cast, a_member, a_property


def _member(actor: Actor, of: Actor) -> Member:
    with work(of) as db:
        return next(member for member in members(db) if member.person_id == actor.id)


@pytest.fixture
def mona(cast: Cast) -> Actor:
    """A manager: everything but the organization itself."""
    return a_member(cast.organization_id, "Mona Manager", "manager")


def test_everybody_is_listed_and_nobody_from_next_door(cast: Cast) -> None:
    with work(cast.olga) as db:
        assert [member.name for member in members(db)] == ["Anna Books", "Hana Keys", "Olga Owner", "Rita Desk"]


def test_a_changed_role_is_in_force_at_once_and_in_the_journal(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    token = sign_in(member.email, PASSWORD).token
    with work(olga) as db:
        change_role(db, member.membership_id, "housekeeping", None, member.version)
    actor = actor_from_token(token)
    assert actor is not None
    assert not actor.may("reservation.book")
    with work(olga) as db:
        entry = history(db, member.membership_id)[0]
    assert entry.event == "member.changed"
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["role"], entry.after["role"]) == ("front_desk", "housekeeping")
    assert (entry.after["person_id"], entry.after["membership_id"]) == (str(rita.id), str(member.membership_id))


def test_a_role_can_be_limited_to_properties(olga: Actor, rita: Actor) -> None:
    ours, other = a_property(olga), a_property(olga)
    member = _member(rita, olga)
    with work(olga) as db:
        change_role(db, member.membership_id, "front_desk", [ours], member.version)
    actor = sign_in(member.email, PASSWORD).actor
    assert actor.may("reservation.book", ours)
    assert not actor.may("reservation.book", other)


def test_withdrawing_ends_the_sessions(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    token = sign_in(member.email, PASSWORD).token
    with work(olga) as db:
        withdraw(db, member.membership_id, member.version)
    assert actor_from_token(token) is None
    with work(olga) as db:
        assert rita.id not in {member.person_id for member in members(db)}
        assert history(db, member.membership_id)[0].event == "member.withdrawn"


def test_a_withdrawn_member_cannot_be_changed_again(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    with work(olga) as db:
        withdraw(db, member.membership_id, member.version)
    with pytest.raises(NotFound), work(olga) as db:
        change_role(db, member.membership_id, "manager", None, member.version + 1)


def test_the_last_owner_can_be_neither_demoted_nor_withdrawn(olga: Actor) -> None:
    member = _member(olga, olga)
    with pytest.raises(LastOwner), work(olga) as db:
        change_role(db, member.membership_id, "manager", None, member.version)
    with pytest.raises(LastOwner), work(olga) as db:
        withdraw(db, member.membership_id, member.version)


def test_one_of_two_owners_can_step_down(cast: Cast, olga: Actor) -> None:
    a_member(cast.organization_id, "Otilia Owner", "owner")
    member = _member(olga, olga)
    with work(olga) as db:
        assert change_role(db, member.membership_id, "manager", None, member.version).role == "manager"


def test_a_manager_makes_no_owners_and_touches_none(olga: Actor, rita: Actor, mona: Actor) -> None:
    owner, desk = _member(olga, olga), _member(rita, olga)
    with pytest.raises(BeyondYourOwn), work(mona) as db:
        change_role(db, desk.membership_id, "owner", None, desk.version)
    with pytest.raises(BeyondYourOwn), work(mona) as db:
        withdraw(db, owner.membership_id, owner.version)


def test_a_manager_of_one_property_reaches_no_further(cast: Cast, olga: Actor, rita: Actor) -> None:
    here = a_property(olga)
    local = a_member(cast.organization_id, "Lena Local", "manager", [here])
    desk = _member(rita, olga)
    with pytest.raises(BeyondYourOwn), work(local) as db:
        withdraw(db, desk.membership_id, desk.version)


def test_an_owner_works_in_every_property(cast: Cast, olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    with pytest.raises(BadInput) as refusal, work(olga) as db:
        change_role(db, member.membership_id, "owner", [a_property(olga)], member.version)
    assert refusal.value.field == "property_ids"


def test_a_property_of_next_door_is_not_found(cast: Cast) -> None:
    member = _member(cast.rita, cast.olga)
    with pytest.raises(NotFound), work(cast.olga) as db:
        change_role(db, member.membership_id, "front_desk", [a_property(cast.otto)], member.version)


def test_limited_to_no_property_at_all_is_refused(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    with pytest.raises(BadInput), work(olga) as db:
        change_role(db, member.membership_id, "front_desk", [], member.version)


def test_a_role_we_do_not_have_is_refused(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    with pytest.raises(BadInput), work(olga) as db:
        change_role(db, member.membership_id, "wizard", None, member.version)


def test_whoever_was_slower_learns_who_was_faster(olga: Actor, rita: Actor) -> None:
    member = _member(rita, olga)
    with work(olga) as db:
        change_role(db, member.membership_id, "accountant", None, member.version)
    with pytest.raises(MovedMeanwhile) as refusal, work(olga) as db:
        change_role(db, member.membership_id, "manager", None, member.version)
    assert refusal.value.data["by"] == "Olga Owner"
    assert refusal.value.data["event"] == "member.changed"


def test_the_desk_manages_nobody(rita: Actor, olga: Actor) -> None:
    member = _member(olga, olga)
    with pytest.raises(NotPermitted), work(rita) as db:
        members(db)
    with pytest.raises(NotPermitted), work(rita) as db:
        change_role(db, member.membership_id, "front_desk", None, member.version)
    with pytest.raises(NotPermitted), work(rita) as db:
        withdraw(db, member.membership_id, member.version)

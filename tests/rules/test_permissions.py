"""Roles are sets of permissions; an actor holds them in all properties or in some."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel.actor import Actor, job_actor
from pms.kernel.ids import new_id
from pms.kernel.permissions import PERMISSIONS, ROLES
from pms.kernel.refusals import NotPermitted

HERE, THERE = UUID(int=1), UUID(int=2)


def _actor(permissions: frozenset[str], property_ids: frozenset[UUID] | None = None) -> Actor:
    return Actor("person", UUID(int=3), "Somebody", UUID(int=4), permissions, property_ids)


def test_every_role_is_made_of_known_permissions() -> None:
    assert set(ROLES) == {"owner", "manager", "front_desk", "housekeeping", "accountant"}
    assert all(permissions <= PERMISSIONS for permissions in ROLES.values())
    assert ROLES["owner"] == PERMISSIONS


def test_only_the_owner_manages_the_organization_and_only_managers_oversell() -> None:
    assert {role for role in ROLES if "organization.manage" in ROLES[role]} == {"owner"}
    assert {role for role in ROLES if "reservation.oversell" in ROLES[role]} == {"owner", "manager"}
    assert {role for role in ROLES if "members.manage" in ROLES[role]} == {"owner", "manager"}


def test_housekeeping_sees_no_guests_and_books_nothing() -> None:
    hana = _actor(ROLES["housekeeping"])
    assert hana.may("block.manage")
    assert not hana.may("guest.view")
    assert not hana.may("reservation.book")


@given(st.sampled_from(sorted(PERMISSIONS)), st.sets(st.sampled_from(sorted(PERMISSIONS))), st.booleans())
def test_may_and_require_say_the_same(asked: str, held: set[str], limited: bool) -> None:
    actor = _actor(frozenset(held), frozenset({HERE}) if limited else None)
    for place in (None, HERE, THERE):
        expected = asked in held and not (limited and place == THERE)
        assert actor.may(asked, place) is expected
        if expected:
            actor.require(asked, place)
        else:
            with pytest.raises(NotPermitted):
                actor.require(asked, place)


def test_a_misspelt_permission_is_a_bug_not_a_no() -> None:
    with pytest.raises(ValueError, match=r"reservation\.vie\b"):
        _actor(PERMISSIONS).may("reservation.vie")


def test_an_actor_can_be_given_less() -> None:
    assert not _actor(PERMISSIONS).without("import.run").may("import.run")


def test_a_job_may_everything_in_its_organization() -> None:
    assert job_actor(UUID(int=4), "job").permissions == PERMISSIONS


def test_ids_sort_by_age() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 1000

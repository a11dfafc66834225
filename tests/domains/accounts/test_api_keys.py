"""Keys for programs."""

import pytest
from sqlalchemy import text

from pms.accounts.api_keys import actor_from_key, api_keys, create, revoke
from pms.accounts.models import ApiKey
from pms.accounts.reach import BeyondYourOwn
from pms.kernel.actor import DOOR, Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from tests.builders import Cast, a_member, a_property


def _create(by: Actor, *scopes: str) -> tuple[str, ApiKey]:
    with work(by) as db:
        return create(db, "Website", scopes or ["reservation.view"])


def test_a_key_acts_with_its_scopes_in_its_organization(olga: Actor) -> None:
    key, row = _create(olga, "reservation.view", "reservation.book")
    assert key.startswith("osk_")
    assert row.prefix == key[:12]
    actor = actor_from_key(key)
    assert actor is not None
    assert (actor.kind, actor.id, actor.organization_id) == ("api_key", row.id, olga.organization_id)
    assert actor.permissions == {"reservation.view", "reservation.book"}


def test_a_key_can_be_limited_to_properties(olga: Actor) -> None:
    here, there = a_property(olga), a_property(olga)
    with work(olga) as db:
        key, _ = create(db, "Website", ["property.view"], [here])
    actor = actor_from_key(key)
    assert actor is not None
    assert actor.may("property.view", here)
    assert not actor.may("property.view", there)


def test_the_key_itself_is_kept_nowhere(olga: Actor) -> None:
    key, row = _create(olga)
    with work(olga) as db:
        assert key not in db.scalar(text("select api_key::text from api_key where id = :id"), {"id": row.id})


@pytest.mark.parametrize("key", ["", "osk_unknown", "token without our mark"])
def test_an_unknown_key_is_nobody(services: None, key: str) -> None:
    assert actor_from_key(key) is None


def test_a_revoked_key_is_nobody_and_revoking_twice_is_fine(olga: Actor) -> None:
    key, row = _create(olga)
    with work(olga) as db:
        revoke(db, row.id)
        revoke(db, row.id)
        assert api_keys(db)[0].revoked_at is not None
    assert actor_from_key(key) is None


def test_nobody_revokes_a_key_that_reaches_further_than_they_do(cast: Cast) -> None:
    here, there = a_property(cast.olga), a_property(cast.olga)
    limited = a_member(cast.organization_id, "Lena Limited", "manager", [here])
    with work(cast.olga) as db:
        _, own = create(db, "Here", ["property.view"], [here])
        others = [create(db, "There", ["property.view"], [there])[1], create(db, "Everywhere", ["property.view"])[1]]
    for row in others:
        with pytest.raises(BeyondYourOwn), work(limited) as db:
            revoke(db, row.id)
    with work(limited) as db:
        revoke(db, own.id)


def test_a_scope_we_no_longer_know_permits_nothing(olga: Actor) -> None:
    key, row = _create(olga)
    with work(DOOR) as db:
        db.execute(text("update api_key set scopes = '{world.rule}' where id = :id"), {"id": row.id})
    actor = actor_from_key(key)
    assert actor is not None
    assert actor.permissions == frozenset()


def test_use_is_written_down_but_not_every_time(olga: Actor) -> None:
    key, row = _create(olga)

    def used() -> object:
        with work(olga) as db:
            return db.one(ApiKey, row.id).used_at

    assert used() is None
    actor_from_key(key)
    first = used()
    assert first is not None
    actor_from_key(key)
    assert used() == first


@pytest.mark.parametrize("scopes", [[], ["world.rule"], ["reservation.view", "world.rule"]])
def test_unknown_or_no_scopes_are_refused(olga: Actor, scopes: list[str]) -> None:
    with pytest.raises(BadInput) as refusal, work(olga) as db:
        create(db, "Website", scopes)
    assert refusal.value.field == "scopes"


def test_a_manager_makes_no_key_stronger_than_themselves(cast: Cast) -> None:
    mona = a_member(cast.organization_id, "Mona Manager", "manager")
    with pytest.raises(BeyondYourOwn):
        _create(mona, "organization.manage")


def test_a_key_for_next_doors_property_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound), work(cast.olga) as db:
        create(db, "Website", ["property.view"], [a_property(cast.otto)])


def test_the_desk_neither_makes_nor_sees_nor_revokes_keys(cast: Cast) -> None:
    _, row = _create(cast.olga)
    with pytest.raises(NotPermitted):
        _create(cast.rita)
    with pytest.raises(NotPermitted), work(cast.rita) as db:
        api_keys(db)
    with pytest.raises(NotPermitted), work(cast.rita) as db:
        revoke(db, row.id)


def test_next_doors_key_cannot_be_revoked(cast: Cast) -> None:
    _, row = _create(cast.olga)
    with pytest.raises(NotFound), work(cast.otto) as db:
        revoke(db, row.id)

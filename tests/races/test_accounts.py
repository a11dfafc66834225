"""Two owners, one code, one number on two doors: what only one of two may do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import time
from uuid import UUID

import pyotp
import pytest

from pms.accounts import members, password_links, two_factor
from pms.accounts.invitations import accept, invite
from pms.accounts.models import Person
from pms.accounts.sessions import sign_in
from pms.inventory.units import add_units
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.kernel.refusals import Refusal
from pms.properties.amenities import add_amenity
from tests.builders import PASSWORD, Cast, a_member, a_property, a_room_type, an_email


def _outcome(together: Barrier, verb: Callable[[], object]) -> bool:
    together.wait()
    try:
        verb()
    except Refusal:
        return False
    return True


def _both(one: Callable[[], object], other: Callable[[], object]) -> list[bool]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(partial(_outcome, Barrier(2)), [one, other]))


def _withdraw(by: Actor, membership_id: UUID, meet: Barrier | None = None) -> None:
    with work(by) as db:
        members.withdraw(db, membership_id, 1)
        if meet:
            meet.wait()


def _two_owners(cast: Cast) -> tuple[list[Actor], list[UUID]]:
    owners = [cast.olga, a_member(cast.organization_id, "Otilia Owner", "owner")]
    with work(cast.olga) as db:
        held = {member.person_id: member.membership_id for member in members.members(db)}
    return owners, [held[owner.id] for owner in owners if owner.id]


def test_two_owners_who_withdraw_each_other_do_not_both_succeed(cast: Cast) -> None:
    (olga, otilia), (hers, otilias) = _two_owners(cast)
    assert _both(partial(_withdraw, olga, otilias), partial(_withdraw, otilia, hers)) == [False, True]


def test_without_the_lock_the_house_is_left_without_an_owner(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    (olga, otilia), (hers, otilias) = _two_owners(cast)
    monkeypatch.setattr(members, "_locked_owners", lambda db: {hers, otilias})
    meet = Barrier(2)
    assert _both(partial(_withdraw, olga, otilias, meet), partial(_withdraw, otilia, hers, meet)) == [True, True]


def test_two_links_for_one_new_address_make_one_person(cast: Cast) -> None:
    email = an_email("nina")
    tokens = []
    for owner in (cast.olga, cast.otto):
        with work(owner) as db:
            tokens.append(invite(db, email, "front_desk"))
    first, second = (partial(accept, token, "Nina New", PASSWORD) for token in tokens)
    joined = _both(first, second)
    assert joined in ([False, True], [True, True])
    assert sign_in(email, PASSWORD).actor.name == "Nina New"


def test_two_managers_do_not_put_up_the_same_number(olga: Actor) -> None:
    house = a_property(olga)
    kinds = [a_room_type(olga, house, name, units=1) for name in ("Double", "Single")]

    def add(kind: UUID) -> None:
        with work(olga) as db:
            add_units(db, kind, "901-905")

    assert _both(partial(add, kinds[0]), partial(add, kinds[1])) == [False, True]


def test_two_managers_do_not_add_the_same_amenity(olga: Actor) -> None:
    def add(name: str) -> None:
        with work(olga) as db:
            add_amenity(db, name)

    assert _both(partial(add, "Pool"), partial(add, "POOL")) == [False, True]


def _on(olga: Actor) -> tuple[str, pyotp.TOTP]:
    with work(olga) as db:
        secret = two_factor.begin(db).secret
        totp = pyotp.TOTP(secret)
        two_factor.confirm(db, totp.at(time() - 30))
        return db.one(Person, olga.id).email, totp


def test_one_code_signs_in_once_however_fast(olga: Actor) -> None:
    email, totp = _on(olga)
    attempt = partial(sign_in, email, PASSWORD, code=totp.now())
    assert _both(attempt, attempt) == [False, True]


def test_without_the_update_that_decides_it_signs_in_twice(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def check_only(db: Db, person: Person, code: str) -> bool:
        step = two_factor._step_of(two_factor.decrypt(person.totp_sealed or ""), code)
        return step is not None and person.totp_last_step < step

    monkeypatch.setattr(two_factor, "_spend_step", check_only)
    email, totp = _on(olga)
    attempt = partial(sign_in, email, PASSWORD, code=totp.now())
    assert _both(attempt, attempt) == [True, True]


def test_a_password_link_followed_twice_at_once_works_once(cast: Cast) -> None:
    with work(cast.olga) as db:
        rita = next(one.membership_id for one in members.members(db) if one.person_id == cast.rita.id)
    token = password_links.make(cast.olga, rita)
    assert _both(
        partial(password_links.use, token, "a whole new sentence"), partial(password_links.use, token, "quite another one")
    ) == [False, True]

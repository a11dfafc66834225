"""Two owners, one code: what only one of two may do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import time
from uuid import UUID

import pyotp
import pytest

from pms.accounts import members, two_factor
from pms.accounts.models import Person
from pms.accounts.sessions import sign_in
from pms.kernel.actor import Actor
from pms.kernel.db import Db, work
from pms.kernel.refusals import Refusal
from tests.builders import PASSWORD, Cast, a_member


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

"""The second factor, end to end against the real clock."""

import time
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from pms.accounts import two_factor
from pms.accounts.invitations import accept, invite
from pms.accounts.models import Person
from pms.accounts.sessions import CodeNeeded, WrongCode, WrongCredentials, sign_in
from pms.accounts.two_factor import TwoFactorIsOn, TwoFactorNotBegun, WrongPassword, begin, confirm, switch_off
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import work
from pms.kernel.refusals import NotPermitted
from tests.builders import PASSWORD, Cast

STEP = 30


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


def _code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(time.time() + steps * STEP)


def _switched_on(actor: Actor) -> tuple[str, list[str]]:
    """Confirmed with the code of the step before, so that the present one is still unused."""
    with work(actor) as db:
        secret = begin(db).secret
    with work(actor) as db:
        return secret, confirm(db, _code(secret, -1))


def test_the_uri_names_us_the_person_and_the_secret(olga: Actor) -> None:
    with work(olga) as db:
        enrolment = begin(db)
        assert enrolment.secret not in (db.one(Person, olga.id).totp_sealed or "")
    uri = urlsplit(enrolment.uri)
    assert uri.scheme == "otpauth"
    assert parse_qs(uri.query) == {"secret": [enrolment.secret], "issuer": ["Octaspace"]}


def test_until_confirmed_the_password_is_enough(olga: Actor) -> None:
    with work(olga) as db:
        begin(db)
    assert sign_in(_email(olga), PASSWORD)


def test_once_on_a_code_is_asked_for_and_each_works_once(olga: Actor) -> None:
    secret, _ = _switched_on(olga)
    email = _email(olga)
    with pytest.raises(CodeNeeded):
        sign_in(email, PASSWORD)
    with pytest.raises(WrongCode):
        sign_in(email, PASSWORD, code="000 000")
    code = _code(secret)
    assert sign_in(email, PASSWORD, code=f"{code[:3]} {code[3:]}")
    with pytest.raises(WrongCode):
        sign_in(email, PASSWORD, code=code)


def test_the_code_that_confirmed_cannot_sign_in(olga: Actor) -> None:
    with work(olga) as db:
        secret = begin(db).secret
        code = _code(secret)
        confirm(db, code)
    with pytest.raises(WrongCode):
        sign_in(_email(olga), PASSWORD, code=code)


def test_a_clock_one_step_fast_is_forgiven_two_are_not(olga: Actor) -> None:
    secret, _ = _switched_on(olga)
    with pytest.raises(WrongCode):
        sign_in(_email(olga), PASSWORD, code=_code(secret, 3))
    assert sign_in(_email(olga), PASSWORD, code=_code(secret, 1))


def test_the_code_is_not_asked_for_before_the_password_is_right(olga: Actor) -> None:
    _switched_on(olga)
    with pytest.raises(WrongCredentials):
        sign_in(_email(olga), "wrong password")


def test_a_recovery_code_works_once_however_it_is_typed(olga: Actor) -> None:
    _, codes = _switched_on(olga)
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert sign_in(_email(olga), PASSWORD, code=codes[0].upper().replace("-", " "))
    with pytest.raises(WrongCode):
        sign_in(_email(olga), PASSWORD, code=codes[0])
    assert sign_in(_email(olga), PASSWORD, code=codes[1])


def test_joining_another_organization_asks_for_the_code_too(cast: Cast) -> None:
    secret, _ = _switched_on(cast.otto)
    with work(cast.olga) as db:
        token = invite(db, _email(cast.otto), "accountant")
    with pytest.raises(CodeNeeded):
        accept(token, "", PASSWORD)
    assert accept(token, "", PASSWORD, code=_code(secret)).actor.id == cast.otto.id


def test_confirming_a_wrong_code_leaves_it_off(olga: Actor) -> None:
    with work(olga) as db:
        begin(db)
    with pytest.raises(WrongCode), work(olga) as db:
        confirm(db, "000000")
    assert sign_in(_email(olga), PASSWORD)


def test_confirming_what_was_not_begun_is_refused(olga: Actor) -> None:
    with pytest.raises(TwoFactorNotBegun), work(olga) as db:
        confirm(db, "000000")


def test_beginning_or_confirming_again_is_refused(olga: Actor) -> None:
    secret, _ = _switched_on(olga)
    with pytest.raises(TwoFactorIsOn), work(olga) as db:
        begin(db)
    with pytest.raises(TwoFactorIsOn), work(olga) as db:
        confirm(db, _code(secret))


def test_switching_off_takes_the_password(olga: Actor) -> None:
    _switched_on(olga)
    with pytest.raises(WrongPassword), work(olga) as db:
        switch_off(db, "not this one")
    with work(olga) as db:
        switch_off(db, PASSWORD)
    assert sign_in(_email(olga), PASSWORD)


def test_a_job_has_no_second_factor(cast: Cast) -> None:
    with pytest.raises(NotPermitted), work(job_actor(cast.organization_id, "job")) as db:
        begin(db)

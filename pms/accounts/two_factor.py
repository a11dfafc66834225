"""The second factor: a time-based code (RFC 6238), each usable once, and recovery codes for a lost phone."""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from hmac import compare_digest

import pyotp
from sqlalchemy import CursorResult, Update, any_, func, literal, update
from sqlmodel import col

from pms.accounts import passwords
from pms.accounts.models import Person
from pms.accounts.people import person_id
from pms.kernel.dates import now
from pms.kernel.db import Db
from pms.kernel.encryption import decrypt, encrypt, token_hash
from pms.kernel.outbox import record
from pms.kernel.refusals import Refusal

ISSUER = "Octaspace"
STEP_SECONDS = 30
STEPS_OFF = 1
"""A phone's clock may be one step early or late."""
RECOVERY_CODES = 10


class CodeNeeded(Refusal):
    """The password was right; the account also wants its code."""

    sentence = "Enter the six-digit code of your authenticator app."
    status = 401
    field = "code"


class WrongCode(Refusal):
    """Wrong, too old, or used before."""

    sentence = "This code is not valid, or has been used. Wait for the next one."
    status = 401
    field = "code"


class WrongPassword(Refusal):
    sentence = "This is not your password."
    field = "password"


class TwoFactorIsOn(Refusal):
    sentence = "Two-factor sign-in is already on. Switch it off first."
    status = 409


class TwoFactorNotBegun(Refusal):
    sentence = "Scan the code with your authenticator app first."
    status = 409


@dataclass(frozen=True)
class Enrolment:
    """What the authenticator app needs: `uri` as a QR code, or `secret` typed in."""

    secret: str
    uri: str


def begin(db: Db) -> Enrolment:
    """A new secret, sealed and not yet in force. Refuses `TwoFactorIsOn`."""
    person = db.one(Person, person_id(db), lock=True)
    if person.totp_on_since:
        raise TwoFactorIsOn()
    secret = pyotp.random_base32()
    person.totp_sealed = encrypt(secret)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER))


def confirm(db: Db, code: str) -> list[str]:
    """Put the secret in force, now that the app shows its codes; returns the recovery codes, shown this once.

    Refuses `TwoFactorIsOn`, `TwoFactorNotBegun`, `WrongCode`.
    """
    person = db.one(Person, person_id(db), lock=True)
    if person.totp_on_since:
        raise TwoFactorIsOn()
    if not person.totp_sealed:
        raise TwoFactorNotBegun()
    step = _step_of(decrypt(person.totp_sealed), code)
    if step is None:
        raise WrongCode()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    person.totp_last_step = step
    person.totp_on_since = now()
    person.recovery_hashes = [token_hash(_plain(code)) for code in codes]
    record(db, "person.two_factor_on", "person", person.id)
    return codes


def switch_off(db: Db, password: str) -> None:
    """Back to the password alone, for whoever knows it. Refuses `WrongPassword`."""
    person = db.one(Person, person_id(db), lock=True)
    if not passwords.matches(person.password_hash, password):
        raise WrongPassword()
    person.totp_sealed, person.totp_on_since, person.recovery_hashes = None, None, []
    record(db, "person.two_factor_off", "person", person.id)


def use_code(db: Db, person: Person, code: str | None) -> None:
    """Spend a code or recovery code of a person who has the second factor on; nothing to do for the others.

    The update itself decides, so two sign-ins with one code cannot both pass. Refuses `CodeNeeded`, `WrongCode`.
    """
    if not person.totp_on_since or not person.totp_sealed:
        return
    if not code or not code.strip():
        raise CodeNeeded()
    if not (_spend_step(db, person, code) or _spend_recovery_code(db, person, code)):
        raise WrongCode()


def _spend_step(db: Db, person: Person, code: str) -> bool:
    step = _step_of(decrypt(person.totp_sealed or ""), code)
    if step is None:
        return False
    unused = col(Person.id) == person.id, col(Person.totp_last_step) < step
    return _changed_one(db, update(Person).where(*unused).values(totp_last_step=step))


def _spend_recovery_code(db: Db, person: Person, code: str) -> bool:
    spent = token_hash(_plain(code))
    hashes = col(Person.recovery_hashes)
    unused = col(Person.id) == person.id, literal(spent) == any_(hashes)
    return _changed_one(db, update(Person).where(*unused).values(recovery_hashes=func.array_remove(hashes, spent)))


def _changed_one(db: Db, statement: Update) -> bool:
    result = db.execute(statement.execution_options(synchronize_session=False))
    return isinstance(result, CursorResult) and result.rowcount == 1


def _step_of(secret: str, code: str) -> int | None:
    """Which time step the code belongs to, among those not too far off; the latest if several."""
    code, present = code.replace(" ", ""), int(now().timestamp()) // STEP_SECONDS
    for step in range(present + STEPS_OFF, present - STEPS_OFF - 1, -1):
        if compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), code.encode()):
            return step
    return None


def _recovery_code() -> str:
    """80 random bits in four groups: "k3jd-92la-..."."""
    letters = b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()

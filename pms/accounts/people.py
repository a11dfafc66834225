"""Persons: their address, their name, and the proof that it is they."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from pms.accounts import passwords
from pms.accounts.models import Person
from pms.kernel.db import Db
from pms.kernel.refusals import BadInput, NotPermitted, Refusal
from pms.kernel.words import LOCALES


class JustJoined(Refusal):
    """Two links for one new address, followed at the same moment."""

    sentence = "Somebody with this address has just joined. Use their password."
    status = 409
    field = "password"


_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]+")
EMAIL_LONGEST, NAME_LONGEST = 254, 120


def clean_email(email: str, field: str = "email") -> str:
    """The address without surrounding blanks. Refuses `BadInput` for what no mail can reach."""
    email = _plain(email)
    if len(email) > EMAIL_LONGEST or not _EMAIL.fullmatch(email):
        raise BadInput(field, "This is not an e-mail address.")
    return email


def clean_name(name: str, field: str = "name") -> str:
    """The name with single blanks. Refuses `BadInput` when nothing, or a novel, is left."""
    name = " ".join(name.split())
    if not name:
        raise BadInput(field, "Give a name.")
    if len(name) > NAME_LONGEST:
        raise BadInput(field, "Use at most {longest} characters.", longest=NAME_LONGEST)
    return name


def by_email(db: Db, email: str) -> Person | None:
    """Whoever has this address, whatever its case."""
    return db.scalar(select(Person).where(func.lower(col(Person.email)) == func.lower(_plain(email))))


def new_person(db: Db, name: str, email: str, password: str, locale: str = "en") -> Person:
    """Somebody nobody knew yet; only the door may write this. Refuses `BadInput`, `JustJoined`."""
    refuse_unknown_locale(locale)
    person = Person(
        name=clean_name(name),
        email=clean_email(email),
        password_hash=passwords.hash_password(password),
        locale=locale,
    )
    try:
        with db.begin_nested():
            db.add(person)
    except IntegrityError as known:
        raise JustJoined() from known
    return person


def _plain(email: str) -> str:
    return unicodedata.normalize("NFKC", email).strip()


def refuse_unknown_locale(locale: str) -> None:
    """Refuse `BadInput` for a language there is no catalog of."""
    if locale not in LOCALES:
        raise BadInput("locale", "Octaspace does not speak this language.")


def person_id(db: Db) -> UUID:
    """The person at work; refuses `NotPermitted` for keys and jobs, which have no password or preferences."""
    if db.actor.kind != "person" or db.actor.id is None:
        raise NotPermitted()
    return db.actor.id

"""What a person decides about themselves: language, name, password."""

from __future__ import annotations

from pms.accounts import passwords
from pms.accounts.models import Person
from pms.accounts.password_links import void
from pms.accounts.people import clean_name, person_id, refuse_unknown_locale
from pms.accounts.sessions import end_sessions
from pms.accounts.two_factor import WrongPassword
from pms.kernel.db import Db
from pms.kernel.outbox import record


def set_locale(db: Db, locale: str) -> None:
    """Speak to the person at work in this language from now on, on every screen. Refuses `BadInput`."""
    refuse_unknown_locale(locale)
    person = db.one(Person, person_id(db), lock=True)
    before, person.locale = person.locale, locale
    record(db, "person.changed", "person", person.id, before={"locale": before}, after={"locale": locale})


def rename(db: Db, name: str) -> None:
    """Call the person at work something else. Refuses `BadInput`."""
    person = db.one(Person, person_id(db), lock=True)
    before, person.name = person.name, clean_name(name)
    record(db, "person.changed", "person", person.id, before={"name": before}, after={"name": person.name})


def change_password(db: Db, present: str, new: str) -> None:
    """Another password; every other session in this organization ends, and links to choose one are void.

    Refuses `WrongPassword`, `BadInput`.
    """
    person = db.one(Person, person_id(db), lock=True)
    if not passwords.matches(person.password_hash, present):
        raise WrongPassword()
    person.password_hash = passwords.hash_password(new, field="new_password")
    record(db, "person.password_changed", "person", person.id)
    void(db, person.id)
    end_sessions(db, person.id, but=db.actor.session_id)

"""What people decide about themselves."""

import pytest

from pms.accounts.invitations import accept, invite
from pms.accounts.models import Person
from pms.accounts.organizations import rename_organization
from pms.accounts.password_links import LinkEnded, make_for_anybody, offered
from pms.accounts.preferences import change_password, rename, set_locale
from pms.accounts.sessions import WrongCredentials, actor_from_token, sign_in
from pms.accounts.two_factor import WrongPassword
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import work
from pms.kernel.outbox import history
from pms.kernel.refusals import BadInput, NotPermitted
from tests.builders import PASSWORD, Cast


def _email(actor: Actor) -> str:
    with work(actor) as db:
        return db.one(Person, actor.id).email


def test_the_language_holds_from_the_next_request_on(rita: Actor) -> None:
    token = sign_in(_email(rita), PASSWORD).token
    with work(rita) as db:
        set_locale(db, "lt")
    actor = actor_from_token(token)
    assert actor is not None
    assert actor.locale == "lt"


def test_a_language_we_do_not_speak_is_refused(rita: Actor) -> None:
    with pytest.raises(BadInput), work(rita) as db:
        set_locale(db, "tlh")


def test_a_new_name_shows(rita: Actor) -> None:
    with work(rita) as db:
        rename(db, "  Rita   Married ")
    assert sign_in(_email(rita), PASSWORD).actor.name == "Rita Married"


def test_a_new_password_ends_the_other_sessions_only(rita: Actor) -> None:
    email = _email(rita)
    phone, desk = sign_in(email, PASSWORD), sign_in(email, PASSWORD)
    with work(desk.actor) as db:
        change_password(db, PASSWORD, "quite another password")
    assert actor_from_token(phone.token) is None
    assert actor_from_token(desk.token) == desk.actor
    with pytest.raises(WrongCredentials):
        sign_in(email, PASSWORD)
    assert sign_in(email, "quite another password")


def test_a_new_password_ends_sessions_in_other_organizations_too_and_their_journals_say_so(cast: Cast) -> None:
    email, here = _email(cast.rita), sign_in(_email(cast.rita), PASSWORD)
    with work(cast.otto) as db:
        link = invite(db, email, "front_desk")
    there = accept(link, "", PASSWORD)
    way_in = make_for_anybody(email, lambda organization: job_actor(organization, "Command line"))
    with work(here.actor) as db:
        change_password(db, PASSWORD, "quite another password")
        assert db.actor == here.actor, "the work goes on as who began it"
    assert actor_from_token(there.token) is None
    assert actor_from_token(here.token) == here.actor
    with pytest.raises(LinkEnded):
        offered(way_in)
    with work(cast.otto) as db:
        (last,) = history(db, there.actor.session_id, most=1)
    assert (last.event, last.actor_id) == ("session.ended", cast.rita.id)


def test_changing_the_password_takes_the_present_one(rita: Actor) -> None:
    with pytest.raises(WrongPassword), work(rita) as db:
        change_password(db, "not this one", "quite another password")


def test_a_short_new_password_is_refused(rita: Actor) -> None:
    with pytest.raises(BadInput) as refusal, work(rita) as db:
        change_password(db, PASSWORD, "short")
    assert refusal.value.field == "new_password"


def test_a_job_has_no_preferences(cast: Cast) -> None:
    with pytest.raises(NotPermitted), work(job_actor(cast.organization_id, "job")) as db:
        set_locale(db, "lt")


def test_the_owner_renames_the_organization_the_desk_does_not(cast: Cast) -> None:
    with work(cast.olga) as db:
        rename_organization(db, "Grand Seaside")
    with pytest.raises(NotPermitted), work(cast.rita) as db:
        rename_organization(db, "Rita's")

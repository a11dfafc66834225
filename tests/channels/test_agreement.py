"""Somebody agrees at the channel that we act for the property: sent out by us, and only what they bring back is kept."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from pms.channels import agreement
from pms.channels.connections import change_credentials, connect, disconnect, keep_credentials, opened
from pms.channels.models import Connection
from pms.kernel import encryption
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.refusals import BadInput, NotFound, NotPermitted
from tests.builders import Cast, a_property
from tests.channels.airbnb import FakeAirbnb
from tests.channels.conftest import hosted


@pytest.fixture
def connection(olga: Actor) -> UUID:
    told = FakeAirbnb().credentials | {"code": "", "refresh_token": "old"}
    with work(olga) as db:
        return connect(db, a_property(olga), "airbnb", "7001", told).id


def sent_out(actor: Actor, connection: UUID) -> dict[str, list[str]]:
    with work(actor) as db:
        return parse_qs(urlsplit(agreement.agreement(db, connection)).query)


def test_the_address_names_the_app_where_to_come_back_to_and_no_secret(olga: Actor, connection: UUID) -> None:
    with work(olga) as db:
        address = agreement.agreement(db, connection)
    assert address.startswith("https://www.airbnb.com/oauth2/auth?")
    asked = parse_qs(urlsplit(address).query)
    assert (asked["client_id"], asked["redirect_uri"][0].endswith("/channels")) == (["app"], True)
    assert "app-secret" not in address


def test_a_test_system_is_asked_where_it_is(olga: Actor, connection: UUID) -> None:
    with hosted("airbnb", "http://127.0.0.1:1"), work(olga) as db:
        assert agreement.agreement(db, connection).startswith("http://127.0.0.1:1/oauth2/auth?")


def test_what_is_brought_back_takes_the_place_of_what_was_agreed_before(olga: Actor, connection: UUID) -> None:
    (proof,) = sent_out(olga, connection)["state"]
    with work(olga) as db:
        agreement.agreed(db, proof, "code-7")
    with work(olga) as db:
        kept = opened(db.one(Connection, connection))
    assert (kept["code"], kept.get("refresh_token", "")) == ("code-7", "")
    assert kept["client_secret"] == "app-secret"


def kept(olga: Actor, connection: UUID, used: str = "old", code: str = "") -> tuple[str, str]:
    """(refresh token, code) after the channel renewed what was got with those."""
    with work(olga) as db:
        renewed = {"refresh_token": f"after {used or 'nothing'}", "code": ""}
        keep_credentials(db, connection, renewed, {"refresh_token": (used,), "code": (code,)})
        row = opened(db.one(Connection, connection))
    return row.get("refresh_token", ""), row.get("code", "")


def test_a_renewal_of_what_was_agreed_before_leaves_a_new_agreement_as_it_is(olga: Actor, connection: UUID) -> None:
    """It was under way while somebody agreed: kept, it would take the place of what they agreed to."""
    (proof,) = sent_out(olga, connection)["state"]
    with work(olga) as db:
        agreement.agreed(db, proof, "code-7")
    assert kept(olga, connection) == ("", "code-7")
    assert kept(olga, connection, used="", code="code-7") == ("after nothing", ""), "a code works once"
    assert kept(olga, connection) == ("after nothing", ""), "nor when that was exchanged since"


def test_a_renewal_leaves_what_else_was_changed_meanwhile(olga: Actor, connection: UUID) -> None:
    with work(olga) as db:
        change_credentials(db, connection, 1, {"client_secret": "other"})
    assert kept(olga, connection) == ("after old", "")
    with work(olga) as db:
        assert opened(db.one(Connection, connection))["client_secret"] == "other"


def test_a_proof_of_another_person_is_refused(cast: Cast, connection: UUID) -> None:
    (proof,) = sent_out(cast.olga, connection)["state"]
    with pytest.raises(agreement.NotOurAgreement), work(cast.otto) as db:
        agreement.agreed(db, proof, "code-7")


@pytest.mark.parametrize("proof", ["", "nonsense", "\u00e9", "gAAAA"])
def test_nonsense_for_a_proof_is_refused(olga: Actor, proof: str) -> None:
    with pytest.raises(agreement.NotOurAgreement), work(olga) as db:
        agreement.begun(db, proof)


@pytest.mark.parametrize("sealed", ["[]", "{}", '{"client_id": "app"}', "7"])
def test_something_else_that_we_sealed_is_no_proof(olga: Actor, sealed: str) -> None:
    with pytest.raises(agreement.NotOurAgreement), work(olga) as db:
        agreement.begun(db, encryption.encrypt(sealed))


def test_a_page_left_open_too_long_is_refused(olga: Actor, connection: UUID) -> None:
    (proof,) = sent_out(olga, connection)["state"]
    seal: Fernet = encryption._fernet()
    late = seal.encrypt_at_time(seal.decrypt(proof), seal.extract_timestamp(proof.encode()) - agreement.SECONDS_MOST - 1)
    with pytest.raises(agreement.NotOurAgreement), work(olga) as db:
        agreement.begun(db, late.decode())


def test_a_channel_that_asks_nobody_is_refused(olga: Actor) -> None:
    with work(olga) as db:
        row = connect(db, a_property(olga), "channex", "P-1", {"api_key": "x"})
    with pytest.raises(BadInput), work(olga) as db:
        agreement.agreement(db, row.id)


def test_whoever_does_not_manage_channels_is_not_sent_out(olga: Actor, connection: UUID) -> None:
    with pytest.raises(NotPermitted), work(olga.without("channel.manage")) as db:
        agreement.agreement(db, connection)


def test_a_connection_ended_meanwhile_takes_no_agreement(olga: Actor, connection: UUID) -> None:
    (proof,) = sent_out(olga, connection)["state"]
    with work(olga) as db:
        disconnect(db, connection, 1)
    with pytest.raises(NotFound), work(olga) as db:
        agreement.agreed(db, proof, "code-7")

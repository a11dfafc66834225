"""Some channels ask a person to agree that we act for the property: they are sent there, and come back with a code (OAuth2)."""

from __future__ import annotations

import json
from uuid import UUID

from cryptography.fernet import InvalidToken

from pms.channels.connections import adapter_of, change_credentials, link_of, managed
from pms.channels.models import Connection
from pms.kernel.db import Db
from pms.kernel.encryption import decrypt, encrypt
from pms.kernel.refusals import BadInput, Refusal
from pms.settings import settings

SECONDS_MOST = 1800
"""How long somebody may take to agree: they may have to sign in there first."""
BACK = "/channels"
"""Where they come back to, as the channel has to know it beforehand."""


class NotOurAgreement(Refusal):
    """What came back is not what we sent this person out with: a link of somebody else's, or a page left open for too long."""

    sentence = "This agreement was not begun here, or too long ago. Begin it again on the connection's page."
    status = 403


def agreement(db: Db, connection_id: UUID) -> str:
    """The channel's address where somebody who manages it agrees. Refuses `BadInput`, `NotFound`, `NotPermitted`."""
    row = managed(db, connection_id)
    agree = adapter_of(row.channel).agree
    if agree is None:
        raise BadInput("channel", "This channel asks nobody to agree.")
    proof = encrypt(json.dumps({"agree": str(row.id), "who": str(db.actor.id)}))
    return agree(link_of(db, row, lambda *_: None), settings().public_url + BACK, proof)


def begun(db: Db, proof: str) -> UUID:
    """The connection for which this person was sent out to agree. Refuses `NotOurAgreement`."""
    try:
        told = json.loads(decrypt(proof, SECONDS_MOST))
    except (InvalidToken, ValueError) as no:
        raise NotOurAgreement() from no
    if not isinstance(told, dict) or "agree" not in told or told.get("who") != str(db.actor.id):
        raise NotOurAgreement()
    return UUID(told["agree"])


def agreed(db: Db, proof: str, code: str) -> Connection:
    """Keep the code with which they came back; it is exchanged at the next call, and whatever was agreed before counts no more.

    Refuses `BadInput`, `NotFound`, `NotOurAgreement`, `NotPermitted`.
    """
    row = managed(db, begun(db, proof))
    return change_credentials(db, row.id, row.version, {"code": code, "refresh_token": ""})

"""The webhook: a hint that there is something to fetch, and no more, for webhooks come twice, late and out of order."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from pms.channels.adapter import Forged, Heard, Link
from pms.channels.adapters.channex.facts import SECRET_HEADER


def hear(link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
    """There is news, if it carries our secret."""
    secret = link.credentials.get("webhook_secret", "")
    if not secret or not hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), secret.encode()):
        raise Forged
    return Heard(news=True)

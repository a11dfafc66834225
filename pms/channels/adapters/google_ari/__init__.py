"""Google's hotel search: it shows prices and sends the guest to the property's own booking page. Bookings do not come from it."""

from __future__ import annotations

from pms.channels.adapter import Adapter, Credential
from pms.channels.adapters.google_ari import house, tell
from pms.channels.adapters.google_ari.facts import AMOUNT, HOST, STAYS, SWITCHES

GOOGLE_ARI = Adapter(
    name="Google",
    host=HOST,
    credentials=(
        Credential("partner_key", "Partner key", "In Hotel Center: your account's settings.", secret=False, needed=False),
    ),
    knows=frozenset({"rooms", "price", "occupancy", *STAYS, *SWITCHES}),
    after_tax=AMOUNT == "AmountAfterTax",
    messages=tell.messages,
    send=tell.send,
    describe=house.describe,
)

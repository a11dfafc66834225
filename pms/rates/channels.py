"""The ways in which stays are sold, as plans name them."""

from __future__ import annotations

from pms.kernel.words import N_, translate

CHANNELS = {
    "desk": N_("Front desk"),
    "website": N_("Own booking page"),
    "booking_com": "Booking.com",
    "expedia": "Expedia",
    "airbnb": "Airbnb",
}
"""Code -> name. Plans may name others too: a code is any short text."""
CONNECTED = {"agoda": "Agoda", "trip_com": "Trip.com", "google_ari": "Google", "channex": "Channex"}
"""The names of those that sell only for who is connected to them."""
CODE_MOST, CODES_MOST = 40, 50


def code_of(text: str) -> str:
    """The code of a channel, from that or from its name."""
    names = {name.casefold(): code for code, name in (CHANNELS | CONNECTED).items()}
    return names.get(text.casefold(), text)


def name_of(code: str, locale: str) -> str:
    """What people call a channel; its code where nobody has named it."""
    return translate(CHANNELS.get(code) or CONNECTED.get(code, code), locale)

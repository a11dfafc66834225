"""The ways in which stays are sold, as plans name them."""

from __future__ import annotations

from functools import cache

from pms.kernel.refusals import Refusal
from pms.kernel.words import LOCALES, N_, translate

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
NAMES = CHANNELS | CONNECTED
PROGRAMS = "api"
"""Through which programs book that name no other; no people do."""
CODE_MOST, CODES_MOST = 40, 50


def code_of(text: str) -> str:
    """The code of a channel, from that or from its name in any of our languages, in capitals or not; else the text as it is."""
    return _codes().get(text.casefold(), text)


@cache
def _codes() -> dict[str, str]:
    names = {translate(name, locale).casefold(): code for code, name in NAMES.items() for locale in LOCALES}
    return names | {code.casefold(): code for code in NAMES}


class NoSuchChannel(Refusal):
    """The property sells through no `channel` of that name: most likely it is misspelt."""

    sentence = "There is no channel {channel} here. Name one the property sells through."


def name_of(code: str, locale: str) -> str:
    """What people call a channel; its code where nobody has named it."""
    return translate(NAMES.get(code, code), locale)

"""The ways in which stays are sold, as plans name them."""

from __future__ import annotations

from pms.kernel.words import N_

CHANNELS = {
    "desk": N_("Front desk"),
    "website": N_("Own booking page"),
    "booking_com": "Booking.com",
    "expedia": "Expedia",
    "airbnb": "Airbnb",
}
"""Code -> name. Plans may name others too: a code is any short text."""
CODE_MOST, CODES_MOST = 40, 50

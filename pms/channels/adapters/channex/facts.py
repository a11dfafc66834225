"""What is known of Channex, and how surely. From Channex' own documents unless a line says otherwise."""

HOST = "https://secure.channex.io/api/v1"
"""Staging is https://staging.channex.io/api/v1."""
PROPERTY_PATH = "/properties"
"""Of one property, by its id, with its `currency`. Not verified: a common shape there, of whose page only the name was read."""
KEY_HEADER = "user-api-key"
ENTRIES_MOST = 30_000
"""Entries a message: of some 250 bytes each, below the limit of 10 MB; a full sync is to be two calls."""
CALLS_MOST = (10, 60.0)
"""Of prices and restrictions, and as many of rooms, per property."""
PAUSE_SECONDS = 60.0
"""After any error, the property is to be left alone so long."""
POLL_SECONDS = 300.0
"""The feed is a net below the webhook, whose retries are not documented."""
SECRET_HEADER = "x-octaspace-secret"
"""Webhooks are not signed: this header, with a secret of ours, is asked for when the webhook is made."""
NAMES = {
    "rooms": "availability",
    "price": "rate",
    "min_stay": "min_stay_through",
    "min_stay_arrival": "min_stay_arrival",
    "max_stay": "max_stay",
    "closed": "stop_sell",
    "closed_arrival": "closed_to_arrival",
    "closed_departure": "closed_to_departure",
}
SWITCHES = frozenset({"closed", "closed_arrival", "closed_departure"})
PER_PERSON = "per_person"
"""The `sell_mode` of a rate plan with a price for each number of guests, told as `rates`; others have one `rate`."""
GUESTS_MOST = 18
"""Occupancies a rate plan may have a price for."""
TOGETHER = frozenset({"price", *(f"price_{guests}" for guests in range(1, GUESTS_MOST + 1))})
"""Not said anywhere: whether `rates` keeps the prices of the occupancies it does not name. All are told, to be safe."""
LIST_PAGE, PAGES_MOST = 100, 20
"""Rows a page of a list; a property has 20 room types and 200 rate plans at most, a page by default 10."""
STATUSES = {"new": "new", "modified": "modified", "cancelled": "cancelled"}
OTA_NAMES = {
    "BookingCom": "Booking.com",
    "A-Expedia": "Expedia",
    "Expedia": "Expedia",
    "Airbnb": "Airbnb",
    "Agoda": "Agoda",
    "Ctrip": "Trip.com",
}
"""As direct connections call them, by which a booking is known that both bring. Spellings vary between documents; what is not
here is shown as it comes.
"""

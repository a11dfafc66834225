"""What is known of Agoda's supply interface (YCS 5), and how surely. From Agoda's own pages unless a line says otherwise."""

from datetime import timedelta

HOST = "https://supply.agoda.com"
"""The sandbox is https://sandbox-distribution-xml.agoda.com."""
API = "/api"
EXCHANGE = "/token-based-authentication/exchange"
SET, SHOW, LIST, DETAIL, PRODUCTS = 10, 11, 3, 4, 5
"""What a request is, by its type."""

TOKEN_SECONDS = 3_000.0
"""A token lives an hour; it is asked for again a little before."""
BYTES_MOST = 950_000
"""A request may have 1 MB."""
UPDATES_MOST = 10_000
"""No limit is stated; this keeps a message small enough to be halved."""
ROOMS_MOST = 999
"""Three digits."""
ADULTS_MOST = 30
BASE_ADULTS = 2
"""Whom a price is for where we are not told."""
READ_NIGHTS_MOST = 31
DETAILS_MOST = 50
LOOK_BACK = timedelta(days=89, hours=23)
"""A list may reach over 90 days, and details are kept as long."""
CERTAINLY = timedelta(days=3)
"""How long a booking is read again whatever Agoda says: it counts as delivered once it was asked for, not once it was saved."""
POLL_SECONDS = 300.0
PAUSE_SECONDS = 60.0
PATIENCE = 8
"""Questions without an answer before it is Agoda that cannot, and not one booking: 50 are down to one after seven."""

RESTRICTIONS = {
    "closed": "closed",
    "closed_departure": "ctd",
    "closed_arrival": "cta",
    "min_stay_arrival": "los/min",
    "max_stay_arrival": "los/max",
    "min_stay": "staythrough/min",
}
"""In the order of the samples. That `los` counts on arrival is taken from there being `staythrough` beside it."""
SWITCHES = frozenset({"closed", "closed_departure", "closed_arrival"})
TOGETHER = (frozenset(RESTRICTIONS), frozenset({"price", *(f"price_{n}" for n in range(1, ADULTS_MOST + 1))}))
"""`closed` is required wherever restrictions are, and a price for everybody wherever prices are."""
ALLOTMENT_IS_LEFT = True
"""Whether the number of rooms is what is left to sell, as samples look, or holds what was sold at Agoda too. Not stated anywhere;
were it so, fewer rooms would be sold there than could be.
"""

STOP_CODES = frozenset({1201, 1301, 1503, 1601})
"""Key, property, sign-in and kind of property: what is wrong with all we could say."""
DATE_CODES = frozenset({1101, 2219})
"""What is wrong with some nights of the same values only."""

STATUSES = {"ConfirmBooking": "new", "AmendBooking": "modified", "CancelBooking": "cancelled"}
AMOUNTS = ("sell_inclusive_amt", "net_inclusive_amt", "sell_exclusive_amt", "net_exclusive_amt")
"""Which of them there is depends on the contract: mostly the net one, which is what the property receives."""
SOLD, NET = "sell_inclusive_amt", "net_inclusive_amt"
NIGHT = "Room"
NO_PRICES = frozenset({NIGHT, "Confirmation"})
"""Kinds of price rows that are nothing beside the nights."""
PAID_AT_PROPERTY = frozenset({"2"})
"""Payment models in which the guest pays the property. What the numbers mean is not stated; elsewhere at Agoda 2 is "agency"."""

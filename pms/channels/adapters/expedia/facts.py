"""What is known of Expedia QuickConnect (EQC), and how surely. From Expedia's own documents and schemas of 2016 to 2020 unless
a line says otherwise; that they still hold has to be checked with Expedia before going live.
"""

from dataclasses import dataclass

HOST = "https://services.expediapartnercentral.com/eqc"


@dataclass(frozen=True)
class Call:
    """One kind of message: where it goes, and what its root element is called without the RQ."""

    path: str
    root: str
    namespace: str


UPDATE = Call("/ar", "AvailRateUpdate", "http://www.expediaconnect.com/EQC/AR/2011/06")
RETRIEVE = Call("/br", "BookingRetrieval", "http://www.expediaconnect.com/EQC/BR/2014/01")
CONFIRM = Call("/bc", "BookingConfirm", "http://www.expediaconnect.com/EQC/BC/2007/09")
PRODUCTS = Call("/parr", "ProductAvailRateRetrieval", "http://www.expediaconnect.com/EQC/PAR/2013/07")
"""Its path is from clients in use, not from Expedia. Expedia calls it old; it is the only one that says what is sold."""

UPDATES_MOST = 3_000
"""Numbers a message may change: every price, count, restriction and switch of every night is one."""
BYTES_MOST = 95_000
"""A request may have 100 kB; what surrounds the updates is well below 1 kB."""
ROOMS_MOST = 4_999
STAY_MOST = 28
"""The longest stay sold there, and the value that lifts a maximum. A higher minimum is refused there."""
BOOKINGS_MOST = 125
"""In one answer; the others come with the next call."""
CONFIRMS_MOST = 10
CONFIRMED = frozenset({10102, 10103})
"""Warnings about a confirmation that is needed no more: a newer version waits for one, it was confirmed three times before."""
READ_NIGHTS_MOST = 31
"""Nights of the calendar in one answer when several rates are asked for; more is cut off silently."""
POLL_SECONDS = 60.0
"""How often is not said. A booking for tonight has to be confirmed within 30 minutes."""
PAUSE_SECONDS = 60.0
"""The first pause after "try again" and after a line that broke."""
ONE_PRICE, BY_ADULTS = "PerDay", "PerOccupancy"
"""A property is priced one way or the other at Expedia; the wrong one is refused (3090)."""
BASE_ADULTS = 2
"""Whom a price is for where we are not told."""

TOGETHER = (frozenset({"min_stay", "max_stay", "closed_arrival", "closed_departure"}),)
"""The schema says that a length of stay which is left out goes back to a default. Samples leave both out beside closedToArrival,
so it may be only the other one of the pair; told all together they are right either way.
"""

HOTEL_ERRORS = frozenset({2002, 2010, 3090, 3103, 3125, 3145, 3202, 3207})
"""What is wrong with all we could say to this property: currency, way of pricing, its id, our XML."""
PRODUCT_ERRORS = frozenset({3123, 3124, 3142, 3203, 3204})
"""What is wrong with all we could say about one product."""
MESSAGE_ERRORS = frozenset({3020, 3021, 3022, 3107, 3108, 3129, 3405})
"""What smaller messages, or other nights of the same values, may not have."""
BUSY_ERROR = 3210
"""Another connection for this property is open."""
BY_HAND = range(4_100, 4_200)
"""Expedia's own trouble with just this message, which it does not want again."""
AGAIN = range(4_000, 7_000)
"""Temporary, but for those above."""
APPLIED = frozenset({7018, 7022})
"""Warnings about what was done all the same: more than 4999 rooms, a plan nobody sells."""

DERIVED = frozenset({"Derived", "Linked"})
"""Prices that Expedia works out itself. What is sent for them is ignored, and answered with success."""
COLLECT_MARK = "A-"
"""Before the source of a booking whose guest pays at the property: "A-Hotels.com"."""
COLLECT_SUFFIX = "A"
"""After the id of a plan whose guest pays at the property. That both plans of a pair share the rest of the id is not written
anywhere; samples look like it.
"""
OWN_SOURCE = "Expedia"
VIRTUAL_CARD = "expediavirtualcard"
"""The holder's name on cards Expedia pays with, without spaces, in lower case."""
TYPES = {"Book": "new", "Modify": "modified", "Cancel": "cancelled"}

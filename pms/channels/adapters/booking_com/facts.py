"""What is known of Booking.com, and how surely. From Booking.com's own documents unless a line says "not verified"."""

from collections.abc import Mapping

from pms.channels.adapter import ReportKind

HOST = "https://supply-xml.booking.com"
"""Rates, availability, the property. The same for test properties: the machine account decides."""
BOOKINGS_HOST = "https://secure-supply-xml.booking.com"
TOKENS_HOST = "https://connectivity-authentication.booking.com"
OTA = "http://www.opentravel.org/OTA/2003/05"

TOKEN_PATH = "/token-based-authentication/exchange"
TOKEN_SECONDS = 55 * 60.0
"""A token lives an hour."""
TOKENS_AN_HOUR = 30
"""More are not given out, to nobody who speaks as that machine account."""

VERSION = {"Accept-Version": "1.1"}
"""1.0 is switched off for availability."""
AVAILABILITY_PATH = "/hotels/ota/OTA_HotelAvailNotif"
PRICES_PATH = "/hotels/ota/OTA_HotelRateAmountNotif"
ENTRIES_MOST = 1_000
"""A message, some 250 kB. Ours: Booking.com asks for one property and one calendar month, and names no size."""
ROOMS_MOST = 254
"""BookingLimit 255 means without limit."""
AMOUNT = "AmountAfterTax"
"""Not verified: which of the two a property wants follows its tax setting there. So, what comes on top of a night is in it."""
STAYS = {
    "min_stay": ("SetMinLOS", False),
    "max_stay": ("SetMaxLOS", False),
    "min_stay_arrival": ("SetMinLOS", True),
    "max_stay_arrival": ("SetMaxLOS", True),
}
"""Lengths of stay: their name there, and whether the night of arrival alone counts. Not verified: that minimum 1 and maximum 0
lift them (B.XML has them so).
"""
ARRIVAL_BASED = "ArrivalDateBased"
"""Not verified: from a working client."""
SWITCHES = {"closed": "", "closed_arrival": "Arrival", "closed_departure": "Departure"}
"""Restriction of RestrictionStatus; not verified for "Arrival" and "Departure" (a working client has them)."""
KINDS = (
    ("rooms",),
    ("closed",),
    ("closed_arrival",),
    ("closed_departure",),
    ("min_stay", "max_stay"),
    ("min_stay_arrival", "max_stay_arrival"),
)
"""What goes into one AvailStatusMessage, those that close first."""
NO_PERMISSION, OUT_OF_ORDER = "497", "448"
"""OTA error codes (ERR) that are not about what was sent."""

QUEUES = {"new": "OTA_HotelResNotif", "modified": "OTA_HotelResModifyNotif"}
OVERTAKEN = "wrong type"
"""In what it answers to an acknowledgement of what is not the latest of a booking any more: the queue has what is."""
POLL_SECONDS = 20.0
"""More than the five that have to lie between an acknowledgement and the next look. After 30 minutes a booking goes by e-mail."""
OFFERS_SECONDS = 20 * 60.0
"""After half an hour a booking leaves the queue; the history is read before one could have left it unseen."""
NUMBER_TYPE, VERSION_TYPE = "14", "18"
"""ResID_Type of the booking's number and of its version. Not verified: two working clients have them, the documents none."""
CANCELLED = frozenset({"cancel", "cancelled", "canceled"})
MODIFIED = frozenset({"modify", "modified"})
NEW = frozenset({"", "new", "commit", "book", "reserved"})
"""ResStatus. Not verified: how a cancellation is told from a modification inside OTA_HotelResModifyNotifRQ. These words and an
element CancelInfo are what working clients look for; a modification that says neither waits for a person.
"""
PAID_BY_VIRTUAL_CARD = "VCC"
"""Ends a RatePlanCode where the feature "VCC with rate plan ID" is on."""
ROOM_TOTAL_HAS_SERVICES = True
"""Not verified for OTA; in B.XML a room's total is its nights and its add-ons."""
CHILDREN = frozenset({"7", "8"})
"""AgeQualifyingCode (OTA). Not verified that Booking.com sends it: its documents have GuestCount with Count alone."""

NIGHTS_READ_BACK = 31
REPORTS: Mapping[ReportKind, str] = {
    "no_show": "is_no_show",
    "invalid_card": "cc_is_invalid",
    "cancel_invalid_card": "cancel_reservation_invalid_cc",
}
"""What is reported of a booking, and its word there."""

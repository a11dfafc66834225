"""What is known of Airbnb's partner API, and how surely: its documents are closed, this is how partners' programs of 2018 to 2022
use and quote them. Whatever is marked unverified has to be asked in the partner portal before going live.
"""

HOST = "https://api.airbnb.com/v2"
SITE = "https://www.airbnb.com"
"""Where the host is sent to agree. A test system is one host for this and for calls."""
AGREE_PATH = "/oauth2/auth"
SCOPE = "vr,messages_read,messages_write"
AUTH_PATH = "/oauth2/authorizations"
CALENDAR_PATH = "/calendar_operations_requests"
"""Unverified: partners of 2018 write to /calendar_operations, those of 2022 to this one."""
KEY_HEADER = "X-Airbnb-API-Key"
TOKEN_HEADER = "X-Airbnb-OAuth-Token"
API_KEY = "client_id"
"""Which credential the key header carries. Unverified: the app's id in 2022, its secret in 2018."""
TOKEN_MARGIN_SECONDS = 300.0
"""A token is renewed so long before it ends."""
TOKEN_SECONDS = 3600.0
"""How long a token is trusted whose end was not told."""

NIGHTS_MOST = 731
"""Dates a call may carry, all its operations together."""
PRICE_LEAST, PRICE_MOST, PRICE_CURRENCY = 10, 25_000, "USD"
"""A night, in whole units. In other currencies their equivalent holds, which only Airbnb knows: there it is asked."""
COUNT_MOST = 500
"""Rooms a listing of several units can have."""
CALLS_MOST = (900, 3600.0)
"""A host's token has 2000 calls an hour, and a message takes two. Unverified today (2019)."""
PAUSE_SECONDS = 10.0
"""The shortest of the windows in which calls are counted."""
POLL_SECONDS = 600.0
"""Notifications are lost now and then; this is the net below them."""
PAGE = 50
PAGES_MOST = 200
DAYS_BACK, DAYS_AHEAD = 60, 800
"""Reservations are asked for by their first night; without an end Airbnb answers for one year."""

RATE = "standard"
"""A listing is room and rate in one: "LISTING" counts rooms, "LISTING/standard" has prices and restrictions."""
SWITCHES = {"closed_arrival": "closed_to_arrival", "closed_departure": "closed_to_departure"}
STAYS = {"min_stay_arrival": "min_nights", "max_stay_arrival": "max_nights"}
"""Airbnb counts them for stays that start on the day; null unsets."""
NOTE = "Octaspace: "
FULL, CLOSED = "no rooms left", "closed"
"""Why a night is blocked. Airbnb has one switch for both, so that the night's own note has to tell which of them holds."""
OPEN = "default"
"""Never "available": that overrides the listing's rules (advance notice and the like)."""
LINKED = frozenset({"sync_all", "sync_rates_and_availability"})
"""Only such listings take a calendar from us."""

KEY_ID = "booking_web_hooks"
STALE_SECONDS = 600.0
"""A signature whose date is further from now is refused: it may be a recording."""
TEST_LISTING = "0"
ACTIONS = {
    "reservation_acceptance_confirmation": "new",
    "reservation_alteration_confirmation": "modified",
    "reservation_cancellation_confirmation": "cancelled",
    "reservation_requested": "asked",
    "reservation_request_voided": "cancelled",
    "check_availability": "asked",
    "check_reservation": "asked",
    "check_alteration": "asked",
}
"""The last three are our names of Airbnb's questions, which come as GET, POST and PUT without a name."""
STATUSES = {
    "accept": "new",
    "pending": "asked",
    "cancelled_by_admin": "cancelled",
    "cancelled_by_host": "cancelled",
    "cancelled_by_guest": "cancelled",
    "deny": "cancelled",
    "timeout": "cancelled",
    "pending_voided": "cancelled",
    "checkpoint_voided": "cancelled",
}
SETTLED = frozenset({"accept", "cancelled_by_admin", "cancelled_by_host", "cancelled_by_guest"})
"""What is fetched: everything else never was a booking."""
NIGHTS_OF_A_STAY_MOST = 1125

"""What is known of Trip.com (Ctrip), and how surely: its manual is not public.

Two generations are in use: SOAP 2.x, of which Ctrip's test manual of 2015 is known, and plain XML 4.x, known from one property
system of 2021 to 2023. Bookings of both are understood; told is 4.x.
"""

HOST = "https://vendor.ctrip.com/Hotel/OTAReceive"
"""Unverified: the address is part of the contract."""
AVAIL, RATES, PRODUCTS, REPORT = "OTA_HotelAvailNotif", "OTA_HotelRateAmountNotif", "OTA_HotelProduct", "OTA_NotifReport"
VERSION = "4.0"
NAMESPACE = "http://www.opentravel.org/OTA/2003/05"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
REQUESTOR_TYPE = "1"
"""A single hotel; 10 would be a channel manager with a contract for many."""
MEDIA = "application/xml"

ENTRIES_MOST = 200
"""Changes a message. Unverified: no limit is known."""
CALLS_MOST = (30, 60.0)
"""Unverified: no limit is known."""
PAUSE_SECONDS = 60.0
DAYS_BACK, DAYS_AHEAD = 1, 365
"""Days from today within which rooms and restrictions can be told: later ones are dropped without a word, so they wait until they
are near enough; the day before yesterday is an error. Prices have no end.
"""
DECIMALS_MOST = 2
"""A third decimal is cut off, a fourth refuses the message."""
RESTRICTIONS = {"closed": "Master", "closed_arrival": "Arrival", "closed_departure": "Departure"}
"""As OpenTravel has them. Unverified: the one known program closes plans with "Departure" alone."""
STAYS = {"min_stay_arrival": "SetMinLOS", "max_stay_arrival": "SetMaxLOS"}
"""Unverified: whether they count for the day of arrival or for every night."""
MAX_STAY_LIFTED = 90
"""What the one known program sends for "no limit"."""

REPORT_TYPES = frozenset({"505", "506"})
"""A success with such a number (availability, rates) is only taken in: whether it was applied has to be asked."""
REPORT_ASKS, REPORT_SECONDS = 5, 1.0
WAITING = "3"
"""The type of the warning that says "not yet"."""
TEMPORARY = frozenset({"448", "450", "498"})
"""System error, unable to process, in process: the same again may work."""
DENIED_TYPE, DENIED_CODE = "4", "497"
PRODUCTS_SECONDS = 3600.0
"""How long the list of products is trusted, by which a room that Trip.com does not sell yet is found out."""

BOOKING_IDS = ("501", "14", "4")
"""Which of the numbers is the booking's: 2.x, 4.x, 4.x of the company, in this order."""
HOTEL_ID, OUR_ID, MD5_ID = "10", "502", "507"
ADULT, CHILD = "10", "8"
PREPAID = "501"
"""As the category of a rate; the other, 16, is paid at the hotel."""
STATUSES = {"OTA_HotelResRQ": "new", "OTA_HotelResModifyRQ": "modified", "OTA_CancelRQ": "cancelled"}
"""Modifying came late (2.x cancels and books anew under another number). Unverified: its root."""
BEFORE_ALL, AFTER_ALL = "0", "~"
"""Where a new booking and a cancellation stand among what is said of a number, whenever they come: Trip.com repeats what it was
not answered in time, and in 2.x never uses a cancelled number again. Unverified: that of 4.x, and that a change has a TimeStamp
which is the same when it is repeated.
"""
ROOMS_MOST, NIGHTS_OF_A_STAY_MOST, PEOPLE_MOST = 99, 400, 999

COMMITTED, REJECTED = "S", "R"
WRONG_MD5 = {True: ("14", "242"), False: ("14", "367")}
"""Type and code of a wrong card checksum, in SOAP and in plain XML."""
BUSINESS, UNABLE = ("3", "450"), ("12", "450")
"""We will not, and we cannot now."""
TAXES = {
    "2": "City hotel fee",
    "3": "City tax",
    "8": "Lodging tax",
    "10": "Occupancy tax",
    "12": "Resort fee",
    "13": "Sales tax",
    "14": "Service charge",
    "18": "Tourism tax",
    "19": "VAT/GST",
    "27": "Miscellaneous",
    "34": "Local fee",
    "35": "GST",
    "36": "VAT",
    "9001": "Cleaning fee",
    "9002": "Bed linen fee",
}

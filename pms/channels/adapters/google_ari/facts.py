"""What is known of Google Hotel ARI, and how surely. From Google's own documents unless a line says "not verified"."""

HOST = "https://www.google.com"
OTA = "http://www.opentravel.org/OTA/2003/05"
PROPERTY_PATH = "/travel/hotels/uploads/property_data"
PRICES_PATH = "/travel/hotels/uploads/ota/hotel_rate_amount_notif"
AVAILABILITY_PATH = "/travel/hotels/uploads/ota/hotel_avail_notif"
ROOMS_PATH = "/travel/hotels/uploads/ota/hotel_inv_count_notif"
"""The paths are those of two working clients."""

LANGUAGE = "en"
"""Of the names of rooms and plans. Ours: a house has its names in one language, and does not say in which."""
ENTRIES_MOST = 10_000
"""A message, some 3 MB. Not verified: 5 MB, of which a third party warns; Google names 100 MB for another message."""
PRICES_ARE = "Delta"
"""Adds and replaces the prices named, party by party; Overlay would replace all that the product has."""
AMOUNT = "AmountAfterTax"
"""With it no taxes need to be told apart. Not verified: that AmountBeforeTax may be missing."""
GUESTS = 2
"""Adults a price is for, where the connection does not say."""
DEFINITE = "2"
"""CountType of rooms that can be sold."""
STAYS = {
    "min_stay": "SetForwardMinStay",
    "max_stay": "SetForwardMaxStay",
    "min_stay_arrival": "SetMinLOS",
    "max_stay_arrival": "SetMaxLOS",
}
"""Each is kept by itself: one does not override another."""
WITHOUT_LIMIT = 99
"""Nights that lift a maximum. Not verified: 0 may lift it too, or close the night; Google looks at stays of 30 nights at most."""
SWITCHES = {"closed": "Master", "closed_arrival": "Arrival", "closed_departure": "Departure"}
"""Master is closed until it has been opened by name."""
OUT_OF_ORDER = "448"
"""OTA error code (ERR). Not verified that Google uses it."""

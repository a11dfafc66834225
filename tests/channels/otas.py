"""Every local OTA, by the name of its adapter."""

from collections.abc import Callable, Mapping

from tests.channels.agoda import FakeAgoda
from tests.channels.airbnb import FakeAirbnb
from tests.channels.booking_com import FakeBookingCom
from tests.channels.channex import FakeChannex
from tests.channels.expedia import FakeExpedia
from tests.channels.fake import FakeOta
from tests.channels.google_ari import FakeGoogleAri
from tests.channels.trip_com import FakeTripCom

OTAS: Mapping[str, Callable[[], FakeOta]] = {
    "channex": FakeChannex,
    "airbnb": FakeAirbnb,
    "expedia": FakeExpedia,
    "agoda": FakeAgoda,
    "trip_com": FakeTripCom,
    "booking_com": FakeBookingCom,
    "google_ari": FakeGoogleAri,
}

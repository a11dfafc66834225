"""Every local OTA, by the name of its adapter."""

from collections.abc import Callable, Mapping

from tests.channels.booking_com import FakeBookingCom
from tests.channels.channex import FakeChannex
from tests.channels.fake import FakeOta
from tests.channels.google_ari import FakeGoogleAri

OTAS: Mapping[str, Callable[[], FakeOta]] = {
    "channex": FakeChannex,
    "booking_com": FakeBookingCom,
    "google_ari": FakeGoogleAri,
}

"""A local Google: takes rooms, restrictions, prices and property data by its rules of delta and overlay, and shows by them.

Written from Google's documents, not from our adapter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from xml.etree.ElementTree import Element, ParseError, fromstring

from tests.channels.fake import Answer, Call, FakeOta

ROOM, RATE = "DBL", "DBL/BAR"
BASE = 2
"""The party whose price the calendar calls "price"."""
NIGHTS_MOST = 30
"""Longer stays are not looked at: a maximum beyond restricts nothing."""
STAYS = {
    "SetForwardMinStay": "min_stay",
    "SetForwardMaxStay": "max_stay",
    "SetMinLOS": "min_stay_arrival",
    "SetMaxLOS": "max_stay_arrival",
}
SWITCHES = {"Master": "closed", "Arrival": "closed_arrival", "Departure": "closed_departure"}
XML = "application/xml"


class Wrong(Exception):
    """What makes the whole message one with errors."""


class FakeGoogleAri(FakeOta):
    """One hotel in Hotel Center. There are no bookings: guests are sent to the hotel's own page."""

    channel = "google_ari"
    sells = False
    remote_property = "H1"

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"partner_key": "partner_1"}
        self.known_address = True
        self.warnings = False
        self.echo: str | None = None
        """What answers carry instead of the token they were sent."""
        self.tokens: list[str] = []
        self.stamps: list[datetime] = []
        self.overlays = 0
        self.add(ROOM, ["BAR"])

    def add(self, room: str, rates: list[str]) -> None:
        """A room type and the plans in it."""
        self.products.setdefault(room, set()).update(rates)

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        ways: dict[str, Callable[[Element, bool], None]] = {
            "/travel/hotels/uploads/ota/hotel_inv_count_notif": self._inventory,
            "/travel/hotels/uploads/ota/hotel_avail_notif": self._availability,
            "/travel/hotels/uploads/ota/hotel_rate_amount_notif": self._rates,
            "/travel/hotels/uploads/property_data": self._property,
        }
        if not self.known_address:
            return Answer(403, "<html>Forbidden</html>", "text/html")
        if call.path not in ways or call.method != "POST":
            return Answer(404, "<html>Not found</html>", "text/html")
        try:
            root = fromstring(call.body)
        except ParseError:
            return Answer(200, "<OTA_ErrorRS><Errors><Error Type='1'>no XML</Error></Errors></OTA_ErrorRS>", XML)
        return self._said(root, lambda: ways[call.path](root, half))

    def _said(self, root: Element, work: Callable[[], None]) -> Answer:
        """HTTP 200 whatever happened."""
        name, token = _name(root), root.get("EchoToken") or root.get("id") or ""
        property_data = name == "Transaction"
        try:
            self._checked(root, token)
            work()
            inner = "<Success/>"
        except Wrong as no:
            wrong = (
                f'<Issue code="4001" status="error">{no}</Issue>' if property_data else f'<Error Type="3" Code="392">{no}</Error>'
            )
            inner = f"<Issues>{wrong}</Issues>" if property_data else f"<Errors>{wrong}</Errors>"
        if self.warnings and "Success" in inner:
            inner += '<Warnings><Warning Type="3">ChildCapacity</Warning></Warnings>'
        said = self.echo if self.echo is not None else token
        if property_data:
            return Answer(200, f'<TransactionResponse id="{said}">{inner}</TransactionResponse>', XML)
        about = f'xmlns="http://www.opentravel.org/OTA/2003/05" EchoToken="{said}" Version="3.0"'
        return Answer(200, f"<{name.replace('RQ', 'RS')} {about}>{inner}</{name.replace('RQ', 'RS')}>", XML)

    def _checked(self, root: Element, token: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", token):
            raise Wrong("EchoToken")
        moment = datetime.fromisoformat(root.get("TimeStamp") or root.get("timestamp") or "")
        if moment.tzinfo is None or abs(moment - datetime.now(UTC)) > timedelta(hours=1):
            raise Wrong("TimeStamp")
        who = root.get("partner") or next((one.get("ID") for one in _all(root, "RequestorID")), None)
        if who not in (None, self.credentials["partner_key"]):
            raise Wrong("unknown partner")
        hotel = [one.get("HotelCode") for one in root.iter() if one.get("HotelCode")] or [
            one.text for one in _all(root, "Property")
        ]
        if hotel != [self.remote_property]:
            raise Wrong("unknown hotel")
        self.tokens.append(token)
        self.stamps.append(moment)

    def _entries(self, root: Element, name: str, half: bool) -> Iterator[tuple[Element, str, date, date]]:
        """Everything is looked at before anything is done."""
        found = []
        for entry in _all(root, name):
            control = _all(entry, "StatusApplicationControl")[0]
            room, rate = control.get("InvTypeCode", ""), control.get("RatePlanCode")
            if room not in self.products or (rate and rate not in self.products[room]):
                raise Wrong(f"unknown room or package {room}/{rate}")
            first, last = date.fromisoformat(control.get("Start", "")), date.fromisoformat(control.get("End", ""))
            if first > last:
                raise Wrong("End is before Start")
            found.append((entry, f"{room}/{rate}" if rate else room, first, last))
        yield from found[: len(found) // 2] if half else found

    def _inventory(self, root: Element, half: bool) -> None:
        for entry, target, first, last in self._entries(root, "Inventory", half):
            (count,) = _all(entry, "InvCount")
            if count.get("CountType") != "2" or int(count.get("Count", "")) < 0 or "/" in target:
                raise Wrong("InvCount")
            self.told(target, first, last, {"rooms": int(count.get("Count", ""))})

    def _availability(self, root: Element, half: bool) -> None:
        """A delta: of a product and night only the same restriction is replaced."""
        for entry, target, first, last in self._entries(root, "AvailStatusMessage", half):
            for stay in _all(entry, "LengthOfStay"):
                nights = int(stay.get("Time", ""))
                name = STAYS[stay.get("MinMaxMessageType", "")]
                if nights < 1:
                    raise Wrong("Time")
                self.told(target, first, last, {name: 0 if name.startswith("max") and nights > NIGHTS_MOST else nights})
            for status in _all(entry, "RestrictionStatus"):
                shut = {"Open": 0, "Close": 1}[status.get("Status", "")]
                self.told(target, first, last, {SWITCHES[status.get("Restriction", "")]: shut})

    def _rates(self, root: Element, half: bool) -> None:
        """Delta adds and replaces party by party; Overlay leaves of a product nothing that it does not say; Remove takes away."""
        kind = root.get("NotifType", "")
        if kind not in ("Overlay", "Delta", "Remove") or root.get("NotifScopeType") != "ProductRate":
            raise Wrong("NotifType")
        entries = list(self._entries(root, "RateAmountMessage", half))
        if kind != "Delta":
            for _, target, _, _ in entries:
                self._forget_prices(target)
        for entry, target, first, last in entries:
            for amount in _all(entry, "BaseByGuestAmt"):
                guests, minor = int(amount.get("NumberOfGuests", "")), round(float(amount.get("AmountAfterTax", "")) * 100)
                if amount.get("CurrencyCode") != self.currency or minor <= 0:
                    raise Wrong("CurrencyCode or amount")
                self.told(target, first, last, {f"price_{guests}": minor} | ({"price": minor} if guests == BASE else {}))

    def _forget_prices(self, target: str) -> None:
        for (where, _), values in self.calendar.items():
            if where == target:
                for name in [name for name in values if name.startswith("price")]:
                    del values[name]

    def _property(self, root: Element, half: bool) -> None:
        """Overlay: what is not named is gone."""
        (data,) = _all(root, "PropertyDataSet")
        if data.get("action") == "overlay":
            self.products = {}
        packages = {one.text for one in _all(data, "PackageID")}
        for room in _all(data, "RoomData"):
            plans = [one.text or "" for one in _all(room, "AllowablePackageID")]
            if not set(plans) <= packages or any(one.text == "0" for one in _all(room, "ChildCapacity")):
                raise Wrong("AllowablePackageID or ChildCapacity")
            self.add(_all(room, "RoomID")[0].text or "", plans)
        self.overlays += 1

    # -- what it shows

    def price(self, room: str, rate: str, arrival: date, departure: date, guests: int) -> int | None:
        """What a stay costs in minor units, or None where Google shows nothing."""
        nights = [arrival + timedelta(days=n) for n in range((departure - arrival).days)]
        plan = [self.calendar.get((f"{room}/{rate}", night), {}) for night in nights]
        leaving = self.calendar.get((f"{room}/{rate}", departure), {})
        shut = any(night.get("closed", 1) for night in plan) or plan[0].get("closed_arrival") or leaving.get("closed_departure")
        if shut or any(self.left(room, night) < 1 for night in nights) or not _long_enough(plan):
            return None
        prices = [_of_party(night, guests) for night in plan]
        return sum(price for price in prices if price) if all(prices) else None


def _long_enough(plan: list[dict[str, int]]) -> bool:
    length, first = len(plan), plan[0]
    through = all(night.get("min_stay", 1) <= length <= (night.get("max_stay") or 99) for night in plan)
    return through and first.get("min_stay_arrival", 1) <= length <= (first.get("max_stay_arrival") or 99)


def _of_party(night: dict[str, int], guests: int) -> int | None:
    """The price of the party, or of the next larger one that has a price."""
    parties = sorted(int(name[6:]) for name in night if name.startswith("price_"))
    return next((night[f"price_{party}"] for party in parties if party >= guests), None)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if _name(one) == name]

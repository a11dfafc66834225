"""A local Booking.com: tokens, rates and availability (OTA), the two queues of bookings (OTA), and B.XML around them.

Written from Booking.com's documents, not from our adapter. It is stricter in one thing: what they advise (one calendar month a
message), it demands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape

from pms.channels.adapter import Link
from tests.channels.fake import Answer, Call, FakeBooking, FakeOta, Sale

RUID = "<!-- RUID: [UmFuZG9tSVYkc2RlIyh9YQ==] -->"
ROOM, RATE = "36745601", "36745601/1278606"
XML = "application/xml"
ARI = ("/hotels/ota/OTA_HotelAvailNotif", "/hotels/ota/OTA_HotelRateAmountNotif")
STAYS = {
    ("SetMinLOS", None): "min_stay",
    ("SetMaxLOS", None): "max_stay",
    ("SetMinLOS", "1"): "min_stay_arrival",
    ("SetMaxLOS", "1"): "max_stay_arrival",
}
SWITCHES = {None: "closed", "Arrival": "closed_arrival", "Departure": "closed_departure"}


class Wrong(Exception):
    """An entry that is not taken: code and words."""


class FakeBookingCom(FakeOta):
    """One property of a machine account that may have others."""

    channel = "booking_com"
    remote_property = "101010"

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"client_id": "machine", "client_secret": "s3cret"}
        self.tokens: set[str] = set()
        self.exchanges = 0
        self.barred = False
        """The property is not on this machine account (any more)."""
        self.room_closed: dict[tuple[str, date], bool] = {}
        """The room's own switch, beside those of its rates."""
        self.derived: set[str] = set()
        """"ROOM/RATE" that Booking.com derives itself."""
        self.barred_from = ""
        """A path that this machine account was given no access to."""
        self.taken: set[str] = set()
        """Bookings whose first message was acknowledged."""
        self.marker: Literal["ResStatus", "CancelInfo", "Undone", ""] = "ResStatus"
        """How a modification or cancellation says what it is."""
        self.versions = True
        """Whether bookings carry ResID_Type 14 and 18, or as in the documents one id without a type."""
        self.now: datetime | None = None
        """What its clock says; None: the right time."""
        self.longest = 999
        """Nights of a length of stay that are too many."""
        self.readable = True
        """Whether this machine account may read back what is shown."""
        self.success_beside_errors = False
        """Their documents say "never" for other replies of the kind; some say that a 200 may have failed in part."""
        self.virtual_cards = False
        self.services: dict[str, list[tuple[str, int]]] = {}
        """Booking -> (code, minor units) of what the guest added, in the first room."""
        self.strangers: list[str] = []
        """Entries of the queues that belong to another property of the machine account."""
        self.reports: list[tuple[str, str, str]] = []
        self.add(ROOM, ["1278606"])

    def add(self, room: str, rates: list[str]) -> None:
        """A room type and the rates in it."""
        self.products.setdefault(room, set()).update(rates)

    def new_id(self) -> str:
        return str(4705950000 + self.number)

    def expire(self) -> None:
        """The hour of every token is over."""
        self.tokens.clear()

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        if call.path == "/token-based-authentication/exchange":
            return self._exchange(call)
        if call.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answer(401, f"<error>Unauthorized</error>{RUID}", XML)
        if self.barred or call.path == self.barred_from:
            return Answer(403, f"<error>Access denied for hotel {self.remote_property}</error>{RUID}", XML)
        if call.path in ARI:
            return self._told(call, half)
        if call.path in ("/hotels/ota/OTA_HotelResNotif", "/hotels/ota/OTA_HotelResModifyNotif"):
            new = call.path.endswith("ResNotif")
            return self._queue(call, new) if call.method == "GET" else self._acknowledged(call, new)
        other = {
            "roomrates": self._roomrates,
            "roomrateavailability": self._left,
            "reporting": self._reported,
            "reservationssummary": self._history,
        }
        name = call.path.removeprefix("/hotels/xml/")
        return other[name](fromstring(call.body)) if name in other else Answer(404, f"<error>no such call</error>{RUID}", XML)

    def _exchange(self, call: Call) -> Answer:
        self.exchanges += 1
        if json.loads(call.body) != {name: self.credentials[name] for name in ("client_id", "client_secret")}:
            return Answer(401, '{"error": "invalid client"}')
        if self.exchanges > 30:
            return Answer(429, '{"error": "too many tokens"}')
        self.tokens.add(f"jwt.{self.exchanges}")
        return Answer(200, json.dumps({"jwt": f"jwt.{self.exchanges}", "ruid": "UmFuZG9t"}))

    # -- rates and availability

    def _told(self, call: Call, half: bool) -> Answer:
        if call.headers.get("accept-version") != "1.1":
            return Answer(400, f"<error>not acceptable</error>{RUID}", XML)
        try:
            root = fromstring(call.body)
        except ParseError:
            return Answer(400, f"<error>no XML</error>{RUID}", XML)
        entries = [entry for entry in root.iter() if _name(entry) in ("AvailStatusMessage", "RateAmountMessage")]
        errors = [_error("", "320", "one calendar month a message")] if len(_months(root)) > 1 else []
        if not errors:
            errors = list(self._entries(entries[: len(entries) // 2] if half else entries))
        return self._answer(_name(root).replace("RQ", "RS"), errors)

    def _entries(self, entries: list[Element]) -> Iterator[str]:
        for entry in entries:
            try:
                control = _one(entry, "StatusApplicationControl")
                first, last = date.fromisoformat(control.get("Start", "")), date.fromisoformat(control.get("End", ""))
                target = self._target(control, first, last)
                values = (
                    self._prices(entry) if _name(entry) == "RateAmountMessage" else self._availability(entry, target, first, last)
                )
                self.told(target, first, last, values)
            except Wrong as no:
                code, words = no.args
                yield _error(entry.get("LocatorID", ""), code, words)

    def _target(self, control: Element, first: date, last: date) -> str:
        room, rate = control.get("InvTypeCode", ""), control.get("RatePlanCode")
        if room not in self.products or (rate and rate not in self.products[room]):
            raise Wrong("402", "Invalid room type or rate plan")
        if first > last or first < date.today() - timedelta(days=1):
            raise Wrong("381", "NOT_A_VALID_DATE")
        return f"{room}/{rate}" if rate else room

    def _availability(self, entry: Element, target: str, first: date, last: date) -> dict[str, int]:
        values: dict[str, int] = {}
        if entry.get("BookingLimit") is not None:
            if "/" in target:
                raise Wrong("320", "BookingLimit is the room's")
            limit = int(entry.get("BookingLimit", ""))
            if not 0 <= limit <= 255:
                raise Wrong("320", "BookingLimit out of range")
            values["rooms"] = 999_999 if limit == 255 else limit
        for stays in _all(entry, "LengthsOfStay"):
            for stay in _all(stays, "LengthOfStay"):
                if int(stay.get("Time", "")) >= self.longest:
                    raise Wrong("320", "LengthOfStay out of range")
                values[STAYS[stay.get("MinMaxMessageType", ""), stays.get("ArrivalDateBased")]] = int(stay.get("Time", ""))
        for status in _all(entry, "RestrictionStatus"):
            shut = {"Open": False, "Close": True}[status.get("Status", "")]
            if "/" in target:
                values[SWITCHES[status.get("Restriction")]] = int(shut)
            else:
                for n in range((last - first).days + 1):
                    self.room_closed[target, first + timedelta(days=n)] = shut
        return values

    def _prices(self, entry: Element) -> dict[str, int]:
        values: dict[str, int] = {}
        for amount in _all(entry, "BaseByGuestAmt"):
            if amount.get("CurrencyCode") != self.currency:
                raise Wrong("320", "CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY")
            minor = int(amount.get("AmountAfterTax", "")) * 10 ** (2 - int(amount.get("DecimalPlaces", "0")))
            if minor <= 0:
                raise Wrong("320", "Price must be more than 0")
            guests = amount.get("NumberOfGuests")
            values[f"price_{guests}" if guests else "price"] = minor
        return values

    def _answer(self, name: str, errors: list[str], inner: str = "") -> Answer:
        success = "<Success/>" if not errors or self.success_beside_errors else ""
        faults = f"<Errors>{''.join(errors)}</Errors>" if errors else ""
        body = f'<{name} xmlns="http://www.opentravel.org/OTA/2003/05" Version="1">{success}{faults}{inner}</{name}>'
        return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n{RUID}', XML)

    def sellable(self, room: str, rate: str, night: date) -> bool:
        """The room has a switch of its own: closed, it hides all its rates."""
        return super().sellable(room, rate, night) and not self.room_closed.get((room, night))

    # -- bookings

    def _due(self, new: bool) -> list[FakeBooking]:
        """What was changed before its first acknowledgement is new still."""
        ids = dict.fromkeys(id for id, _ in self.waiting if (id not in self.taken) == new)
        return [self.bookings[id] for id in ids]

    def _queue(self, call: Call, new: bool) -> Answer:
        told = [self.entry(booking, new) for booking in self._due(new)]
        if "hotel_ids" not in call.query:
            told += [one for one in self.strangers if one.startswith("<HotelReservation") == new]
        name, inner = ("OTA_HotelResNotifRQ", "HotelReservations") if new else ("OTA_HotelResModifyNotifRQ", "HotelResModifies")
        about = (
            f'xmlns="http://www.opentravel.org/OTA/2003/05" TimeStamp="{self.now or datetime.now(UTC):%Y-%m-%dT%H:%M:%S+00:00}"'
        )
        body = f'<{name} {about} Target="Production" Version="2.001"><{inner}>{"".join(told)}</{inner}></{name}>'
        return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n{RUID}', XML)

    def _acknowledged(self, call: Call, new: bool) -> Answer:
        ids = {
            one.get("ResID_Type", "14"): one.get("ResID_Value", "") for one in _all(fromstring(call.body), "HotelReservationID")
        }
        booking = self.bookings.get(ids.get("14", ""))
        if booking is None:
            return Answer(404, f"<error>Hotel reservation was not found</error>{RUID}", XML)
        latest = ids.get("18", f"v{booking.revision}") == f"v{booking.revision}"
        if booking not in self._due(new) or not latest:
            return Answer(400, f"<error>transaction message of the wrong type</error>{RUID}", XML)
        self.taken.add(booking.id)
        self.waiting = [(id, revision) for id, revision in self.waiting if id != booking.id]
        return self._answer("OTA_HotelResNotifRS" if new else "OTA_HotelResModifyNotifRS", [])

    def entry(self, booking: FakeBooking, new: bool = True, property: str = "") -> str:
        """The booking as the queues have it."""
        name = "HotelReservation" if new else "HotelResModify"
        cancelled = booking.status == "cancelled"
        word = {"ResStatus": "Cancel" if cancelled else "Modify", "Undone": "Undone"}.get(self.marker, "")
        status = f' ResStatus="{word}"' if word and (cancelled or not new) else ""
        info = "<CancelInfo/>" if cancelled and self.marker == "CancelInfo" else ""
        stays = "".join(self._stay(booking, n, sale, property) for n, sale in enumerate(booking.rooms, 1))
        profile = f"<Profiles><ProfileInfo><Profile>{_customer(booking)}</Profile></ProfileInfo></Profiles>"
        guests = f'<ResGuest ResGuestRPH="1">{profile}</ResGuest>'
        added = self.services.get(booking.id, [])
        services = "".join(
            f'<Service ServiceInventoryCode="{code}" ServiceRPH="{n}"><Price>{_total(amount)}</Price></Service>'
            for n, (code, amount) in enumerate(added, 1)
        )
        return (
            f"<{name}{status}><RoomStays>{stays}</RoomStays>{info}<Services>{services}</Services><ResGuests>{guests}</ResGuests>"
            f"{self._info(booking)}</{name}>"
        )

    def _stay(self, booking: FakeBooking, n: int, sale: Sale, property: str) -> str:
        prices = sale.prices or (10_000,) * len(sale.nights)
        code = sale.rate.rpartition("/")[2] + ("VCC" if self.virtual_cards else "")
        rates = "".join(
            f'<RoomRate EffectiveDate="{night}" RatePlanCode="{code}"><Rates><Rate>{_total(price)}</Rate></Rates></RoomRate>'
            for night, price in zip(sale.nights, prices, strict=True)
        )
        added = self.services.get(booking.id, []) if n == 1 else []
        services = "".join(f'<ServiceRPH RPH="{k}"/>' for k in range(1, len(added) + 1))
        children = "".join(f'<GuestCount AgeQualifyingCode="8" Age="{age}" Count="1"/>' for age in sale.children_ages)
        return (
            f'<RoomStay IndexNumber="{369 + n}"><RoomTypes><RoomType RoomTypeCode="{sale.room}"/></RoomTypes>'
            '<RatePlans><RatePlan><Commission><CommissionPayableAmount Amount="1500" CurrencyCode="EUR" DecimalPlaces="2"/>'
            f"</Commission></RatePlan></RatePlans><RoomRates>{rates}</RoomRates>"
            f'<GuestCounts><GuestCount AgeQualifyingCode="10" Count="{sale.adults}"/>{children}</GuestCounts>'
            f"{_total(sum(prices) + sum(amount for _, amount in added))}"
            f'<BasicPropertyInfo HotelCode="{property or self.remote_property}"/>'
            '<ResGuestRPHs><ResGuestRPH RPH="1"/></ResGuestRPHs>'
            f"<ServiceRPHs>{services}</ServiceRPHs>"
            "<Comments><Comment><Text>smoking preference: Non-Smoking</Text></Comment></Comments></RoomStay>"
        )

    def _info(self, booking: FakeBooking) -> str:
        total = sum(sum(sale.prices or (10_000,) * len(sale.nights)) for sale in booking.rooms)
        total += sum(amount for _, amount in self.services.get(booking.id, []))
        active = f' EffectiveDate="{booking.rooms[0].arrival}"' if self.virtual_cards else ""
        typed = f'<HotelReservationID ResID_Type="14" ResID_Value="{booking.id}" ResID_Date="2026-11-13T11:06:39"/>'
        typed += f'<HotelReservationID ResID_Type="18" ResID_Value="v{booking.revision}"/>'
        plain = f'<HotelReservationID ResID_Value="{booking.id}" ResID_Date="2026-11-13T11:06:39"/>'
        return (
            "<ResGlobalInfo><Comments><Comment><Text>We arrive late &amp; tired</Text></Comment></Comments>"
            f'<Guarantee><GuaranteesAccepted><GuaranteeAccepted><PaymentCard CardCode="VI" CardNumber="4111111111111111" '
            f'SeriesCode="123" ExpireDate="1129"{active}><CardHolderName>J Adams</CardHolderName></PaymentCard>'
            f"</GuaranteeAccepted></GuaranteesAccepted></Guarantee>{_total(total)}"
            f"<HotelReservationIDs>{typed if self.versions else plain}</HotelReservationIDs>"
            f"<Profiles><ProfileInfo><Profile>{_customer(booking)}</Profile></ProfileInfo></Profiles></ResGlobalInfo>"
        )

    # -- B.XML

    def _roomrates(self, asked: Element) -> Answer:
        rooms = "".join(
            f'<room id="{room}" room_name="Room {room}" hotel_id="{self.remote_property}" max_children="0"><rates>'
            f"{''.join(self._rate(room, rate) for rate in sorted(rates))}</rates></room>"
            for room, rates in self.products.items()
        )
        return Answer(200, f"<rooms>{rooms}</rooms>{RUID}", XML)

    def _rate(self, room: str, rate: str) -> str:
        derived = ' is_child_rate="1"' if f"{room}/{rate}" in self.derived else ""
        return f'<rate id="{rate}" rate_name="Rate {rate}" max_persons="2" policy="General"{derived}/>'

    def _left(self, asked: Element) -> Answer:
        if not self.readable:
            return Answer(403, f"<error>Access denied</error>{RUID}", XML)
        count, room = int(asked.findtext("number_of_days") or 0), asked.findtext("room_id") or ""
        if not 0 <= count <= 31 or room not in self.products:
            return Answer(200, f"<error>number_of_days or room_id</error>{RUID}", XML)
        first = date.fromisoformat(asked.findtext("start_date") or "")
        nights = (first + timedelta(days=n) for n in range(count))
        days = "".join(
            f'<date value="{night}"><rooms_to_sell>{self.left(room, night)}</rooms_to_sell></date>' for night in nights
        )
        return Answer(200, f'<availability><room id="{room}">{days}</room></availability>{RUID}', XML)

    def _history(self, asked: Element) -> Answer:
        told = "".join(self._reservation(booking) for booking in self.bookings.values())
        return Answer(200, f"<reservations>{told}</reservations>\n{RUID}" if told else f"\n<reservations />\n{RUID}", XML)

    def _reservation(self, booking: FakeBooking) -> str:
        """A cancelled one has no rooms and no price."""
        cancelled = booking.status == "cancelled"
        rooms, total = [], 0
        for n, sale in enumerate(booking.rooms if not cancelled else [], 1):
            prices = sale.prices or (10_000,) * len(sale.nights)
            total += sum(prices)
            rate = sale.rate.rpartition("/")[2]
            nights = "".join(
                f'<price date="{night}" rate_id="{rate}">{price / 100:.6f}</price>'
                for night, price in zip(sale.nights, prices, strict=True)
            )
            rooms.append(
                f"<room><id>{sale.room}</id><roomreservation_id>{n}</roomreservation_id><arrival_date>{sale.arrival}</arrival_date>"
                f"<departure_date>{sale.departure}</departure_date><numberofguests>{sale.adults}</numberofguests>{nights}"
                f"<totalprice>{sum(prices) / 100}</totalprice></room>"
            )
        return (
            f"<reservation><id>{booking.id}</id><hotel_id>{self.remote_property}</hotel_id><status>{booking.status}</status>"
            f"<currencycode>{self.currency}</currencycode><totalprice>\n{total / 100}\n</totalprice>{''.join(rooms)}"
            f"<customer><last_name>{escape(booking.last_name)}</last_name></customer></reservation>"
        )

    def _reported(self, asked: Element) -> Answer:
        report = _one(asked, "report")
        id, what, waived = asked.findtext("reservation_id") or "", report.text or "", report.get("waived_fees")
        if id not in self.bookings:
            return Answer(200, f"<errors><error code='404'><message>no such reservation</message></error></errors>{RUID}", XML)
        if waived is not None and what != "is_no_show":
            return Answer(
                200, f"<errors><error code='400'><message>waived_fees not allowed</message></error></errors>{RUID}", XML
            )
        self.reports.append((id, what, waived or ""))
        return Answer(200, f"<response><status>enqueued</status></response>{RUID}", XML)


def _customer(booking: FakeBooking) -> str:
    return (
        f"<Customer><PersonName><GivenName>Jonė</GivenName><Surname>{escape(booking.last_name)}</Surname></PersonName>"
        '<Telephone PhoneNumber="+370 600 00000"/><Email>jone.123@guest.booking.com</Email>'
        '<Address><CityName>Kaunas</CityName><CountryName Code="lt"/></Address></Customer>'
    )


def _total(minor: int) -> str:
    return f'<Total AmountAfterTax="{minor}" CurrencyCode="EUR" DecimalPlaces="2"/>'


def _error(entry: str, code: str, words: str) -> str:
    return f'<Error Type="12" Code="{code}" ShortText="{words}" RecordID="{entry}"/>'


def _months(root: Element) -> set[str]:
    text = [control.get(end, "")[:7] for control in _all(root, "StatusApplicationControl") for end in ("Start", "End")]
    return set(text)


def _name(element: Element) -> str:
    return re.sub(r"^\{.*\}", "", str(element.tag))


def _all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if _name(one) == name]


def _one(element: Element, name: str) -> Element:
    return _all(element, name)[0]


def a_link(ota: FakeBookingCom) -> Link:
    """A connection to it: a room and a rate, mapped."""
    products = {UUID(int=1): ROOM, UUID(int=2): RATE}
    return Link(ota.remote_property, ota.currency, ota.credentials, products, host=ota.url, sleeps={UUID(int=2): (2, 2, 3)})


def day(n: int) -> date:
    """The n-th day of a month that is two or three from now."""
    return (date.today().replace(day=1) + timedelta(days=62)).replace(day=1) + timedelta(days=n)


def sale(first: int = 0, end: int = 2, **more: Any) -> Sale:
    """The room, sold for [first, end)."""
    return Sale(ROOM, RATE, day(first), day(end), **more)


def sold(ota: FakeBookingCom, *sales: Sale, **more: Any) -> str:
    """A booking there, whether or not there are rooms."""
    id = ota.sell(sales, force=True, **more)
    assert id is not None
    return id

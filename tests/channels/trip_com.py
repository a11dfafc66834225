"""A local Trip.com: 4.x for what it is told, either generation for what it brings.

From Ctrip's test manual and recorded messages, not from our adapter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import md5
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

import httpx

from tests.channels.fake import Answer, Call, FakeBooking, FakeOta, Sale, reached

OTA = "http://www.opentravel.org/OTA/2003/05"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
RESTRICTIONS = {"Master": "closed", "Arrival": "closed_arrival", "Departure": "closed_departure"}
CARD = ("4392 2500 1234 5670", "Yu Jiwei", "1115")


class FakeTripCom(FakeOta):
    """One hotel. `generation` is how it brings bookings; `reports` are how often a push is "not yet" before it is applied."""

    channel = "trip_com"
    brings = True
    remote_property = "54394"

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"id": "hotel", "password": "qaz123", "partner": "4085", "incoming_password": "from-trip"}
        self.generation = 4
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.today = date.today()
        self.asynchronous = False
        self.not_yet = 0
        self.report_error = ""
        self.number_505 = 259254210
        self.blacklist: set[str] = set()
        """Rooms whose mapping is not finished: success, and nothing is done."""
        self.denied: set[str] = set()
        self.answers: list[httpx.Response] = []
        self.words: dict[tuple[str, int], str] = {}
        """Every revision as it is brought, however often."""
        self.add("room-D", ["rate-D"])

    # -- what it brings

    def announce(self, booking: FakeBooking) -> None:
        self.now += timedelta(seconds=1)
        self.words[booking.id, booking.revision] = self.message(booking)
        super().announce(booking)

    def sell(self, rooms: Sequence[Sale], last_name: str = "Adams", force: bool = False) -> str | None:
        id = super().sell(rooms, last_name, force)
        self.deliver()
        return id

    def modify(self, id: str, rooms: Sequence[Sale], force: bool = True) -> None:
        super().modify(id, rooms, force)
        self.deliver()

    def cancel(self, id: str) -> None:
        super().cancel(id)
        self.deliver()

    def new_id(self) -> str:
        return str(900066200 + self.number)

    def deliver(self) -> None:
        """Bring what waits; what is not answered with success stays and is brought again, as it was."""
        for waiting in [one for one in self.waiting if not self.late()] if self.hook else ():
            text = self.words[waiting]
            answer = self.bring(text)
            self.answers.append(answer)
            if answer.status_code == 200 and "<Success" in answer.text:
                self.waiting.remove(waiting)
                for old in self.once_more(text):
                    self.bring(old)

    def remind(self) -> None:
        self.deliver()

    def bring(self, text: str) -> httpx.Response:
        headers = {"Content-Type": "text/xml" if self.generation == 2 else "application/xml"}
        return reached(lambda: httpx.post(self.hook, content=text.encode(), headers=headers, timeout=30))

    def message(self, booking: FakeBooking, echo: str = "201408212018", **parts: str) -> str:
        """The booking as it is brought now; `parts` replace what is said of one thing."""
        if booking.status == "cancelled":
            said = (
                self.unique(booking) + f'<UniqueID ID="{self.remote_property}" Type="10"/><Reasons><Reason>Ill</Reason></Reasons>'
            )
            return self.rooted("OTA_CancelRQ", said, echo)
        name = "OTA_HotelResRQ" if booking.status == "new" else "OTA_HotelResModifyRQ"
        return self.rooted(name, self.unique(booking) + self.reservation(booking, **parts), echo)

    def unique(self, booking: FakeBooking) -> str:
        return f'<UniqueID ID="{booking.id}" Type="{"501" if self.generation == 2 else "14"}"/>'

    def rooted(self, name: str, said: str, echo: str) -> str:
        password = quoteattr(self.credentials["incoming_password"])
        pos = f'<POS><Source><RequestorID ID="x" Type="5" MessagePassword={password}><CompanyName Code="C" CodeContext="600"/>'
        pos += "</RequestorID></Source></POS>"
        version = "2.1" if self.generation == 2 else "4.0"
        time = f'TimeStamp="{self.now.isoformat()}" ' if self.generation == 4 else ""
        body = f'<{name} Version="{version}" {time}EchoToken="{echo}" xmlns="{OTA}">{pos}{said}</{name}>'
        if self.generation == 2:
            body = f"<SOAP-ENV:Header/><SOAP-ENV:Body>{body}</SOAP-ENV:Body>"
            body = f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}">{body}</SOAP-ENV:Envelope>'
        return f'<?xml version="1.0"?>\n{body}'

    def reservation(self, booking: FakeBooking, **parts: str) -> str:
        groups: dict[tuple[str, str, tuple[int, ...]], list[Sale]] = {}
        for sale in booking.rooms:
            groups.setdefault((sale.room, sale.rate, sale.prices), []).append(sale)
        stays = "".join(self.stay(sales[0], len(sales)) for sales in groups.values())
        sale = booking.rooms[0]
        adults = sum(one.adults for one in booking.rooms)
        children = [age for one in booking.rooms for age in one.children_ages]
        total = sum(sum(one.prices) for one in booking.rooms)
        kind = "501" if self.generation == 2 else "14"
        said = {
            "guests": f'<ResGuest ArrivalTime="14:00"><Profiles><ProfileInfo><Profile><Customer>{self.people(booking)}'
            "<ContactPerson><PersonName><GivenName>Ctrip</GivenName></PersonName><Telephone PhoneNumber='0086-513-65066224'/>"
            "<Email>office@ctrip.example</Email></ContactPerson></Customer></Profile></ProfileInfo></Profiles></ResGuest>",
            "counts": f'<GuestCount AgeQualifyingCode="10" Count="{adults}"/>'
            + (f'<GuestCount AgeQualifyingCode="8" Count="{len(children)}"/>' if children else ""),
            "requests": "<SpecialRequest><Text>High floor</Text><ListItem ListItem='Non smoking'/></SpecialRequest>",
            "payment": "<DepositPayments/>",
            "total": f'<Total AmountAfterTax="{money(total)}" CurrencyCode="{self.currency}">'
            '<Taxes><Tax Code="36" Amount="7.50"/></Taxes></Total>',
            "ids": f'<HotelReservationID ResID_Type="{kind}" ResID_Value="{booking.id}"/>',
            "span": f'<TimeSpan Start="{sale.arrival} 0:00:00" End="{sale.departure} 0:00:00"/>',
            "stays": stays,
        } | parts
        return (
            f"<HotelReservations><HotelReservation><RoomStays>{said['stays']}</RoomStays><ResGuests>{said['guests']}</ResGuests>"
            f"<ResGlobalInfo><GuestCounts>{said['counts']}</GuestCounts>{said['span']}<SpecialRequests>{said['requests']}"
            f"</SpecialRequests>{said['payment']}{said['total']}<HotelReservationIDs>{said['ids']}</HotelReservationIDs></ResGlobalInfo>"
            "</HotelReservation></HotelReservations>"
        )

    def people(self, booking: FakeBooking) -> str:
        names = [("Jan", booking.last_name), *[("Guest", str(n)) for n in range(2, len(booking.rooms) + 1)]]
        return "".join(
            f"<PersonName><GivenName>{escape(given)}</GivenName><Surname>{escape(last)}</Surname></PersonName>"
            for given, last in names
        )

    def stay(self, sale: Sale, units: int) -> str:
        """2.x has the room in the plan's code and the way of paying in its category; rows of equal nights are one."""
        if self.generation == 2:
            plan, rate = f'RatePlanCode="{sale.room}"', f'RatePlanCode="{sale.room}" RatePlanCategory="{sale.rate}"'
        else:
            plan = rate = f'RatePlanCode="{sale.rate}"'
        kind = "" if self.generation == 2 else f'<RoomTypes><RoomType RoomTypeCode="{sale.room}"/></RoomTypes>'
        rows = "".join(
            f'<Rate EffectiveDate="{first}" ExpireDate="{end}">'
            f'<Base AmountAfterTax="{money(price)}" CurrencyCode="{self.currency}"/></Rate>'
            for first, end, price in runs(sale)
        )
        return (
            f"<RoomStay>{kind}<RatePlans><RatePlan {plan}/></RatePlans><BasicPropertyInfo HotelCode='{self.remote_property}'/>"
            f'<RoomRates><RoomRate {rate} NumberOfUnits="{units}"><Rates>{rows}</Rates></RoomRate></RoomRates></RoomStay>'
        )

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        operation = call.path.strip("/")
        root = ElementTree.fromstring(call.body)
        if root.tag != f"{{{OTA}}}{operation}RQ" or root.get("Version") != "4.0":
            return self.error(operation, "10", "320", "Invalid request")
        who, whose = only(root, "RequestorID"), only(root, "CompanyName")
        given = {"id": who.get("ID"), "password": who.get("MessagePassword"), "partner": whose.get("CodeContext")}
        if {**self.credentials, **given} != self.credentials or operation in self.denied:
            return self.error(operation, "4", "497", "Authorization error")
        if operation == "OTA_HotelProduct":
            return self._products()
        if operation == "OTA_NotifReport":
            return self._report(root)
        entries = {"OTA_HotelAvailNotif": "AvailStatusMessage", "OTA_HotelRateAmountNotif": "RateAmountMessage"}.get(operation)
        if entries is None:
            return Answer(404, "not found", "text/html")
        found = list(root.iter(f"{{{OTA}}}{entries}"))
        if only(root, f"{entries}s").get("HotelCode") != self.remote_property:
            return self.error(operation, "3", "450", "Invalid hotel")
        for one in found[: len(found) // 2] if half else found:
            problem = self._problem(one)
            if problem:
                return self.error(operation, "3", "402", problem)
        for one in found[: len(found) // 2] if half else found:
            self._apply(one)
        return self._taken(operation)

    def error(self, operation: str, kind: str, code: str, words: str) -> Answer:
        """Errors come with 200 as well."""
        return self.say(operation, f"<Errors><Error Type='{kind}' Code='{code}' ShortText={quoteattr(words)}/></Errors>")

    def say(self, operation: str, said: str) -> Answer:
        return Answer(200, f'<{operation}RS xmlns="{OTA}" Version="4.0">{said}</{operation}RS>', "application/xml")

    def _taken(self, operation: str) -> Answer:
        if not self.asynchronous:
            return self.say(operation, "<Success/>")
        self.number_505 += 1
        kind = "505" if operation == "OTA_HotelAvailNotif" else "506"
        return self.say(operation, f'<Success/><UniqueID ID="{self.number_505}" Type="{kind}"/>')

    def _report(self, root: Element) -> Answer:
        if only(root, "UniqueID").get("ID") != str(self.number_505):
            return self.error("OTA_NotifReport", "3", "450", "Unknown number")
        if self.not_yet > 0:
            self.not_yet -= 1
            return self.say("OTA_NotifReport", '<Warnings><Warning Type="3">in process</Warning></Warnings>')
        if self.report_error:
            return self.error("OTA_NotifReport", "3", "402", self.report_error)
        return self.say("OTA_NotifReport", f'<Success/><UniqueID ID="{self.number_505}" Type="505"/>')

    def _products(self) -> Answer:
        said = "".join(
            f'<HotelProduct><RoomTypes><RoomType RoomTypeCode="{room}" RoomTypeName="The {room}"/></RoomTypes><RatePlans>'
            f'<RatePlan RatePlanCode="{rate}" RatePlanName="Plan {rate}"/></RatePlans></HotelProduct>'
            for room, rates in self.products.items()
            for rate in sorted(rates)
            if room not in self.blacklist
        )
        return self.say("OTA_HotelProduct", f"<Success/><HotelProducts>{said}</HotelProducts>")

    def _problem(self, one: Element) -> str:
        where = only(one, "StatusApplicationControl")
        room, rate = where.get("InvTypeCode", ""), where.get("RatePlanCode")
        if room not in self.products or (rate is not None and rate not in self.products[room]):
            return "Invalid room id"
        if int(one.get("BookingLimit", "0")) < 0:
            return "Invalid Inventory"
        spans = [where] if where.get("Start") else list(one.iter(f"{{{OTA}}}Rate"))
        for span in spans:
            first, last = day(span.get("Start")), day(span.get("End"))
            if first > last:
                return "Invalid dates"
            if first < self.today - timedelta(days=1):
                return "Expired Push Request"
        for base in one.iter(f"{{{OTA}}}BaseByGuestAmt"):
            if base.get("CurrencyCode") != self.currency:
                return "Currency error"
            exponent = Decimal(base.get("AmountAfterTax", "")).as_tuple().exponent
            if isinstance(exponent, int) and exponent < -3:
                return "FractionDigits constraint failed"
        return ""

    def _apply(self, one: Element) -> None:
        where = only(one, "StatusApplicationControl")
        room, rate = where.get("InvTypeCode", ""), where.get("RatePlanCode", "")
        if room in self.blacklist:
            return
        if one.tag.endswith("RateAmountMessage"):
            for row in one.iter(f"{{{OTA}}}Rate"):
                self._price(f"{room}/{rate}", row)
            return
        last = min(day(where.get("End")), self.today + timedelta(days=366))
        self.told(f"{room}/{rate}" if rate else room, day(where.get("Start")), last, self._values(one))

    def _values(self, one: Element) -> dict[str, int]:
        values: dict[str, int] = {}
        if one.get("BookingLimit") is not None and one.get("BookingLimitMessageType") == "SetLimit":
            values["rooms"] = int(one.get("BookingLimit", ""))
        for status in one.iter(f"{{{OTA}}}RestrictionStatus"):
            values[RESTRICTIONS[status.get("Restriction", "")]] = int(status.get("Status") == "Close")
        for stay in one.iter(f"{{{OTA}}}LengthOfStay"):
            name = {"SetMinLOS": "min_stay_arrival", "SetMaxLOS": "max_stay_arrival"}[stay.get("MinMaxMessageType", "")]
            values[name] = int(stay.get("Time", ""))
        return values

    def _price(self, product: str, row: Element) -> None:
        """Two decimals are kept; 0 deletes the prices."""
        price = int(Decimal(only(row, "BaseByGuestAmt").get("AmountAfterTax", "")) * 100)
        first, last = day(row.get("Start")), day(row.get("End"))
        if price:
            self.told(product, first, last, {"price": price})
            return
        for n in range((last - first).days + 1):
            self.calendar.get((product, first + timedelta(days=n)), {}).pop("price", None)


def with_card(fake: FakeTripCom, booking: FakeBooking, checksum: str | None = None) -> dict[str, str]:
    """A card and the checksum over it (or another)."""
    number, holder, expires = CARD
    kind = "501" if fake.generation == 2 else "14"
    right = md5("&".join(CARD).encode()).hexdigest()
    if fake.generation == 2:
        card = f'<PaymentCard CardNumber="{number}" CardType="1" CardCode="AX" ExpireDate="{expires}">'
        card += f"<CardHolderName>{holder}</CardHolderName></PaymentCard>"
    else:
        card = (
            f'<PaymentCard CardCode="AX" ExpireDate="{expires}"><CardHolderName>{holder}</CardHolderName>'
            f"<CardNumber><PlainText>{number}</PlainText></CardNumber></PaymentCard>"
        )
    return {
        "payment": f"<Guarantee><GuaranteesAccepted>{card}</GuaranteesAccepted></Guarantee>",
        "ids": f'<HotelReservationID ResID_Type="{kind}" ResID_Value="{booking.id}"/>'
        f'<HotelReservationID ResID_Type="507" ResID_Value="{checksum or right}"/>',
    }


def runs(sale: Sale) -> list[tuple[date, date, int]]:
    found: list[tuple[date, date, int]] = []
    for night, price in zip(sale.nights, sale.prices, strict=False):
        if found and found[-1][1:] == (night, price):
            found[-1] = (found[-1][0], night + timedelta(days=1), price)
        else:
            found.append((night, night + timedelta(days=1), price))
    return found


def only(element: Element, name: str) -> Element:
    [found] = element.iter(f"{{{OTA}}}{name}")
    return found


def day(value: Any) -> date:
    return datetime.strptime(value, "%Y-%m-%d").date()


def money(minor: int) -> str:
    return f"{Decimal(minor) / 100:f}"

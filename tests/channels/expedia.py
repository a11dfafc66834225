"""A local server that behaves as Expedia does. Written from Expedia's documents and schemas, not from our adapter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape, quoteattr

from tests.channels.fake import Answer, Call, FakeBooking, FakeOta, Sale

SPACES = {
    "/ar": ("AvailRateUpdate", "AR/2011/06", "AR/2007/02"),
    "/br": ("BookingRetrieval", "BR/2014/01", "BR/2014/01"),
    "/bc": ("BookingConfirm", "BC/2007/09", "BC/2007/08"),
    "/parr": ("ProductAvailRateRetrieval", "PAR/2013/07", "PAR/2013/07"),
}
"""Path -> root, namespace asked in, namespace answered in: they differ."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = {"new": "Book", "modified": "Modify", "cancelled": "Cancel"}


class Wrong(Exception):
    """An error of EQC: nothing of the request was done."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class FakeExpedia(FakeOta):
    """One property. What its bookings look like can be dressed up: source, card, taxes, fees, special requests."""

    channel = "expedia"
    rooms_most = 1
    remote_property = "3546"
    base = 2

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"username": "EQChouse", "password": 'ew67&<nk>"33', "pricing": "PerOccupancy"}
        self.pricing = "PerOccupancy"
        self.linked: set[str] = set()
        """Plans that follow another one: told prices, they answer with success and ignore them."""
        self.threshold = range(1, 10**7)
        """Minor units that pass rate verification."""
        self.allocated: dict[tuple[str, date], int] = {}
        """Rooms under contract: the count cannot go below."""
        self.shut: set[tuple[str, date]] = set()
        self.warnings: list[tuple[int, str]] = []
        """To come beside the next success."""
        self.errors: list[int] = []
        """For the next calls, one each."""
        self.bodies: list[str] = []
        self.versions: dict[tuple[str, int], tuple[str, FakeBooking, str]] = {}
        """(booking, revision) -> type, the booking as it then was, when."""
        self.retrieved: set[tuple[str, int]] = set()
        self.confirmed: Counter[tuple[str, int]] = Counter()
        self.source, self.card, self.taxes, self.fees = "Expedia", "", 0, 0
        self.mailed: set[str] = set()
        """Bookings that went out by e-mail: their confirmations are not taken."""
        self.extra_persons = 0
        self.requests: list[tuple[str, str]] = []
        self.clock = datetime(2026, 1, 1, tzinfo=UTC)
        self.names: dict[str, str] = {}
        self.add("965645", ["956589"])

    def add(self, room: str, rates: list[str]) -> None:
        """A room type and plans in it, in Expedia's ids."""
        self.products.setdefault(room, set()).update(rates)

    # -- what it does by itself

    def sell(self, rooms: Sequence[Sale], last_name: str = "Adams", force: bool = False) -> str | None:
        """One booking is one room: a trip of several rooms is as many bookings that know of each other by a sentence."""
        if not force and not self.has(rooms):
            return None
        ids = []
        for n, sale in enumerate(rooms):
            told = [("3", f"Multi-room booking. Primary traveler:{last_name}. {n + 1} of {len(rooms)} rooms.")]
            before, self.requests = self.requests, self.requests + (told if len(rooms) > 1 else [])
            ids.append(super().sell([sale], last_name, force))
            self.requests = before
        return ids[0]

    def modify(self, id: str, rooms: Sequence[Sale], force: bool = True) -> None:
        super().modify(id, rooms[:1], force)

    def announce(self, booking: FakeBooking) -> None:
        """Versions wait one behind the other. A booking changed before it was retrieved is a new one still."""
        self.clock += timedelta(seconds=7)
        first = (booking.id, 1)
        if booking.status == "modified" and first in self.waiting and first not in self.retrieved:
            self._keep(first, "new", booking)
            return
        super().announce(booking)
        self._keep((booking.id, booking.revision), booking.status, booking)

    def _keep(self, version: tuple[str, int], kind: str, booking: FakeBooking) -> None:
        shown = deepcopy(booking)
        shown.status = kind  # type: ignore[assignment]
        self.versions[version] = (KINDS[kind], shown, self.xml(shown, KINDS[kind]))

    def new_id(self) -> str:
        return str(2543450000 + self.number)

    def left(self, room: str, night: date) -> int:
        """A closed room type sells nothing, whatever its count."""
        return 0 if (room, night) in self.shut else super().left(room, night)

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        path = call.path
        if path not in SPACES or call.method != "POST":
            return Answer(404, "not found", "text/html")
        root, asked, answered = SPACES[path]
        try:
            said = self._let_in(call, root, asked)
            inner = {"/ar": self._update, "/br": self._retrieve, "/bc": self._confirm, "/parr": self._products}[path](said, half)
        except Wrong as no:
            inner = f'<Error code="{no.code}">{escape(str(no))} Ref=[683b1aa6-c1b5-11e0-8047-ef7899c6c51b]</Error>'
        body = f'<?xml version="1.0" encoding="UTF-8"?><{root}RS xmlns="http://www.expediaconnect.com/EQC/{answered}">{inner}</{root}RS>'
        return Answer(200, body, "text/xml")

    def _let_in(self, call: Call, root: str, space: str) -> Element:
        self.bodies.append(call.body.decode())
        if self.errors:
            raise Wrong(self.errors.pop(0), "An error that was asked for.")
        try:
            said = fromstring(call.body)
        except ParseError as no:
            raise Wrong(2002, f"Parsing error: {no}") from no
        if said.tag != f"{{http://www.expediaconnect.com/EQC/{space}}}{root}RQ":
            raise Wrong(2010, "The namespace specified is invalid.")
        for element in said.iter():
            element.tag = element.tag.rpartition("}")[2]
        names, hotel = said[0], said[1]
        if names.tag != "Authentication" or any(names.get(key) != self.credentials[key] for key in ("username", "password")):
            raise Wrong(1001, "Authentication error: invalid username or password.")
        if hotel.tag != "Hotel" or hotel.get("id") != self.remote_property:
            raise Wrong(3202, "Hotel ID not found.")
        if len(call.body) > 100_000:
            raise Wrong(3405, "Request exceeds 100 KB.")
        return said

    # -- AR

    def _update(self, said: Element, half: bool) -> str:
        parts = said.findall("AvailRateUpdate")
        if not parts:
            raise Wrong(3010, "Validation against schema failed.")
        todo = [one for part in parts for one in self._updates(part)]
        self._check_together(todo)
        warned: list[tuple[int, str]] = []
        for room, plan, night in todo[: len(todo) // 2] if half else todo:
            warned += self._apply(room, plan, night)
        warned += self.warnings
        self.warnings = []
        return f"<Success>{''.join(_counted(warned))}</Success>" if warned else "<Success/>"

    def _updates(self, part: Element) -> Iterator[tuple[Element, Element | None, date]]:
        nights = [night for span in part.findall("DateRange") for night in self._nights(span)]
        for room in part.findall("RoomType"):
            self._check_room(room)
            for night in nights:
                if room.get("closed") is not None or room.find("Inventory") is not None:
                    yield room, None, night
                for plan in room.findall("RatePlan"):
                    yield room, plan, night

    def _nights(self, span: Element) -> list[date]:
        """Both ends. As soon as one weekday is named, those that are not are off."""
        first, last = date.fromisoformat(span.get("from", "")), date.fromisoformat(span.get("to", ""))
        today = datetime.now(UTC).date()
        if first < today - timedelta(days=1):
            raise Wrong(3020, "Validation error: start date must not be before yesterday.")
        if last < first:
            raise Wrong(3021, "Validation error: end date must not be before start date.")
        if last > today + timedelta(days=731):
            raise Wrong(3022, "Validation error: end date must be within 2 years range.")
        named = {day: span.get(day) == "true" for day in WEEKDAYS if span.get(day) is not None}
        all_nights = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [night for night in all_nights if not named or named.get(WEEKDAYS[night.weekday()], False)]

    def _check_room(self, room: Element) -> None:
        id, inventory = room.get("id", ""), room.find("Inventory")
        if id not in self.products:
            raise Wrong(3203, f"Room Type ID {id} not found.")
        if inventory is not None and not 0 <= int(inventory.get("totalInventoryAvailable", "-1")) <= 4999:
            raise Wrong(3010, "Validation against schema failed because a value exceeds its defined length.")
        plans = room.findall("RatePlan")
        if inventory is None and room.get("closed") is None and not plans:
            raise Wrong(3015, "Business validation error: No updates provided.")
        for plan in plans:
            self._check_plan(id, plan)

    def _check_plan(self, room: str, plan: Element) -> None:
        rate, limits = plan.find("Rate"), plan.find("Restrictions")
        if plan.get("id") not in self.products[room]:
            raise Wrong(3204, f"Rate Plan ID {plan.get('id')} not found.")
        if rate is None and limits is None and plan.get("closed") is None:
            raise Wrong(3015, "Business validation error: No updates provided.")
        if rate is not None:
            self._check_rate(rate)
        if limits is not None:
            least, most = int(limits.get("minLOS", "1")), int(limits.get("maxLOS", "28"))
            if not (1 <= least <= 28 and 1 <= most <= 28):
                raise Wrong(3010, "Validation against schema failed because a value exceeds its defined length.")
            if most < least:
                raise Wrong(3015, f"Business validation error: MaxLOS value ({most}) smaller than the MinLOS value({least})")

    def _check_rate(self, rate: Element) -> None:
        if rate.get("currency") != self.currency:
            raise Wrong(3103, "Currency code mismatch.")
        if any(price.tag != self.pricing for price in rate):
            raise Wrong(3090, f"Pricing models mismatch: your property is configured to use {self.pricing}.")
        for price in rate:
            if not re.fullmatch(r"\d+(\.\d{1,3})?", price.get("rate", "")) or not 1 <= int(price.get("occupancy", "1")) <= 20:
                raise Wrong(3010, "Validation against schema failed.")

    def _check_together(self, todo: list[tuple[Element, Element | None, date]]) -> None:
        count, seen = 0, set()
        for room, plan, night in todo:
            thing = (room.get("id"), None if plan is None else plan.get("id"), night)
            if thing in seen:
                raise Wrong(3108, f"Duplicate Updates in the same message - {thing}")
            seen.add(thing)
            part = room if plan is None else plan
            inner = part.findall("Inventory") if plan is None else [*part.iter(self.pricing)]
            count += len(inner) + (part.get("closed") is not None)
            count += sum(len(limits.attrib) for limits in part.findall("Restrictions"))
        if count > 3000:
            raise Wrong(3107, "Update exceeds allowable size - Maximum allowable size is 3000 updates")

    def _apply(self, room: Element, plan: Element | None, night: date) -> list[tuple[int, str]]:
        id = room.get("id", "")
        if plan is not None:
            return self._apply_plan(id, plan, night)
        if room.get("closed") is not None:
            (self.shut.add if room.get("closed") == "true" else self.shut.discard)((id, night))
        inventory = room.find("Inventory")
        if inventory is None:
            return []
        count, least = int(inventory.get("totalInventoryAvailable", "0")), self.allocated.get((id, night), 0)
        self.told(id, night, night, {"rooms": max(count, least)})
        words = f"Inventory date {night}; Room Type ID {id}; Unable to set total inventory below the base allocation ({least})."
        return [(7013, words)] if count < least else []

    def _apply_plan(self, room: str, plan: Element, night: date) -> list[tuple[int, str]]:
        id = f"{room}/{plan.get('id')}"
        if id in self.linked:
            return []
        values: dict[str, int] = {} if plan.get("closed") is None else {"closed": int(plan.get("closed") == "true")}
        limits, prices = plan.find("Restrictions"), _prices(plan, self.base)
        if limits is not None:
            values |= _limits(limits)
        passed = all(price in self.threshold for price in prices.values())
        self.told(id, night, night, values | (prices if passed else {}))
        words = f"[Room Type ID {room}; Rate Plan ID {plan.get('id')}; Stay Date {night}] One or more costs are out of threshold."
        return [] if passed else [(7021, words)]

    # -- BR and BC

    def _retrieve(self, said: Element, half: bool) -> str:
        """Of each booking the oldest version that waits; the newest 125 of them."""
        wanted = {status.get("value") for status in said.iter("Status")} or {"pending"}
        fronts: dict[str, tuple[str, int]] = {}
        for version in self.waiting:
            fronts.setdefault(version[0], version)
        found = [one for one in fronts.values() if ("retrieved" if one in self.retrieved else "pending") in wanted]
        given = found[::-1][:125]
        told = [self._given(version) for version in given]
        self.retrieved |= set(given)
        return f"<Bookings>{''.join(told)}</Bookings>" if told else "<Bookings/>"

    def _given(self, version: tuple[str, int]) -> str:
        status = "retrieved" if version in self.retrieved else "pending"
        return self.versions[version][2].replace("<Booking ", f'<Booking status="{status}" ', 1)

    def _confirm(self, said: Element, half: bool) -> str:
        numbers = said.findall("BookingConfirmNumbers/BookingConfirmNumber")
        if not 1 <= len(numbers) <= 10:
            raise Wrong(3301, "The number of confirmations is limited to 10.")
        done = numbers[: len(numbers) // 2] if half else numbers
        warned = [told for one in done for told in self._confirmed(one)]
        return f"<Success>{''.join(warned)}</Success>" if warned else "<Success/>"

    def _confirmed(self, one: Element) -> list[str]:
        id, kind = one.get("bookingID", ""), one.get("bookingType")
        fronts = [version for version in self.waiting if version[0] == id and version in self.retrieved]
        done = [version for version in self.confirmed if version[0] == id]
        if not re.fullmatch(r"\d+", id) or kind not in KINDS.values() or not 1 <= len(one.get("confirmNumber", "")) <= 50:
            raise Wrong(3010, "Validation against schema failed.")
        if datetime.fromisoformat(one.get("confirmTime", "").replace("Z", "+00:00")) > datetime.now(UTC) + timedelta(minutes=1):
            return [_warning(one, 10101, "The confirmation time is in the future.")]
        if id in self.mailed:
            return [_warning(one, 10081, f"Update refused. It was sent by e-mail. Ref={len(self.calls)}")]
        if not fronts and not done:
            return [_warning(one, 10080, "Update refused. Booking ID not found.")]
        version = fronts[0] if fronts else done[-1]
        if self.versions[version][0] != kind:
            return [_warning(one, 10100, "Update refused. The booking type does not match.")]
        self.confirmed[version] += 1
        if self.confirmed[version] > 3:
            return [_warning(one, 10103, "Update refused. Confirmed three times already.")]
        self.waiting = [other for other in self.waiting if other != version]
        return []

    def xml(self, booking: FakeBooking, kind: str) -> str:
        """A booking as Expedia writes it; a cancellation with zeros for room, plan and money, and without currency and card."""
        sale, gone = booking.rooms[0], kind == "Cancel"
        money = "" if gone else f' currency="{self.currency}"'
        room, rate = ("0", "0") if gone else (sale.room, sale.rate)
        ages = "".join(f'<Child age="{age}"/>' for age in sale.children_ages)
        children = f' child="{len(sale.children_ages)}"' if sale.children_ages else ""
        notes = (
            ""
            if gone
            else "".join(f'<SpecialRequest code="{code}">{escape(words)}</SpecialRequest>' for code, words in self.requests)
        )
        phone = "" if gone else '<Phone countryCode="1" cityAreaCode="514" number="5558975" extension="3233"/>'
        return (
            f'<Booking id="{booking.id}" type="{kind}" createDateTime="{self.clock:%Y-%m-%dT%H:%M:%SZ}" source="{self.source}">'
            f'<Hotel id="{self.remote_property}"/><RoomStay roomTypeID="{room}" ratePlanID="{rate}">'
            f'<StayDate arrival="{sale.arrival}" departure="{sale.departure}"/>'
            f'<GuestCount adult="{sale.adults}"{children}>{ages}</GuestCount>'
            f"<PerDayRates{money}>{''.join(self._rates(sale, gone))}</PerDayRates>{self._total(sale, gone, money)}"
            f"{'' if gone else self._paid()}</RoomStay><PrimaryGuest>"
            f'<Name givenName="Jo" middleName="" surname={quoteattr(booking.last_name)}/>{phone}</PrimaryGuest>{notes}</Booking>'
        )

    def _rates(self, sale: Sale, gone: bool) -> Iterator[str]:
        for n, night in enumerate(sale.nights):
            extra = f' extraPersonFees="{_money(self.extra_persons)}"' if self.extra_persons and not gone else ""
            fees = f' hotelServiceFees="{_money(self.fees)}"' if self.fees and not gone else ""
            price = 0 if gone or n >= len(sale.prices) else sale.prices[n]
            yield f'<PerDayRate stayDate="{night}" baseRate="{_money(price)}"{extra}{fees}/>'

    def _total(self, sale: Sale, gone: bool, money: str) -> str:
        nights = len(sale.nights)
        total = 0 if gone else sum(sale.prices) + nights * (self.extra_persons + self.fees) + self.taxes
        taxes = f' amountOfTaxes="{_money(0 if gone else self.taxes)}"' if self.taxes or gone else ""
        return f'<Total amountAfterTaxes="{_money(total)}"{taxes}{money}/>'

    def _paid(self) -> str:
        if not self.card:
            return ""
        return (
            '<PaymentCard cardCode="VI" cardNumber="4111111111111111" expireDate="1227" seriesCode="123">'
            f'<CardHolder name={quoteattr(self.card)} country="US"/></PaymentCard>'
        )

    # -- PARR

    def _products(self, said: Element, half: bool) -> str:
        span = said.find("ParamSet/AvailRateRetrieval")
        if span is None:
            rooms = (self._product(room) for room in sorted(self.products))
            return f'<ProductList><Hotel id="{self.remote_property}" name="Seaside" city="Nida"/>{"".join(rooms)}</ProductList>'
        first, last = date.fromisoformat(span.get("from", "")), date.fromisoformat(span.get("to", ""))
        days = (first + timedelta(days=n) for n in range(min(31, (last - first).days + 1)))
        return f'<AvailRateList><Hotel id="{self.remote_property}"/>{"".join(self._day(day) for day in days)}</AvailRateList>'

    def _product(self, room: str) -> str:
        plans = ""
        for rate in sorted(self.products[room]):
            kind = "Linked" if f"{room}/{rate}" in self.linked else "SellRate"
            plans += f'<RatePlan id="{rate}" name="Plan {rate}" rateAcquisitionType="{kind}"/>'
        return f'<RoomType id="{room}" name="Room {room}" status="Active" maxOccupants="3">{plans}</RoomType>'

    def _day(self, day: date) -> str:
        rooms = []
        for room in sorted(self.products):
            cell = self.calendar.get((room, day), {})
            plans = "".join(self._plan(room, rate, day) for rate in sorted(self.products[room]))
            closed = "true" if (room, day) in self.shut else "false"
            left = cell.get("rooms", 0)
            inventory = f'<Inventory flexibleAllocation="{left}" totalInventoryAvailable="{left}" totalInventorySold="0"/>'
            rooms.append(f'<RoomType id="{room}" closed="{closed}">{inventory}{plans}</RoomType>')
        return f'<AvailRate date="{day}">{"".join(rooms)}</AvailRate>'

    def _plan(self, room: str, rate: str, day: date) -> str:
        cell = self.calendar.get((f"{room}/{rate}", day))
        if not cell:
            return ""
        adults = {name: amount for name, amount in cell.items() if name.startswith("price_")}
        prices = "".join(f'<PerOccupancy rate="{_money(adults[n])}" occupancy="{n[6:]}"/>' for n in sorted(adults))
        if self.pricing == "PerDay" and "price" in cell:
            prices = f'<PerDay rate="{_money(cell["price"])}"/>'
        flags = {name: "true" if cell.get(name) else "false" for name in ("closed", "closed_arrival", "closed_departure")}
        limits = (
            f'<Restrictions minLOS="{cell.get("min_stay", 1)}" maxLOS="{cell.get("max_stay") or 28}"'
            f' closedToArrival="{flags["closed_arrival"]}" closedToDeparture="{flags["closed_departure"]}"/>'
        )
        prices = f'<Rate currency="{self.currency}">{prices}</Rate>'
        return f'<RatePlan id="{rate}" closed="{flags["closed"]}">{prices}{limits}</RatePlan>'


def _prices(plan: Element, base: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for price in plan.iter("PerDay"):
        found["price"] = _minor(price)
    for price in plan.iter("PerOccupancy"):
        found[f"price_{price.get('occupancy')}"] = _minor(price)
        if price.get("occupancy") == str(base):
            found["price"] = _minor(price)
    return found


def _limits(limits: Element) -> dict[str, int]:
    """A length of stay that is left out goes back to its default, as the schema says."""
    most = int(limits.get("maxLOS", "28"))
    found = {"min_stay": int(limits.get("minLOS", "1")), "max_stay": 0 if most == 28 else most}
    names = {"closed_arrival": "closedToArrival", "closed_departure": "closedToDeparture"}
    return found | {ours: int(limits.get(theirs) == "true") for ours, theirs in names.items() if limits.get(theirs) is not None}


def _minor(price: Any) -> int:
    whole, _, cents = price.get("rate", "").partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0")[:2])


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def _counted(warned: list[tuple[int, str]]) -> Iterator[str]:
    """At most 20 a cause; the 20th says that there would be more."""
    total: Counter[int] = Counter(code for code, _ in warned)
    said: Counter[int] = Counter()
    for code, words in warned:
        said[code] += 1
        if said[code] > 20:
            continue
        lead = f"Warning {said[code]} out of {total[code]} for this cause. " if total[code] > 1 else ""
        rest = total[code] - 20
        cut = (
            f"Remaining {rest} warnings will not be returned, resubmit this request afterwards. "
            if said[code] == 20 and rest > 0
            else ""
        )
        yield f'<Warning code="{code}">{escape(lead + cut + words)} Ref=[683b1aa6-c1b5-11e0-8047-ef7899c6c51b]</Warning>'


def _warning(one: Element, code: int, words: str) -> str:
    told = "".join(f" {name}={quoteattr(one.get(name, ''))}" for name in ("bookingID", "bookingType", "confirmNumber"))
    return f'<Warning code="{code}"{told}>{escape(words)}</Warning>'

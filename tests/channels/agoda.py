"""A local server that behaves as Agoda's supply interface does. Written from Agoda's pages, not from our adapter."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape, quoteattr

from tests.channels.fake import Answer, Call, FakeBooking, FakeOta, Sale

BANGKOK = timezone(timedelta(hours=7))
STATUSES = {"new": "ConfirmBooking", "modified": "AmendBooking", "cancelled": "CancelBooking"}
NAMES = {"closed": "closed", "cta": "closed_arrival", "ctd": "closed_departure"}
LENGTHS = {"los/min": "min_stay_arrival", "los/max": "max_stay_arrival", "staythrough/min": "min_stay"}


class Wrong(Exception):
    """Nothing was done."""

    def __init__(self, code: int, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.code, self.status = code, status


class FakeAgoda(FakeOta):
    """One property. It counts a booking as delivered once its details were asked for."""

    channel = "agoda"
    rooms_most = 1
    remote_property = "10730279"
    people = 3
    """Whom every room holds; a price is needed for each number of them."""

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"client_id": "octa", "client_secret": "s3cret"}
        self.keys: set[str] = set()
        self.tokens: set[str] = set()
        self.issued = 0
        self.structured = True
        """Whether errors in part are named by update, which Agoda switches on for a channel manager."""
        self.reach = range(2_500, 10_000_001)
        """Minor units a price may have."""
        self.shut: set[tuple[str, date]] = set()
        self.moved: dict[str, datetime] = {}
        self.delivered: set[str] = set()
        self.clock = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
        self.poison: set[str] = set()
        """Bookings that Agoda cannot tell any more: the whole answer is an error."""
        self.amounts: tuple[str, ...] = ("net_inclusive_amt",)
        self.per_room = False
        self.more_rows = ""
        self.extra_beds = 0
        self.requests: list[str] = []
        self.payment = ""
        self.bodies: list[str] = []
        self.add("129340033", ["3392615"])

    def add(self, room: str, rates: list[str]) -> None:
        """A room type and plans sold in it, in Agoda's ids."""
        self.products.setdefault(room, set()).update(rates)

    # -- what it does by itself

    def sell(self, rooms: Sequence[Sale], last_name: str = "Adams", force: bool = False) -> str | None:
        """A booking is any number of rooms of one type and plan; others are bookings of their own."""
        if not force and not self.has(rooms):
            return None
        kinds: dict[tuple[Any, ...], list[Sale]] = {}
        for sale in rooms:
            kinds.setdefault((sale.room, sale.rate, sale.arrival, sale.departure, sale.prices), []).append(sale)
        ids = [super(FakeAgoda, self).sell(some, last_name, force) for some in kinds.values()]
        return ids[0]

    def modify(self, id: str, rooms: Sequence[Sale], force: bool = True) -> None:
        super().modify(id, [sale for sale in rooms if sale.room == rooms[0].room], force)

    def announce(self, booking: FakeBooking) -> None:
        """Only its last state is to be had."""
        self.clock += timedelta(seconds=1)
        self.moved[booking.id] = self.clock
        self.delivered.discard(booking.id)
        self.waiting = [one for one in self.waiting if one[0] != booking.id]
        super().announce(booking)

    def new_id(self) -> str:
        return str(220952000 + self.number)

    def left(self, room: str, night: date) -> int:
        return 0 if (room, night) in self.shut else super().left(room, night)

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        if call.path == "/token-based-authentication/exchange":
            return self._exchange(call)
        if call.path != "/api" or call.method != "POST":
            return Answer(404, "not found", "text/html")
        self.bodies.append(call.body.decode())
        try:
            self._let_in(call)
            return self._answer(fromstring(call.body), half)
        except ParseError as no:
            return self._failed([Wrong(1511, f"[Line:1 Column:1] {no}")], 400)
        except Wrong as no:
            return self._failed([no], no.status)

    def _exchange(self, call: Call) -> Answer:
        told = json.loads(call.body)
        wanted = {"clientId": self.credentials.get("client_id"), "clientSecret": self.credentials.get("client_secret")}
        if told != wanted:
            return Answer(200, json.dumps({"success": False, "responseCode": 60, "code": 20, "downStreamServiceFailure": False}))
        self.issued += 1
        token = f"jwt.{self.issued}"
        self.tokens.add(token)
        body = {"success": True, "responseCode": 1, "code": 1, "token": token, "downStreamServiceFailure": False}
        return Answer(200, json.dumps(body))

    def _let_in(self, call: Call) -> None:
        key, token = call.query.get("apiKey", [""])[0], call.headers.get("authorization", "")
        if key and key in self.keys:
            return
        if not token.startswith("Bearer "):
            raise Wrong(1503, "Authentication failed: The supplied authentication is invalid", 401)
        if token.removeprefix("Bearer ") not in self.tokens:
            raise Wrong(1503, "Authentication failed: The token is expired", 403)
        if len(call.body) > 1_000_000:
            raise Wrong(0, "Request Entity Too Large", 413)

    def _answer(self, said: Element, half: bool) -> Answer:
        if said.tag != "request" or not said.get("timestamp", "").isdigit():
            raise Wrong(1511, "[Line:1 Column:1] timestamp is required")
        criteria = said.find("criteria")
        does = {"10": self._set, "11": self._show, "3": self._list, "4": self._detail, "5": self._product}
        if criteria is None or said.get("type") not in does:
            raise Wrong(1511, "[Line:1 Column:1] type is required")
        return does[said.get("type", "")](criteria, half)

    def _failed(self, wrongs: list[Wrong], status: int) -> Answer:
        told = "".join(f'<error code="{no.code}" description={quoteattr(str(no))}/>' for no in wrongs)
        inner = f'<errors><property id="{self.remote_property}">{told}</property></errors>'
        return Answer(status, f'<result TUID="558afd90-8cf1" timestamp="1560330376169">{inner}</result>', "text/xml")

    # -- SetAri V2

    def _set(self, criteria: Element, half: bool) -> Answer:
        if criteria.get("property_id") != self.remote_property:
            raise Wrong(1301, f"Invalid Property id: {criteria.get('property_id')}")
        updates = [(block.tag, update) for block in criteria for update in block.findall("update")]
        for block, update in updates:
            self._check(block, update)
        done, wrongs = 0, []
        for block, update in updates[: len(updates) // 2] if half else updates:
            for night in _nights(update):
                no = self._apply(block, update, night)
                done += no is None
                wrongs += [(block, update, night, no)] if no else []
        if not wrongs:
            return Answer(200, '<result TUID="5c798be0-8cf0" timestamp="1560329958302"/>', "text/xml")
        if not done or not self.structured:
            return self._failed([no for _, _, _, no in wrongs], 207 if done else 400)
        return Answer(207, self._in_part(wrongs), "text/xml")

    def _check(self, block: str, update: Element) -> None:
        """The schema: what must be there, and of how many digits."""
        limits, allotment = update.find("restrictions"), update.find("allotment")
        if limits is not None and limits.find("closed") is None:
            raise Wrong(1511, "[Line:1 Column:200] closed is required")
        if block == "inventory" and (allotment is None or not 1 <= len(allotment.text or "") <= 3 or limits is None):
            raise Wrong(1511, "[Line:1 Column:200] allotment is required")
        if block == "rate" and update.get("rateplan_id") is None:
            raise Wrong(1511, "[Line:1 Column:200] rateplan_id is required")
        if not list(_nights(update)):
            raise Wrong(1101, "From date cannot be later than To date")

    def _apply(self, block: str, update: Element, night: date) -> Wrong | None:
        room, rate = update.get("room_id", ""), update.get("rateplan_id", "")
        if room not in self.products or (block == "rate" and rate not in self.products[room]):
            return Wrong(3102, f"Room: {room} or rate plan: {rate} does not exist")
        if night > datetime.now(UTC).date() + timedelta(days=730):
            return Wrong(2219, "Date can not be greater than 730 days")
        if block == "inventory":
            (self.shut.add if update.findtext("restrictions/closed") == "true" else self.shut.discard)((room, night))
            self.told(room, night, night, {"rooms": int(update.findtext("allotment", "0"))})
            return None
        return self._apply_rate(f"{room}/{rate}", update, night)

    def _apply_rate(self, id: str, update: Element, night: date) -> Wrong | None:
        prices, limits = update.find("prices"), update.find("restrictions")
        values = {} if limits is None else _limits(limits)
        if prices is not None:
            if prices.get("currency") != self.currency:
                return Wrong(2102, "Currency does not match")
            told = self._prices(prices)
            if set(told) != set(range(1, self.people + 1)):
                return Wrong(2101, "Default rate is required but does not exist")
            if not all(price in self.reach for price in told.values()):
                return Wrong(2201, "Occupancy rate should be between 25 and 100000")
            values |= {f"price_{n}": price for n, price in told.items()} | {"price": told[2]}
        merged = self.calendar.get((id, night), {}) | values
        if 0 < merged.get("max_stay_arrival", 0) < merged.get("min_stay_arrival", 1):
            return Wrong(22210, "Max LOS cannot be less than Min Los")
        self.told(id, night, night, values)
        return None

    def _prices(self, prices: Element) -> dict[int, int]:
        """One for everybody, or one for each."""
        normal = prices.find("normal")
        assert normal is not None
        if normal.get("default"):
            return dict.fromkeys(range(1, self.people + 1), _minor(normal.get("default", "")))
        told = {int(one.get("person", "0")): _minor(one.get("price", "")) for one in normal.findall("occupancy")}
        return {n: price for n, price in told.items() if n <= self.people}

    def _in_part(self, wrongs: list[tuple[str, Element, date, Wrong]]) -> str:
        inner = ""
        for block, update, night, no in wrongs:
            plan = f' rateplan_id="{update.get("rateplan_id")}"' if block == "rate" else ""
            error = f'<error code="{no.code}" description={quoteattr(str(no))}/>'
            span = f'<date_range from="{night}" to="{night}">{error}</date_range>'
            inner += f'<{block}><update{plan} room_id="{update.get("room_id")}">{span}</update></{block}>'
        errors = f'<errors><property id="{self.remote_property}">{inner}</property></errors>'
        return f'<result TUID="58f2b811-d1de" status="PartialSuccess" timestamp="1680498842365">{errors}</result>'

    # -- GetAri V2 and GetProduct

    def _show(self, criteria: Element, half: bool) -> Answer:
        first, last = date.fromisoformat(criteria.get("from", "")), date.fromisoformat(criteria.get("to", ""))
        if (last - first).days >= 31:
            raise Wrong(1102, "The range cannot be longer than 31 days")
        days = "".join(self._day(first + timedelta(days=n)) for n in range((last - first).days + 1))
        return _result(f'<properties item_count="1">{days}</properties>')

    def _day(self, day: date) -> str:
        inner, rooms = "", ""
        for room in sorted(self.products):
            for rate in sorted(self.products[room]):
                inner += self._plan(room, rate, day)
            left, closed = self.calendar.get((room, day), {}).get("rooms", 0), (room, day) in self.shut
            told = f'allotment="{left}" guaranteed_allotment="0" allotment_used_regular="0" closed="{_switch(closed)}"'
            rooms += f'<room room_id="{room}" {told} cta="false" ctd="false"/>'
        return f'<property id="{self.remote_property}" date="{day}">{inner}<inventories>{rooms}</inventories></property>'

    def _plan(self, room: str, rate: str, day: date) -> str:
        cell = self.calendar.get((f"{room}/{rate}", day))
        if not cell:
            return ""
        told = " ".join(f'{theirs}="{_switch(bool(cell.get(ours)))}"' for theirs, ours in NAMES.items())
        lengths = f'min_los="{cell.get("min_stay_arrival", 1)}" max_los="{cell.get("max_stay_arrival", 0)}"'
        through = f'min_staythrough="{cell.get("min_stay", 0)}"'
        persons = [n for n in range(self.people, 0, -1) if f"price_{n}" in cell]
        prices = "".join(f'<occupancy person="{n}" price="{_money(cell[f"price_{n}"])}"/>' for n in persons)
        inner = f'<room room_id="{room}" {told} {lengths} {through}><prices>{prices}</prices></room>'
        return f'<rates rateplan_id="{rate}" currency="{self.currency}">{inner}</rates>'

    def _product(self, criteria: Element, half: bool) -> Answer:
        rooms = "".join(
            f'<room room_id="{id}" room_name="Room {id}" num_persons="{self.people}"/>' for id in sorted(self.products)
        )
        plans = sorted({rate for rates in self.products.values() for rate in rates})
        told = "".join(f'<rateplan rateplan_id="{id}" rateplan_name="Plan {id}" master_rate="0"/>' for id in plans)
        sold = [(room, rate) for room in sorted(self.products) for rate in sorted(self.products[room])]
        pairs = "".join(f'<product room_id="{room}" rateplan_id="{rate}"/>' for room, rate in sold)
        inner = f"<rooms>{rooms}</rooms><rateplans>{told}</rateplans><products>{pairs}</products>"
        return _result(f'<property id="{self.remote_property}" name="Seaside" currency="{self.currency}">{inner}</property>')

    # -- bookings

    def _list(self, criteria: Element, half: bool) -> Answer:
        first, last = datetime.fromisoformat(criteria.get("from", "")), datetime.fromisoformat(criteria.get("to", ""))
        if first.tzinfo is None or last.tzinfo is None or last - first > timedelta(days=90):
            raise Wrong(3301, "The range cannot be longer than 90 days")
        rows = "".join(self._row(self.bookings[id]) for id, moved in self.moved.items() if first <= moved <= last)
        return _result(
            f'<properties count="1"><property id="{self.remote_property}"><bookings>{rows}</bookings></property></properties>'
        )

    def _row(self, booking: FakeBooking) -> str:
        sale, id = booking.rooms[0], booking.id
        asked = int(id in self.delivered)
        return (
            f'<booking booking_id="{id}" booking_date="2026-01-01T10:00:00+07:00" last_action="{self._moved(id)}"'
            f' arrival="{sale.arrival}" departure="{sale.departure}" status="{STATUSES[booking.status]}" acknowledge="{asked}"/>'
        )

    def _moved(self, id: str) -> str:
        return self.moved[id].astimezone(BANGKOK).isoformat()

    def _detail(self, criteria: Element, half: bool) -> Answer:
        ids = [one.get("id", "") for one in criteria.findall("property/booking")]
        if not 1 <= len(ids) <= 50 or len(criteria.findall("property")) != 1:
            raise Wrong(1511, "[Line:1 Column:1] at most 50 bookings of one property")
        if self.poison & set(ids):
            raise Wrong(9000, f"There was an internal server error: failure response with booking ids: {ids}", 500)
        known = [self.bookings[id] for id in ids if id in self.bookings]
        self.delivered |= {booking.id for booking in known}
        self.waiting = [one for one in self.waiting if one[0] not in self.delivered]
        return _result(f'<bookings count="{len(known)}" iataid="96637800">{"".join(map(self.xml, known))}</bookings>')

    def xml(self, booking: FakeBooking) -> str:
        """A booking as Agoda writes it: the guests and the money of all its rooms together."""
        sale, id, gone = booking.rooms[0], booking.id, booking.status == "cancelled"
        adults = sum(one.adults for one in booking.rooms)
        children = sum(len(one.children_ages) for one in booking.rooms)
        requests = "".join(f'<request request_name="{words}"/>' for words in self.requests)
        payment = f"<paymentmodel>{self.payment}</paymentmodel>" if self.payment else ""
        return (
            f'<booking property_id="{self.remote_property}" property_name="Seaside" booking_id="{id}"'
            f' booking_date="2026-01-01T10:00:00+07:00" last_action="{self._moved(id)}" arrival="{sale.arrival}"'
            f' departure="{sale.departure}" status="{STATUSES[booking.status]}" acknowledge="{int(id in self.delivered)}"'
            f' room_id="{sale.room}" room_type="スタジオ" channel_id="1" rateplan_id="{sale.rate}"'
            f' room_count="{len(booking.rooms)}" adults="{adults}" children="{children}" extrabeds="0" cxl_code="1D1N_1N">'
            f'<customer first_name="Jo" last_name={quoteattr(booking.last_name)} nationality="Thailand"/>'
            f"<requests>{requests}</requests>{self._sums(booking, gone)}{payment}</booking>"
        )

    def _sums(self, booking: FakeBooking, gone: bool) -> str:
        sale, count = booking.rooms[0], len(booking.rooms)
        if gone:
            row = '<price date="" net_inclusive_amt="0.0" type="Confirmation"/>'
            return f'<prices currency="{self.currency}" net_inclusive_amt="0.0">{row}</prices>'
        total = sum(sale.prices) * count + self.extra_beds
        rows = "".join(
            f'<price date="{night}" {self._priced(price * (1 if self.per_room else count))} type="Room"/>'
            for night, price in zip(sale.nights, sale.prices, strict=False)
        )
        beds = f'<price date="{sale.arrival}" {self._priced(self.extra_beds)} type="ExtraBed"/>' if self.extra_beds else ""
        return f'<prices currency="{self.currency}" {self._priced(total)}>{rows}{beds}{self.more_rows}</prices>'

    def _priced(self, minor: int) -> str:
        """What is paid for it, and what is left of it after a commission of a fifth where both are told."""
        both = len(self.amounts) > 1
        told = {name: minor * 4 // 5 if both and name.startswith("net") else minor for name in self.amounts}
        return " ".join(f'{name}="{_money(amount)}"' for name, amount in told.items()) + ' refsell_amt="999.0"'


def _nights(update: Element) -> Iterator[date]:
    for span in update.findall("date_range"):
        first, last = date.fromisoformat(span.get("from", "")), date.fromisoformat(span.get("to", ""))
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _limits(limits: Element) -> dict[str, int]:
    switches = {ours: int(limits.findtext(theirs) == "true") for theirs, ours in NAMES.items() if limits.find(theirs) is not None}
    return switches | {ours: int(limits.findtext(path, "0")) for path, ours in LENGTHS.items() if limits.find(path) is not None}


def _result(inner: str) -> Answer:
    return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?><result timestamp="1587536851338">{inner}</result>', "text/xml")


def _switch(value: bool) -> str:
    return "true" if value else "false"


def _minor(amount: str) -> int:
    whole, _, cents = escape(amount).partition(".")
    return int(whole) * 100 + int(cents.ljust(2, "0")[:2] or 0)


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"

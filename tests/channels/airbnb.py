"""A local Airbnb: what partners' programs and the documents they quote say it does, not what our adapter expects."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.channels.fake import Answer, Call, FakeBooking, FakeOta, Sale, reached

FIELDS = {
    "dates",
    "availability",
    "daily_price",
    "min_nights",
    "max_nights",
    "closed_to_arrival",
    "closed_to_departure",
    "notes",
    "available_count",
}
EMPTY_DAY: dict[str, Any] = {
    "availability": "available",
    "availability_type": "available",
    "availability_sub_type": None,
    "closed_to_arrival": False,
    "closed_to_departure": False,
    "daily_price": 66,
    "min_nights": 1,
    "max_nights": 1125,
    "notes": None,
}


@cache
def private_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


class FakeAirbnb(FakeOta):
    """One host with listings; `counting` are those of several units. Refresh tokens work once while `rotates`."""

    channel = "airbnb"
    brings = True
    asks = True
    remote_property = "7001"
    rooms_most = 1

    def __init__(self) -> None:
        super().__init__()
        public = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        self.credentials = {
            "client_id": "app",
            "client_secret": "app-secret",
            "code": "",
            "refresh_token": "refresh-0",
            "webhook_key": public,
            "room_type_listings": "",
        }
        self.rotates = True
        self.refresh, self.codes = "refresh-0", {"code-1"}
        self.tokens: dict[str, float] = {}
        self.token_seconds = 43_200.0
        self.renewals = 0
        self.listing_currency = self.currency
        self.per_dollar = 1
        """What of the property's currency is a dollar: limits of prices are the equivalent of dollars."""
        self.synchronization: dict[str, str | None] = {}
        self.counting: set[str] = set()
        self.days: dict[tuple[str, date], dict[str, Any]] = {}
        self.asked: list[tuple[str, Any]] = []
        """(what was asked, how it was answered)"""
        self.outbox: list[tuple[str, dict[str, Any]]] = []
        self.updated: dict[str, str] = {}
        self.lists_by_offset = False
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.refuses_listing_softly = False
        self.add("1001", ["standard"])

    def add(self, room: str, rates: Sequence[str] = (), counts: bool = True) -> None:
        """A listing; one of several units unless `counts` is false. It has no rates: the first of them is what tests call it."""
        self.products[room] = {rates[0] if rates else "standard"}
        self.synchronization[room] = "sync_rates_and_availability"
        if counts:
            self.counting.add(room)
            self.credentials["room_type_listings"] = ",".join(sorted(self.counting))

    # -- what it does by itself

    def sell(self, rooms: Sequence[Sale], last_name: str = "Adams", force: bool = False) -> str | None:
        """Ours is asked first, if there is somebody to ask; only then the guest has the listing."""
        assert len(rooms) == 1, "a reservation at Airbnb is of one listing"
        with self.lock:
            free = all(self.left(sale.room, night) > 0 for sale in rooms for night in sale.nights)
            if not free and not force:
                return None
            self.number += 1
            booking = FakeBooking(f"HM{self.number:08}", list(rooms), last_name, oversold=not free)
        if self.hook and not force and not self.ask("POST", self.question(booking)):
            return None
        with self.lock:
            self.sold(booking)
            self.bookings[booking.id] = booking
            self.announce(booking)
        self.deliver()
        return booking.id

    def modify(self, id: str, rooms: Sequence[Sale], force: bool = True) -> None:
        """Ours is asked first here too; where we say no, the guest cannot change it."""
        changed = FakeBooking(id, list(rooms), self.bookings[id].last_name)
        if self.hook and not self.ask("PUT", self.question(changed)):
            return
        super().modify(id, rooms, force)
        self.deliver()

    def cancel(self, id: str) -> None:
        super().cancel(id)
        self.deliver()

    def announce(self, booking: FakeBooking) -> None:
        self.now += timedelta(minutes=1)
        names = {"new": "acceptance", "modified": "alteration", "cancelled": "cancellation"}
        action = f"reservation_{names[booking.status]}_confirmation"
        self.updated[booking.id] = self.now.isoformat()
        self.outbox.append((action, self.reservation(booking)))

    def deliver(self) -> None:
        """Post what happened; without a hook it can only be fetched."""
        with self.lock:
            late = [word for word in self.outbox if self.late()]
            told, self.outbox = [word for word in self.outbox if word not in late], late
        for word in told if self.hook else ():
            for action, reservation in [word, *self.once_more(word)]:
                self.notify({"action": action, "reservation": reservation})

    def remind(self) -> None:
        self.deliver()

    def left(self, room: str, night: date) -> int:
        """The total of the room type less Airbnb's own reservations: it takes them off itself."""
        if self.days.get((room, night), EMPTY_DAY)["availability"] == "unavailable":
            return 0
        own = [b for b in self.bookings.values() if b.status != "cancelled"]
        taken = sum(night in sale.nights and sale.room == room for b in own for sale in b.rooms)
        return self.calendar.get((room, night), {}).get("rooms", 0) - taken

    def _count(self, rooms: Sequence[Sale], by: int) -> None:
        """Nothing: "booking a room does not remove it from this total"."""

    # -- what it posts

    def ask(self, method: str, told: dict[str, Any]) -> bool:
        code = told.get("confirmation_code", "")
        answer = self.post(method, self.hook + (f"/{code}" if method == "PUT" else ""), told)
        said = answer.json() if answer.status_code == 200 else {}
        self.asked.append((method, said))
        return said.get("succeed") is True

    def ask_available(self, listing: str, arrival: date, nights: int) -> bool:
        query = {"action": "check_availability", "listing_id": listing, "start_date": arrival.isoformat(), "nights": nights}
        answer = self.post("GET", f"{self.hook}?{urlencode(query)}", None)
        return answer.status_code == 200 and answer.json().get("available") is True

    def notify(self, told: dict[str, Any]) -> httpx.Response:
        return self.post("POST", self.hook + "/notification", told)

    def post(self, method: str, url: str, told: dict[str, Any] | None) -> httpx.Response:
        body = b"" if told is None else json.dumps(told).encode()
        return reached(lambda: httpx.request(method, url, content=body, headers=signed(method, url, body), timeout=30))

    # -- what it says of a reservation

    def question(self, booking: FakeBooking) -> dict[str, Any]:
        sale = booking.rooms[0]
        return {
            "confirmation_code": booking.id,
            "guest_id": 1603069,
            "listing_id": number(sale.room),
            "start_date": sale.arrival.isoformat(),
            "nights": len(sale.nights),
            "number_of_guests": sale.adults + len(sale.children_ages),
            "listing_base_price": sum(sale.prices) // 100,
            "guest_details": self.people(sale),
        }

    def people(self, sale: Sale) -> dict[str, Any]:
        infants = sum(age < 2 for age in sale.children_ages)
        return {
            "localized_description": f"{sale.adults} adults",
            "number_of_adults": sale.adults,
            "number_of_children": len(sale.children_ages) - infants,
            "number_of_infants": infants,
        }

    def reservation(self, booking: FakeBooking) -> dict[str, Any]:
        sale, cancelled = booking.rooms[0], booking.status == "cancelled"
        base = sum(sale.prices)
        return self.question(booking) | {
            "status_type": "cancelled_by_guest" if cancelled else "accept",
            "listing_id_str": sale.room,
            "end_date": sale.departure.isoformat(),
            "check_in_datetime": f"{sale.arrival}T15:00+01:00[Europe/London]",
            "guest_first_name": "Nick",
            "guest_last_name": booking.last_name,
            "guest_email": "nick-owme5321y975kcat@guest.airbnb.com",
            "guest_phone_numbers": ["555-555-5555"],
            "guest_preferred_locale": "en",
            "host_id": int(self.remote_property),
            "host_currency": self.currency,
            "thread_id": 435023593,
            "cancellation_policy_category": "super_strict_30",
            "created_at": "2026-10-18T11:50:58+00:00",
            "booked_at": "2026-10-18T11:56:35+00:00",
            "updated_at": self.updated.get(booking.id, self.now.isoformat()),
            "listing_base_price_accurate": money(base),
            "listing_cleaning_fee_accurate": "20.00",
            "host_fee_base_accurate": money(base * 3 // 100),
            "host_fee_vat_accurate": "1.00",
            "listing_host_fee_accurate": "0.00",
            "expected_payout_amount_accurate": money(base),
            "total_paid_amount_accurate": "0.00",
            "listing_cancellation_payout_accurate": "50.00" if cancelled else "0.00",
            "listing_cancellation_host_fee_accurate": "1.50" if cancelled else "0.00",
            "standard_fees_details": [{"fee_type": "PASS_THROUGH_LINEN_FEE", "amount_native": "10.45"}],
            "transient_occupancy_tax_details": [{"amount_usd": 10.00, "name": "State Occupancy Tax"}],
            "airbnb_collected_tax_amount_accurate": "10.00",
            "pass_through_tax_expected_amount_accurate": "4.40",
        }

    # -- how it is spoken to

    def do(self, call: Call, half: bool = False) -> Answer:
        if call.path == "/oauth2/authorizations":
            return self._authorize(call)
        if call.path == "/oauth2/auth":
            return self._consent(call)
        if self.tokens.get(call.headers.get("x-airbnb-oauth-token", ""), 0) <= time.time():
            return error(401, "authentication_required")
        if call.headers.get("x-airbnb-api-key") != self.credentials["client_id"]:
            return error(403, "no_access")
        name, *rest = call.path.strip("/").split("/")
        if call.method == "GET" and name == "listings":
            return self._listings(call)
        if call.method == "GET" and name == "calendars" and len(rest) == 3:
            return self._calendar(rest[0], date.fromisoformat(rest[1]), date.fromisoformat(rest[2]))
        if call.method == "POST" and name == "calendar_operations_requests":
            return self._operate(json.loads(call.body), "_allow_dates_overlap" in call.query, half)
        if call.method == "GET" and name == "reservations" and not rest:
            return self._reservations(call)
        return error(404, "record_not_found")

    def _consent(self, call: Call) -> Answer:
        """The page the host sees: what agreeing and not agreeing leads back to."""
        asked = {name: values[0] for name, values in call.query.items()}
        if asked.get("client_id") != self.credentials["client_id"] or asked.get("scope") != "vr,messages_read,messages_write":
            return error(400, "invalid_request")
        code = f"code-{len(self.codes) + self.renewals + 2}"
        self.codes.add(code)
        back = {"Agree": {"code": code}, "Do not agree": {"error": "access_denied"}}
        links = " ".join(
            f'<a href="{escape(asked["redirect_uri"])}?{escape(urlencode({**told, "state": asked["state"]}))}">{words}</a>'
            for words, told in back.items()
        )
        return Answer(200, f"<!doctype html><title>Airbnb</title><h1>Let them?</h1>{links}", "text/html")

    def _authorize(self, call: Call) -> Answer:
        who = base64.b64encode(b"%s:%s" % (self.credentials["client_id"].encode(), self.credentials["client_secret"].encode()))
        if call.headers.get("authorization") != f"Basic {who.decode()}":
            return error(401, "authentication_required")
        told = json.loads(call.body)
        if told.get("refresh_token", "") != self.refresh and told.get("code") not in self.codes:
            return error(400, "invalid_grant")
        self.codes.discard(told.get("code"))
        self.renewals += 1
        access = f"access-{self.renewals}"
        self.tokens[access] = time.time() + self.token_seconds
        said = {"access_token": access, "expires_at": int(self.tokens[access]), "user_id": 7001, "user_id_str": "7001"}
        if self.rotates or "code" in told:
            self.refresh = f"refresh-{self.renewals}"
            said["refresh_token"] = self.refresh
        return Answer(200, json.dumps(said))

    def _page(self, call: Call, name: str, rows: list[dict[str, Any]]) -> Answer:
        limit = int(call.query["_limit"][0])
        if limit > 50:
            return error(400, "invalid_params")
        start = int((call.query.get("_offset") or call.query.get("_cursor") or ["0"])[0])
        said: dict[str, Any] = {name: rows[start : start + limit], "metadata": {"record_count": len(rows)}}
        if not self.lists_by_offset:
            following = str(start + limit) if start + limit < len(rows) else None
            said["paging"] = {"limit": limit, "next_cursor": following}
        return Answer(200, json.dumps(said))

    def _listings(self, call: Call) -> Answer:
        rows = [
            {"id": number(id), "id_str": id, "name": f"Listing {id}", "person_capacity": 4, "synchronization_category": kind}
            for id, kind in self.synchronization.items()
        ]
        return self._page(call, "listings", rows)

    def _reservations(self, call: Call) -> Answer:
        if call.query.get("host_id") != [self.remote_property]:
            return error(403, "no_access")
        first = date.fromisoformat(call.query["start_date"][0]) if "start_date" in call.query else date.min
        last = date.fromisoformat(call.query["end_date"][0]) if "end_date" in call.query else date.max
        all_of_them = call.query.get("all_status") == ["true"]
        rows = [
            self.reservation(booking)
            for booking in self.bookings.values()
            if first <= booking.rooms[0].arrival and booking.rooms[0].departure < last
            if all_of_them or booking.status != "cancelled"
        ]
        return self._page(call, "reservations", rows)

    def _calendar(self, listing: str, first: date, last: date) -> Answer:
        if listing not in self.products:
            return error(404, "record_not_found", 200 if self.refuses_listing_softly else 404)
        nights = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        days = [{**self.days.get((listing, night), EMPTY_DAY), "date": night.isoformat()} for night in nights]
        said = {"listing_id": number(listing), "listing_currency": self.listing_currency, "host_id": 7001, "days": days}
        return Answer(200, json.dumps({"calendar": said, "metadata": {}}))

    def _operate(self, told: dict[str, Any], overlap: bool, half: bool) -> Answer:
        listing, operations = str(told.get("listing_id")), told.get("operations")
        if listing not in self.products:
            return error(404, "record_not_found", 200 if self.refuses_listing_softly else 404)
        if not isinstance(operations, list) or any(not self._right(listing, one) for one in operations):
            return Answer(400, json.dumps({"status": 400, "error": "Invalid Request"}))
        nights = [night for one in operations for night in nights_of(one["dates"])]
        if len(nights) > 731 or (len(set(nights)) < len(nights) and not overlap):
            return Answer(400, json.dumps({"status": 400, "error": "Invalid Request"}))
        for one in operations[: len(operations) // 2] if half else operations:
            self._set(listing, one)
        return Answer(200, json.dumps({"success": True}))

    def _right(self, listing: str, one: dict[str, Any]) -> bool:
        price, count = one.get("daily_price", 10 * self.per_dollar), one.get("available_count", 0)
        return (
            not set(one) - FIELDS
            and bool(one.get("dates"))
            and all(first <= last for first, last in map(ends_of, one["dates"]))
            and one.get("availability", "default") in ("available", "unavailable", "default")
            and type(price) is int
            and 10 * self.per_dollar <= price <= 25_000 * self.per_dollar
            and type(count) is int
            and 0 <= count <= 500
            and (listing in self.counting or "available_count" not in one)
            and all(one.get(name) is None or 0 < one[name] <= 1125 for name in ("min_nights", "max_nights"))
            and all(type(one.get(name, True)) is bool for name in ("closed_to_arrival", "closed_to_departure"))
        )

    def _set(self, listing: str, one: dict[str, Any]) -> None:
        told = {name: value for name, value in one.items() if name != "dates"}
        if told.get("availability") == "default":
            told["availability"] = "available"
        for night in nights_of(one["dates"]):
            day = self.days.setdefault((listing, night), dict(EMPTY_DAY))
            day.update(told)
            self._plain(listing, night, day)

    def _plain(self, listing: str, night: date, day: dict[str, Any]) -> None:
        """The night in everybody's words; why it is blocked only its note tells."""
        note, blocked = str(day["notes"] or ""), day["availability"] == "unavailable"
        full = blocked and note != "Octaspace: closed"
        rooms = day.get("available_count", 0 if full else 1)
        self.told(listing, night, night, {"rooms": rooms})
        rate = {
            "price": day["daily_price"] * 100,
            "closed": int(blocked and "closed" in note),
            "closed_arrival": int(day["closed_to_arrival"]),
            "closed_departure": int(day["closed_to_departure"]),
            "min_stay_arrival": day["min_nights"] or 0,
            "max_stay_arrival": day["max_nights"] or 0,
        }
        for name in self.products[listing]:
            self.told(f"{listing}/{name}", night, night, rate)


def signed(method: str, url: str, body: bytes, when: datetime | None = None) -> dict[str, str]:
    """The headers of a call as Airbnb makes it: SHA256withRSA over host, address, method, date, content type and body."""
    parts = urlsplit(url)
    date_said, media = format_datetime(when or datetime.now(UTC), usegmt=True), "application/json"
    text = f"{parts.hostname}|{parts.path}|{method}|{date_said}|{media}|".encode() + body
    signature = base64.b64encode(private_key().sign(text, PKCS1v15(), SHA256())).decode()
    said = 'keyId="booking_web_hooks",algorithm="rsa-sha256",headers="host url method date content-type body",delimiter="|"'
    return {"Authorization": f"Signature {said},signature={signature}", "Date": date_said, "Content-Type": media}


def ends_of(dates: str) -> tuple[date, date]:
    """Both included; a single date is both."""
    first, _, last = dates.partition(":")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def nights_of(dates: list[str]) -> list[date]:
    return [first + timedelta(days=n) for first, last in map(ends_of, dates) for n in range((last - first).days + 1)]


def error(code: int, kind: str, status: int | None = None) -> Answer:
    said = {"error_code": code, "error_type": kind, "error_id": "api_frwrk_" + "0" * 32, "error_message": kind}
    return Answer(status or code, json.dumps(said))


def number(id: str) -> int | str:
    """Listings have numbers there; tests that know no channel call them by names."""
    return int(id) if id.isdecimal() else id


def money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"

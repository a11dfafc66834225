"""A local HTTP server that behaves as Channex does. Written from Channex' own documents, not from our adapter."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from tests.channels.fake import Answer, Call, FakeOta, Sale

KEY, SECRET = "secret", "our word"
FIELDS = {
    "availability": "rooms",
    "rate": "price",
    "min_stay_through": "min_stay",
    "min_stay_arrival": "min_stay_arrival",
    "max_stay": "max_stay",
    "stop_sell": "closed",
    "closed_to_arrival": "closed_arrival",
    "closed_to_departure": "closed_departure",
}


class FakeChannex(FakeOta):
    """Rooms and rates have ids of their own; `strict` refuses a whole message for one wrong entry."""

    channel = "channex"
    strict = False

    def __init__(self) -> None:
        super().__init__()
        self.credentials = {"api_key": KEY, "webhook_secret": SECRET}
        self.key = KEY
        self.revisions: dict[str, tuple[str, int]] = {}
        self.titles: dict[str, str] = {}
        """What rooms and rates are called there, where that is not their id."""
        self.per_person: set[str] = set()
        """Rates with a price for each number of guests."""
        self.inserted_at = ""
        """When it says that all it tells was said, where that is not its own time."""

    def do(self, call: Call, half: bool = False) -> Answer:
        if call.headers.get("user-api-key") != self.key:
            return _json({"errors": {"code": "unauthorized", "title": "Unauthorized"}}, 401)
        doors: dict[tuple[str, str], Callable[[], Answer]] = {
            ("POST", "/availability"): lambda: self._values(call, half),
            ("POST", "/restrictions"): lambda: self._values(call, half),
            ("GET", "/availability"): lambda: self._show(call, rooms=True),
            ("GET", "/restrictions"): lambda: self._show(call, rooms=False),
            ("GET", "/booking_revisions/feed"): lambda: self._feed(call),
            ("GET", "/room_types"): lambda: _page(call, self._room_types()),
            ("GET", "/rate_plans"): lambda: _page(call, self._rate_plans()),
        }
        if door := doors.get((call.method, call.path)):
            return door()
        if (call.method, call.path) == ("GET", f"/properties/{self.remote_property}"):
            return _json({"data": {"id": self.remote_property, "type": "property", "attributes": {"currency": self.currency}}})
        if call.method == "POST" and call.path.endswith("/ack"):
            return self._ack(call.path.split("/")[2])
        return _json({"errors": {"code": "not_found"}}, 404)

    # -- rooms, prices, restrictions

    def _values(self, call: Call, half: bool) -> Answer:
        values = json.loads(call.body)["values"]
        if half:
            values = values[: len(values) // 2]
        wrong = [(entry, problem) for entry in values if (problem := self._problem(call.path, entry))]
        if wrong and self.strict:
            return _json({"errors": {"code": "validation_error", "details": wrong[0][1]}}, 422)
        for entry in values:
            if not any(entry is bad for bad, _ in wrong):
                self._apply(entry)
        warnings = [{**entry, "warning": problem} for entry, problem in wrong]
        return _json({"data": [{"id": str(uuid4()), "type": "task"}], "meta": {"message": "Success", "warnings": warnings}})

    def _problem(self, path: str, entry: dict[str, Any]) -> dict[str, list[str]] | None:
        if entry.get("property_id") != self.remote_property or self._target(path, entry) is None:
            return {"property_id": ["is unknown"]}
        given = set(entry) - {"property_id", "room_type_id", "rate_plan_id", "date", "date_from", "date_to", "days"}
        by_guests = entry.get("rate_plan_id") in self.per_person
        rates = {*FIELDS, "rates"} - {"availability", "rate" if by_guests else "rates"}
        allowed = {"availability"} if path == "/availability" else rates
        if not given or given - allowed or any(entry[name] is None for name in given):
            return {"values": ["Should be a non null value or not existed field"]}
        if date.fromisoformat(entry["date_from"]) > date.fromisoformat(entry["date_to"]):
            return {"date_to": ["is before date_from"]}
        if "rate" in entry and not (isinstance(entry["rate"], int) and entry["rate"] > 0):
            return {"rate": ["must be greater than 0"]}
        if any(not 1 <= one["occupancy"] <= 18 or one["rate"] <= 0 for one in entry.get("rates", ())):
            return {"rates": ["is invalid"]}
        if "availability" in entry and entry["availability"] < 0:
            return {"availability": ["must be 0 or more"]}
        return None

    def _target(self, path: str, entry: dict[str, Any]) -> str | None:
        """Our key of what the entry is about."""
        if path == "/availability":
            return entry["room_type_id"] if entry.get("room_type_id") in self.products else None
        rate = entry.get("rate_plan_id")
        return next((f"{room}/{rate}" for room, rates in self.products.items() if rate in rates), None)

    def _apply(self, entry: dict[str, Any]) -> None:
        target = self._target("/availability" if "room_type_id" in entry else "/restrictions", entry)
        assert target is not None
        values = {FIELDS[name]: int(value) for name, value in entry.items() if name in FIELDS}
        values |= {f"price_{one['occupancy']}": one["rate"] for one in entry.get("rates", ())}
        self.told(target, date.fromisoformat(entry["date_from"]), date.fromisoformat(entry["date_to"]), values)

    def _show(self, call: Call, rooms: bool) -> Answer:
        first, last = (date.fromisoformat(call.query[f"filter[date][{end}]"][0]) for end in ("gte", "lte"))
        asked = {"availability"} if rooms else set(call.query["filter[restrictions]"][0].split(","))
        back = {ours: theirs for theirs, ours in FIELDS.items() if theirs in asked}
        found: dict[str, dict[str, Any]] = {}
        for (remote, night), cell in self.calendar.items():
            if first <= night <= last and ("/" in remote) != rooms:
                told = {back[name]: value for name, value in cell.items() if name in back}
                of_product = found.setdefault(remote.rpartition("/")[2], {})
                of_product[night.isoformat()] = told["availability"] if rooms else _shown(told)
        return _json({"data": found})

    def _room_types(self) -> list[dict[str, Any]]:
        return [{"id": room, "attributes": {"title": self.titles.get(room, room), "occ_adults": 2}} for room in self.products]

    def _rate_plans(self) -> list[dict[str, Any]]:
        return [
            {"id": rate, "attributes": {"title": self.titles.get(rate, rate), "room_type_id": room}}
            for room, rates in self.products.items()
            for rate in sorted(rates)
        ]

    def smallest(self) -> int:
        """Bytes of the shortest messages that say what its calendar says: a range as long as nothing differs, each field once."""
        entries: list[dict[str, Any]] = []
        for remote in sorted({remote for remote, _ in self.calendar}):
            nights = sorted(night for one, night in self.calendar if one == remote)
            key = "rate_plan_id" if "/" in remote else "room_type_id"
            for field, name in ((ours, theirs) for theirs, ours in FIELDS.items()):
                runs = [[night, night, self.calendar[remote, night].get(field)] for night in nights]
                for first, last, value in _joined(runs):
                    if value is not None:
                        span = {"date_from": first.isoformat(), "date_to": last.isoformat()}
                        entries.append({"property_id": "P-1", key: remote.rpartition("/")[2], **span, name: value})
        merged: dict[tuple[Any, ...], dict[str, Any]] = {}
        for entry in entries:
            price = "rate" in entry
            merged.setdefault((*list(entry.values())[:4], price), {}).update(entry)
        return len(json.dumps({"values": list(merged.values())}, separators=(",", ":")))

    # -- bookings

    def _feed(self, call: Call) -> Answer:
        size, page = int(call.query["pagination[limit]"][0]), int(call.query["pagination[page]"][0])
        rows = [self.revision(*one) for one in self.waiting[(page - 1) * size : page * size]]
        return _json({"data": rows, "meta": {"total": len(self.waiting), "page": page, "limit": size}})

    def revision(self, id: str, number: int) -> dict[str, Any]:
        """One revision; of an overtaken one, what the booking is now, as the feed has it."""
        booking = self.bookings[id]
        name = f"{id}-r{number}"
        self.revisions[name] = (id, number)
        told = {
            "id": name,
            "booking_id": f"uuid-{id}",
            "property_id": self.remote_property,
            "unique_id": id,
            "ota_reservation_code": self.reference(id),
            "ota_name": "BookingCom",
            "status": booking.status if number == booking.revision else "modified" if number > 1 else "new",
            "arrival_date": min(sale.arrival for sale in booking.rooms).isoformat(),
            "departure_date": max(sale.departure for sale in booking.rooms).isoformat(),
            "amount": _money(sum(sum(sale.prices) for sale in booking.rooms)),
            "currency": self.currency,
            "customer": {"name": "Ada", "surname": booking.last_name, "mail": "ada@guest.example", "country": "LT"},
            "payment_collect": "property",
            "rooms": [self._room(sale) for sale in booking.rooms],
            "services": [],
            "inserted_at": self.inserted_at or f"2026-01-01T00:00:00.{number:06d}",
        }
        return {"id": name, "type": "booking_revision", "attributes": told}

    def _room(self, sale: Sale) -> dict[str, Any]:
        return {
            "checkin_date": sale.arrival.isoformat(),
            "checkout_date": sale.departure.isoformat(),
            "booking_room_id": str(uuid4()),  # not stable, as in Channex' own example
            "room_type_id": sale.room if sale.room in self.products else None,
            "rate_plan_id": sale.rate if sale.rate in self.products.get(sale.room, ()) else None,
            "amount": _money(sum(sale.prices)),
            "days": {night.isoformat(): _money(price) for night, price in zip(sale.nights, sale.prices, strict=False)},
            "occupancy": {
                "adults": sale.adults,
                "children": len(sale.children_ages),
                "infants": 0,
                "ages": list(sale.children_ages),
            },
        }

    def _ack(self, name: str) -> Answer:
        one = self.revisions.get(name)
        if one not in self.waiting:
            return _json({"errors": {"code": "not_found"}}, 404)
        self.waiting.remove(one)
        return _json({"meta": {"message": "Success"}})

    def new_id(self) -> str:
        return f"BDC-{1000 + self.number}"

    def reference(self, id: str) -> str:
        return id.removeprefix("BDC-")


def _page(call: Call, rows: list[dict[str, Any]]) -> Answer:
    """One page of a list; of ten rows, unless more are asked for."""
    size, page = (int(call.query.get(f"pagination[{name}]", [usual])[0]) for name, usual in (("limit", "10"), ("page", "1")))
    size = min(size, 100)
    return _json({"data": rows[(page - 1) * size : page * size], "meta": {"total": len(rows), "page": page, "limit": size}})


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    switches = ("stop_sell", "closed_to_arrival", "closed_to_departure")
    shown: dict[str, Any] = {name: bool(value) if name in switches else value for name, value in told.items()}
    return shown | ({"rate": _money(told["rate"])} if "rate" in told else {})


def _joined(runs: list[list[Any]]) -> list[list[Any]]:
    joined: list[list[Any]] = []
    for first, last, value in runs:
        if joined and joined[-1][2] == value and (first - joined[-1][1]).days == 1:
            joined[-1][1] = last
        else:
            joined.append([first, last, value])
    return joined


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _json(body: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body))

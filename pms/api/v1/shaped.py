"""From what queries return to the plain values of an answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from itertools import groupby

from pms.api.v1.shapes import Plain
from pms.api.v1.versions import version_text
from pms.channels.deals import Deal
from pms.inventory.availability import TypeNight
from pms.properties.queries import PropertyLine, RoomTypeLine, Structure
from pms.reports.occupancy import Night as ReportedNight
from pms.reservations.details import versions
from pms.reservations.queries import GuestLine, NightLine, ReservationDetail, StayLine


def house(line: PropertyLine) -> Plain:
    """`shapes.House`."""
    return {
        "id": line.id,
        "name": line.name,
        "city": line.city,
        "country": line.country,
        "timezone": line.timezone,
        "currency": line.currency,
        "check_in_time": line.check_in_time.isoformat("minutes"),
        "check_out_time": line.check_out_time.isoformat("minutes"),
        "business_date": line.business_date,
    }


def house_in_full(structure: Structure) -> Plain:
    """`shapes.HouseInFull`."""
    return {**house(structure.property), "room_types": [_room_type(line) for line in structure.room_types]}


def _room_type(line: RoomTypeLine) -> Plain:
    return {
        "id": line.id,
        "name": line.name,
        "unit_type": line.unit_type,
        "adults": line.adults,
        "children": line.children,
        "base_price": line.base_price,
        "description": line.description,
        "amenities": [amenity.name for amenity in line.amenities],
        "units": [{"id": unit.id, "name": unit.name, "floor": unit.floor} for unit in line.units],
    }


def availability(property_id: object, currency: str, first: date, end: date, nights: list[TypeNight]) -> Plain:
    """`shapes.Availability`; the nights come by room type."""
    types = [
        {"id": type_id, "name": name, "nights": [_available(night) for night in own]}
        for (type_id, name), own in groupby(nights, lambda night: (night.room_type_id, night.room_type))
    ]
    return {"property_id": property_id, "currency": currency, "from": first, "to": end, "room_types": types}


def _available(night: TypeNight) -> Plain:
    return {
        "date": night.night,
        "capacity": night.capacity,
        "sold": night.sold,
        "held": night.held,
        "blocked": night.blocked,
        "overbooking": night.overbooking,
        "free": night.free,
        "oversold": night.oversold,
        "base_price": night.base_price,
    }


def guest(line: GuestLine) -> Plain:
    """`shapes.Guest`."""
    return {name: getattr(line, name) for name in _GUEST}


_GUEST = ("id", "first_name", "last_name", "email", "phone", "country", "language", "notes")


def reservation(found: ReservationDetail, deal: Deal | None = None) -> Plain:
    """`shapes.Reservation`; `deal` is what its channel said of money."""
    return {
        "id": found.id,
        "version": version_text(versions(found)),
        "property_id": found.property_id,
        "code": found.code,
        "status": found.status,
        "source": found.source,
        "external_ref": found.external_ref,
        "arrival": found.arrival,
        "departure": found.departure,
        "currency": found.currency,
        "total": found.total,
        "notes": found.notes,
        "tags": found.tags,
        "booked_at": found.booked_at,
        "changed_at": found.changed_at,
        "guest": guest(found.guest),
        "rooms": [_room(stay) for stay in found.stays],
        "channel_deal": asdict(deal) if deal else None,
    }


def _room(stay: StayLine) -> Plain:
    return {
        "id": stay.id,
        "room_type": {"id": stay.room_type_id, "name": stay.room_type},
        "rate_plan": {"id": stay.rate_plan_id, "name": stay.rate_plan} if stay.rate_plan_id else None,
        "status": stay.status,
        "arrival": stay.arrival,
        "departure": stay.departure,
        "adults": stay.adults,
        "children": stay.children,
        "children_ages": stay.children_ages,
        "total": stay.total,
        "checked_in_at": stay.checked_in_at,
        "checked_out_at": stay.checked_out_at,
        "cancelled_at": stay.cancelled_at,
        "nights": [_night(night) for night in stay.nights],
    }


def _night(night: NightLine) -> Plain:
    unit = {"id": night.unit_id, "name": night.unit} if night.unit_id else None
    return {"date": night.night, "room_type_id": night.room_type_id, "unit": unit, "price": night.price}


def occupied(night: ReportedNight) -> Plain:
    """`shapes.OccupiedNight`."""
    return {
        "date": night.night,
        "capacity": night.capacity,
        "blocked": night.blocked,
        "sold": night.sold,
        "occupancy": round(night.occupancy, 4),
        "revenue": night.revenue,
        "adr": night.adr,
        "revpar": night.revpar,
    }

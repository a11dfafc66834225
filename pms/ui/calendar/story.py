"""What happened to a stay, in words, from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pms.kernel.db import Db, raw
from pms.kernel.formats import day_short, moment
from pms.kernel.outbox import history
from pms.kernel.tables import Journal
from pms.kernel.words import N_, translate

EVENTS = {
    "stay.booked": N_("Booked"),
    "stay.confirmed": N_("Confirmed"),
    "stay.cancelled": N_("Cancelled"),
    "stay.relocated": N_("Moved to a sister property"),
    "stay.walked": N_("Walked to another hotel"),
    "stay.reinstated": N_("Reinstated"),
    "stay.checked_in": N_("Checked in"),
    "stay.check_in_undone": N_("Check-in undone"),
    "stay.checked_out": N_("Checked out"),
    "stay.check_out_undone": N_("Check-out undone"),
    "stay.no_show": N_("Marked as no-show"),
    "stay.unassigned": N_("Taken out of its unit"),
    "stay.split": N_("Split between units"),
    "stay.repriced": N_("Prices changed"),
    "stay.plan_changed": N_("Rate plan changed"),
    "stay.party_changed": N_("Number of guests changed"),
    "stay.undone": N_("Change undone"),
    "reservation.changed": N_("Reservation changed"),
    "reservation.report_asked": N_("To be reported to the channel"),
    "reservation.report_accepted": N_("Reported to the channel"),
    "reservation.report_refused": N_("The channel refused the report"),
    "guest.changed": N_("Guest changed"),
}


def story(db: Db, entities: Sequence[UUID], locale: str, timezone: str, most: int = 20) -> list[list[str]]:
    """The latest events of the entities, newest first: [what, who, when]."""
    events = sorted((event for one in entities for event in history(db, one, most)), key=lambda event: -(event.id or 0))[:most]
    names = _names(db, events)
    return [[in_words(event, names, locale), event.actor_name, moment(event.happened_at, locale, timezone)] for event in events]


def in_words(event: Journal, names: Mapping[str, str], locale: str) -> str:
    """One event as a phrase: "Moved 203 → 204", "Dates: Sat 21 Nov – Tue 24 Nov"."""
    before, after = event.before or {}, event.after or {}
    if event.event == "stay.moved" and (moved := _moved(before, after, names, locale)):
        return moved
    if event.event in ("stay.moved", "stay.dates_changed") and after.get("arrival"):
        return translate("Dates: {dates}", locale, dates=_dates(after, locale))
    if event.event == "stay.plan_changed" and after.get("plan"):
        plans = {"before": before.get("plan") or "–", "after": after["plan"]}
        return translate("Rate plan {before} → {after}", locale, **plans) + _why(after)
    return translate(EVENTS.get(event.event, event.event), locale) + (_why(after) if event.event == "stay.repriced" else "")


def _why(after: Mapping[str, Any]) -> str:
    return f": {after['reason']}" if after.get("reason") else ""


def _moved(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str], locale: str) -> str:
    came, goes = _places(before), _places(after)
    if came == goes:
        return ""
    nowhere = translate("unassigned", locale)
    old, new = (", ".join(names.get(one, nowhere) for one in places) for places in (came, goes))
    return translate("Moved {before} → {after}", locale, before=old, after=new)


def _places(picture: Mapping[str, Any]) -> list[str]:
    """The unit ids of the segments in order, each once; the empty text is unassigned."""
    places: list[str] = []
    for segment in picture.get("segments", ()):
        if not places or places[-1] != (segment[3] or ""):
            places.append(segment[3] or "")
    return places


def _dates(picture: Mapping[str, Any], locale: str) -> str:
    arrival, departure = (date.fromisoformat(picture[name]) for name in ("arrival", "departure"))
    return f"{day_short(arrival, locale)} – {day_short(departure, locale)}"


def _names(db: Db, events: Iterable[Journal]) -> dict[str, str]:
    """The names of all units the events speak of."""
    pictures = [picture for event in events for picture in (event.before, event.after) if picture]
    ids = {segment[3] for picture in pictures for segment in picture.get("segments", ()) if segment[3]}
    if not ids:
        return {}
    rows = raw(db).execute("select id, name from unit where id = any(%s)", ([UUID(one) for one in ids],))
    return {str(row[0]): row[1] for row in rows}

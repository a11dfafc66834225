"""What somebody has to see to about a channel's booking: a name for programs, a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pms.kernel import formats
from pms.kernel.dates import DAY, runs
from pms.kernel.words import N_, translate

Problem = Mapping[str, Any]
"""{"kind": one of SENTENCES, and what the sentence needs}, plain JSON: dates as ISO has them, `nights` joined by ", "."""

SENTENCES = {
    "not_understood": N_("A message about it could not be understood. Rooms are held for the dates in it: {dates}."),
    "cancellation_not_understood": N_(
        "A cancellation could not be understood. Cancel the booking here by hand, or ask the channel whether it stands."
    ),
    "unmapped_room": N_("Room {remote} is not mapped; the booking is held in {room_type} meanwhile."),
    "unmapped_rate": N_("Rate {remote} is not mapped; the booking has its prices, but no rate plan."),
    "not_in_unit": N_("{unit} was sold, but the stay lies elsewhere or is unassigned."),
    "oversold": N_("{room_type} is oversold: {nights}."),
    "too_many_rooms": N_("{told} rooms were sold, {held} of them are held. Book the others by hand."),
    "too_long": N_("It was sold until {told} and is held until {held}. Book the rest by hand."),
    "relocated": N_("The channel changed or cancelled it after the guest was taken to {where}. See to it there."),
    "in_house": N_("The channel cancelled it, but the guest is in the house."),
    "not_thanked": N_("The channel did not take our confirmation. Changes of the booking may come by e-mail only. {words}"),
    "other_currency": N_("It is in {currency}, not in the property's currency."),
}


NAMELESS_ROOM = N_("The channel names no room; the booking is held in {room_type} meanwhile.")


def said(problems: Sequence[Problem], locale: str) -> str:
    """The problems as sentences in somebody's language."""
    return " ".join(translate(_sentence(one), locale, **_shown(one, locale)) for one in problems)


def _shown(one: Problem, locale: str) -> dict[str, Any]:
    """What its sentence needs, dates as the reader writes them, nights in a row as one span."""
    found = {name: value for name, value in one.items() if name != "kind"}
    if one["kind"] == "too_long":
        found |= {name: formats.day(date.fromisoformat(found[name]), locale) for name in ("told", "held")}
    if one["kind"] == "oversold":
        nights = [date.fromisoformat(night) for night in found["nights"].split(", ")]
        found["nights"] = ", ".join(_span(*run, locale) for run in runs(nights))
    return found


def _span(first: date, end: date, locale: str) -> str:
    last = end - DAY
    return formats.day(first, locale) if first == last else f"{formats.day(first, locale)} – {formats.day(last, locale)}"


def _sentence(one: Problem) -> str:
    nameless = one["kind"] == "unmapped_room" and one["remote"] in ("", "?")
    return NAMELESS_ROOM if nameless else SENTENCES[one["kind"]]

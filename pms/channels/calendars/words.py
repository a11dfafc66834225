"""What an entry of a site means, by its words alone: sold or closed, whose, under what code. Pure.

Facts of the sites, each as seen in their exports; another site's words fall to the last line of `meaning`.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["reservation", "block"]

AIRBNB_CODE = re.compile(r"\bHM[A-Z0-9]{8}\b")
"""The reservation code of Airbnb, in the link of DESCRIPTION (since 2020) or behind the name in SUMMARY (2018)."""
CLOSED_OR_SOLD = "closed - not available"
"""Booking.com writes the same for a night sold and a night closed; earlier it was "CLOSED - <guest's name>"."""
SOLD = (
    "reserved|reservation|booked|réservée?|reservad[oa]|reserva|reserviert|gebucht|buchung|prenotat[oa]|prenotazione|riservat[oa]"
    "|gereserveerd|geboekt|zarezerwowane|rezerwacja|rezervuota|rezervacija|réservation|reserverad|bokad|reserveret|varattu"
)
"""What sites call a sold night, in the languages they speak."""
SHUT = (
    r"not available|unavailable|blocked( off)?|closed|indisponible|bloqué|no disponible|bloquead[oa]|nicht verfügbar|blockiert"
    r"|gesperrt|non disponibile|bloccato|niet beschikbaar|geblokkeerd|niedostępny|zablokowane|neprieinama|užimta|indisponível"
    r"|otillgänglig|ikke tilgængelig"
)
"""What they call a closed one."""
_SOLD_TO = re.compile(rf"(?:{SOLD})\s*(?:[-–—:]\s*(?P<name>.+))?", re.I)
_CLOSED_FOR = re.compile(r"closed\s*[-–—]\s*(?P<name>.+)", re.I)
_SHUT = re.compile(rf"(?:[\w.]+\s*[-–—:(]\s*)?(?:{SHUT})\W*", re.I)
_CODED = re.compile(r"(?P<name>[^()]{1,100}?)\s*\(HM[A-Z0-9]{8}\)")
_TAGS, _SPACES = re.compile(r"<[^<>]{0,200}>"), re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class Meaning(NamedTuple):
    """Sold or closed, to whom and under what code as far as it is said; `unsure`: the site says the same of both."""

    kind: Kind
    name: str = ""
    code: str = ""
    unsure: bool = False


def plain(text: str, most: int = 100) -> str:
    """One line without mark-up or control characters, cut at `most` letters: what a site sends is anybody's text."""
    return _SPACES.sub(" ", _TAGS.sub("", text)).strip()[:most].strip()


def meaning(summary: str, description: str) -> Meaning:
    """What the words say. Unknown words are a closed time: the nights are not sold, and no guest is made up."""
    said = plain(summary)
    code = next(iter(AIRBNB_CODE.findall(f"{said} {description}")), "")
    if said.casefold() == CLOSED_OR_SOLD:
        return Meaning("block", unsure=True)
    if _SHUT.fullmatch(said):
        return Meaning("block")
    if found := _CODED.fullmatch(said) or _SOLD_TO.fullmatch(said) or _CLOSED_FOR.fullmatch(said):
        return Meaning("reservation", plain(found["name"] or ""), code)
    return Meaning("reservation", "", code) if code else Meaning("block")

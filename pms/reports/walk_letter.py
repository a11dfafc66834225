"""The letter for a guest who is walked to another hotel, as a page to print: in the guest's language, on one sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from threading import Lock
from uuid import UUID

from pms.kernel.dates import today
from pms.kernel.db import Db
from pms.kernel.formats import day, money
from pms.kernel.refusals import NotFound, Refusal
from pms.kernel.words import LOCALES, N_, known, translate, translate_many
from pms.properties.models import Property
from pms.reservations.models import Guest, Relocation, Reservation, Stay
from pms.reservations.relocate import relocation_of

FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_ONE_AT_A_TIME = Lock()
"""Pango's fonts belong to one thread at a time."""
WAIT_SECONDS = 5.0


class NoPrinter(Refusal):
    """The libraries that lay out text are not on this machine (docs/operators.md)."""

    sentence = "Letters cannot be made on this computer: Pango is missing. Tell whoever looks after Octaspace."
    status = 503


class PrinterBusy(Refusal):
    """Letters are made one by one."""

    sentence = "Other letters are being made right now. Try again in a moment."
    status = 503


@dataclass(frozen=True)
class Letter:
    """Everything it says, in the language `locale`; amounts are minor units of `currency`, dates local."""

    locale: str
    house: str
    city: str
    written: date
    code: str
    guest: str
    arrival: date
    departure: date
    hotel: str
    address: str
    phone: str
    transport: str
    contact: str
    room_paid: bool
    transport_paid: bool
    compensation: int
    currency: str


def walk_letter(db: Db, stay_id: UUID, language: str = "") -> Letter:
    """The letter of a walked stay in one of our languages, by default the guest's, else the reader's own.

    Refuses `NotFound` (also where nobody was walked to a hotel), `NotPermitted`.
    """
    row = relocation_of(db, stay_id)
    if row is None or not row.hotel:
        raise NotFound(what="walk letter")
    db.actor.require("guest.view", row.property_id)
    stay, house = db.one(Stay, stay_id), db.one(Property, row.property_id)
    reservation = db.one(Reservation, stay.reservation_id)
    guest = db.one(Guest, reservation.guest_id)
    chosen = next((one for one in (language, guest.language) if one in LOCALES), known(db.actor.locale))
    return _letter(chosen, row, stay, house, reservation.code, f"{guest.first_name} {guest.last_name}".strip())


def _letter(locale: str, row: Relocation, stay: Stay, house: Property, code: str, guest: str) -> Letter:
    return Letter(
        locale,
        house.name,
        house.city,
        today(house.timezone),
        code,
        guest,
        stay.arrival,
        stay.departure,
        row.hotel,
        row.address,
        row.phone,
        row.transport,
        row.contact,
        row.room_by == "house",
        row.transport_by == "house",
        row.compensation,
        row.currency,
    )


_SAID = {
    "code": N_("Reservation {code}"),
    "title": N_("We are sorry"),
    "dear": N_("Dear {guest},"),
    "why": N_("You booked a room with us that we cannot give you: more rooms were sold than we have."),
    "sorry": N_("This is our fault, and we apologize sincerely."),
    "found": N_("We have found you a good room in another hotel, which expects you."),
    "hope": N_("We hope that you will give us the chance to do better."),
    "bye": N_("Yours sincerely"),
}


def as_html(letter: Letter) -> str:
    """The letter as a page for paper. Pure."""
    values = {"code": letter.code, "guest": letter.guest}
    say = {name: escape(translate(words, letter.locale, **values)) for name, words in _SAID.items()}
    facts = "".join(f"<dt>{escape(what)}</dt><dd>{escape(value)}</dd>" for what, value in _facts(letter))
    where = "".join(f"<p>{escape(one)}</p>" for one in (letter.address, letter.phone) if one)
    asks = translate("Please ask us anything: {contact}", letter.locale, contact=letter.contact) if letter.contact else ""
    return f"""<!doctype html><html lang="{letter.locale}"><head><meta charset="utf-8">
<title>{escape(letter.house)} · {escape(letter.code)}</title><style>{_STYLE}</style></head><body>
<header><span>{escape(letter.city)}</span><b>{escape(letter.house)}</b></header>
<p class="date">{escape(day(letter.written, letter.locale))}<br>{say["code"]}</p>
<h1>{say["title"]}</h1>
<p>{say["dear"]}</p><p>{say["why"]} {say["sorry"]}</p><p>{say["found"]}</p>
<section><h2>{escape(letter.hotel)}</h2>{where}<dl>{facts}</dl></section>
<p>{escape(asks)}</p><p>{say["hope"]}</p>
<p class="sign">{say["bye"]}<br><b>{escape(letter.house)}</b></p>
</body></html>"""


def _facts(letter: Letter) -> list[tuple[str, str]]:
    """What the guest wants to know of it: a name, and how it is."""
    locale, count = letter.locale, (letter.departure - letter.arrival).days
    nights = translate_many("{n} night", "{n} nights", count, locale)
    dates = f"{day(letter.arrival, locale)} – {day(letter.departure, locale)} ({nights})"
    room = N_("We pay for all these nights.") if letter.room_paid else N_("You pay there for these nights.")
    found = [(translate("Your nights", locale), dates), (translate("The room", locale), translate(room, locale))]
    if letter.transport:
        pays = N_("We pay for it.") if letter.transport_paid else N_("You pay for it.")
        way = f"{letter.transport.rstrip('.')}. {translate(pays, locale)}"
        found.append((translate("The way there", locale), way))
    if letter.compensation:
        amount = money(letter.compensation, letter.currency, locale)
        found.append((translate("For the trouble", locale), translate("You receive {amount} from us.", locale, amount=amount)))
    return found


def as_pdf(html: str) -> bytes:
    """A page of ours as PDF; nothing is fetched over the network for it. Slow: never on an event loop.

    Refuses `NoPrinter`, and `PrinterBusy` rather than let a crowd of them take every thread of the web process.
    """
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as missing:
        raise NoPrinter() from missing
    if not _ONE_AT_A_TIME.acquire(timeout=WAIT_SECONDS):
        raise PrinterBusy
    try:
        page = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=["file"]))
        content: bytes = page.write_pdf(font_config=FontConfiguration())
    finally:
        _ONE_AT_A_TIME.release()
    return content


_STYLE = (
    f"""
@font-face{{font-family:Inter;src:url("{FONTS.as_uri()}/inter-latin.woff2")}}
@font-face{{font-family:"Inter more";src:url("{FONTS.as_uri()}/inter-latin-ext.woff2")}}
"""
    + """
@page{size:A4;margin:20mm 24mm 16mm}
body{font:11pt/1.5 Inter,"Inter more","DejaVu Sans",sans-serif;color:#1b1d22}
header{padding-bottom:5mm;border-bottom:.6mm solid #0e6e66}
header b{font-size:15pt;letter-spacing:-.01em}header span{float:right;color:#5b606b;line-height:22pt}
.date{text-align:right;color:#5b606b;font-size:10pt;margin:5mm 0 8mm}
h1{font-size:19pt;letter-spacing:-.015em;margin:0 0 6mm}
p{margin:0 0 4mm}
section{background:#f1f0ec;border-radius:3mm;padding:6mm 7mm;margin:7mm 0;break-inside:avoid;overflow-wrap:anywhere}
section h2{font-size:13pt;margin:0 0 1mm}section p{margin:0;color:#5b606b}
dl{display:grid;grid-template-columns:38mm 1fr;gap:2mm 4mm;margin:5mm 0 0}
dt{color:#5b606b}dd{margin:0;font-weight:500}
.sign{margin-top:8mm}
"""
)

"""Pure shaping of the account page."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

from pms.accounts.sessions import SessionLine
from pms.kernel.formats import moment
from pms.kernel.words import translate

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One place the person is signed in."""

    id: str
    name: str
    seen: str
    current: bool


def device(line: SessionLine, locale: str, timezone: str) -> Device:
    """A session as its owner recognises it: "Firefox, Windows"."""
    known = [next((name for mark, name in marks if mark in line.user_agent), "") for marks in (BROWSERS, SYSTEMS)]
    name = ", ".join(filter(None, known)) or translate("Unknown browser", locale)
    return Device(str(line.id), name, moment(line.seen_at, locale, timezone), line.current)


def qr_svg(uri: str) -> str:
    """A QR code as an SVG element, black on white as scanners like it."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True, dark="#111")
    return out.getvalue().decode()


def spaced(secret: str) -> str:
    """A secret in groups of four, to be typed."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))

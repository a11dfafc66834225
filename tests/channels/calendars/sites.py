"""What sites export, each in its own shape, and local sites that answer over HTTP as told.

The shapes are written from what the sites have been seen to send; nothing here knows our reader.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from tests.channels.fake import Answer, Call

CODE = "HMABCD1234"


def day(text: date) -> str:
    return text.strftime("%Y%m%d")


def event(*lines: str, end: str = "\r\n") -> str:
    return end.join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def file(*events: str, prodid: str = "PRODID:-//Somebody//EN", end: str = "\r\n", more: tuple[str, ...] = ()) -> bytes:
    return end.join(["BEGIN:VCALENDAR", "VERSION:2.0", prodid, *more, *events, "END:VCALENDAR", ""]).encode()


def dates(first: date, end: date) -> list[str]:
    return [f"DTSTART;VALUE=DATE:{day(first)}", f"DTEND;VALUE=DATE:{day(end)}"]


def plain(uid: str, first: date, end: date, summary: str = "Reserved", *more: str) -> str:
    return event(f"UID:{uid}", *dates(first, end), f"SUMMARY:{summary}", *more)


def airbnb(*events: str) -> bytes:
    return file(*events, prodid="PRODID:-//Airbnb Inc//Hosting Calendar 1.0//EN", more=("CALSCALE:GREGORIAN",))


def airbnb_sold(first: date, end: date, code: str = CODE, stamp: str = "20261124T120000Z") -> str:
    return event(
        f"DTSTAMP:{stamp}",
        *dates(first, end),
        "SUMMARY:Reserved",
        f"UID:1418fb94e984-{code.lower():0<32}@airbnb.com",
        "DESCRIPTION:Reservation URL: https://www.airbnb.com/hosting/reservations/d",
        f" etails/{code}\\nPhone Number (Last 4 Digits): 1234",
    )


def airbnb_closed(first: date, end: date, uid: str = "7f662ec65913-a") -> str:
    return event(
        "DTSTAMP:20261124T120000Z", *dates(first, end), "SUMMARY:Airbnb (Not available)", f"UID:{uid}{day(first)}@airbnb.com"
    )


def airbnb_2018(first: date, end: date, name: str = "Ann Smith", code: str = CODE) -> bytes:
    """0.8.8: the end before the beginning, no DTSTAMP, a parameter on PRODID, the guest in SUMMARY and DESCRIPTION."""
    sold = event(
        f"DTEND;VALUE=DATE:{day(end)}",
        f"DTSTART;VALUE=DATE:{day(first)}",
        f"UID:1418fb94e984-{code.lower()}@airbnb.com",
        f"DESCRIPTION:CHECKIN: {first:%d/%m/%Y}\\nNIGHTS: 3\\nPHONE: +1 555 0100\\nEMAIL: a@guest.airbnb.com",
        f"SUMMARY:{name} ({code})",
        "LOCATION:Old Town",
    )
    return file(sold, prodid="PRODID;X-RICAL-TZSOURCE=TZINFO:-//Airbnb Inc//Hosting Calendar 0.8.8//EN")


def booking_com(*nights: tuple[str, date, date], summary: str = "CLOSED - Not available") -> bytes:
    events = [
        event(
            "DTSTAMP:20261124T120000Z",
            *dates(first, end),
            f"UID:{uid}@booking.com",
            f"SUMMARY:{summary}",
            "ORGANIZER:mailto:noreply@booking.com",
        )
        for uid, first, end in nights
    ]
    return file(*events, prodid="PRODID:-//admin.booking.com\\\\, b.v.//NONSGML v1.0//EN", more=("METHOD:PUBLISH",))


def vrbo(*nights: tuple[date, date, str]) -> bytes:
    """LF only; words in the host's language."""
    events = [
        event(f"UID:{uuid4()}", "DTSTAMP:20261124T120000Z", *dates(first, end), f"SUMMARY:{words}", end="\n")
        for first, end, words in nights
    ]
    return file(*events, prodid="PRODID:-//HomeAway.com\\, Inc.//EN", end="\n")


@dataclass
class Site:
    """A local site: it answers what `answer` says, counts who asks, and can be told to be in trouble."""

    content: bytes = b""
    answer: Callable[[Call], Answer] | None = None
    drop: bool = False
    url: str = ""
    calls: list[Call] = field(default_factory=list)

    def reply(self, call: Call) -> Answer:
        self.calls.append(call)
        if self.answer:
            return self.answer(call)
        return Answer(200, self.content, "text/calendar; charset=utf-8")


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """The site over HTTP on 127.0.0.1, for the duration."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if site.drop:
                self.connection.close()
                return
            answer = site.reply(Call("GET", self.path, {}, dict(self.headers.items()), b""))
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            headers = {"Content-Type": answer.media, "Content-Length": str(len(body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


DAY = timedelta(days=1)

"""What the property tells Booking.com about a booking: the guest did not come, or the card is no good."""

from __future__ import annotations

from xml.sax.saxutils import escape

import httpx

from pms.channels.adapter import Link, ReportKind, Wait
from pms.channels.adapters.booking_com.facts import REPORTS
from pms.channels.adapters.booking_com.talk import call, refuse_errors, said, words


def report(http: httpx.Client, link: Link, booking: str, what: ReportKind, waived: bool) -> None:
    """Report it; Booking.com only notes it down and decides later. Fees are waived for a no-show alone.

    Raises `Refused` with Booking.com's words (too early, too late, not of this kind), `Wait`, `Stop`.
    """
    fees = f' waived_fees="{"yes" if waived else "no"}"' if what == "no_show" else ""
    body = f"<request><reservation_id>{escape(booking)}</reservation_id><report{fees}>{REPORTS[what]}</report></request>"
    answer = call(http, link, "POST", "/hotels/xml/reporting", content=body.encode())
    root = said(answer)
    refuse_errors(root, answer)
    if not any((status.text or "").strip() == "enqueued" for status in root.iter("status")):
        raise Wait(None, words(f"the report was not taken: {answer.text[:200]}", answer))

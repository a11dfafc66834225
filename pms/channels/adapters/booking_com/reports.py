"""What the property tells Booking.com about a booking: the guest did not come, or the card is no good."""

from __future__ import annotations

from typing import Literal
from xml.sax.saxutils import escape

import httpx

from pms.channels.adapter import Link, Wait
from pms.channels.adapters.booking_com.facts import REPORTS
from pms.channels.adapters.booking_com.talk import call, refuse_errors, said, words

Report = Literal["is_no_show", "cc_is_invalid", "cancel_reservation_invalid_cc"]


def report(http: httpx.Client, link: Link, booking: str, what: Report, waived_fees: bool = False) -> None:
    """Report it; Booking.com only notes it down and decides later. Fees are waived for a no-show alone.

    Raises `Refused` with Booking.com's words (too early, too late, not of this kind), `Wait`, `Stop`.
    """
    if what not in REPORTS or (waived_fees and what != "is_no_show"):
        raise ValueError(f"there is no such report: {what}, fees waived: {waived_fees}")
    waived = f' waived_fees="{"yes" if waived_fees else "no"}"' if what == "is_no_show" else ""
    body = f"<request><reservation_id>{escape(booking)}</reservation_id><report{waived}>{what}</report></request>"
    answer = call(http, link, "POST", "/hotels/xml/reporting", content=body.encode())
    root = said(answer)
    refuse_errors(root, answer)
    if not any((status.text or "").strip() == "enqueued" for status in root.iter("status")):
        raise Wait(None, words(f"the report was not taken: {answer.text[:200]}", answer))

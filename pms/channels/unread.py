"""Why a message could not be taken in, as staff understand it; the words a program kept of it are shown beside. Pure."""

from __future__ import annotations

import re

from pms.kernel.words import N_, translate

OURS = "This is our mistake; it is in the log."
"""What is kept where Octaspace itself failed."""
_DATES = N_("Its dates cannot be read. Look at it as sent and enter the booking by hand, then ask the channel to mend it.")
_NUMBERS = N_("A number or an amount in it cannot be right. Look at it as sent and enter the booking by hand.")
_STATUS = N_("It does not say whether the booking is new, changed or cancelled. Look at it as sent.")
_ROOMS = N_("It names no room, no guest or no number of a booking. Look at it as sent, and ask the channel about it.")
_HOTEL = N_("It is about another property. Check the property's number at the channel.")
_TIME = N_("The time at which it was said cannot be right. Look at it as sent, and ask the channel to send it again.")
_DAMAGED = N_("It is damaged, or no booking at all. Look at it as sent, and ask the channel to send it again.")
_MISTAKE = N_("Octaspace made a mistake with it. Take it in again later; the log says more to whoever runs Octaspace.")
REASONS = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"another hotel", _HOTEL),
        (r"nobody can have said it", _TIME),
        (r"no dates|is no date|without a night|^from \S+ to |beyond all time|end of the calendar|stay without an end", _DATES),
        (
            r"is no number|is no amount|is out of reach|no currency|the checksum|has one booking|a booking of \d+ rooms",
            _NUMBERS,
        ),
        (r"unknown status|of a known|modified or cancelled|neither action", _STATUS),
        (r"without a room|no guest|no number of the booking", _ROOMS),
        (
            r"no readable|larger than any|is no object|is no list|nested deeper|no booking: |unknown message|sends no bookings",
            _DAMAGED,
        ),
        (re.escape(OURS), _MISTAKE),
    )
)
"""What the words of `Unreadable` come to; the first that fits."""


def without_quotes(words: str) -> str:
    """The program's words up to what they quote of the message: guests may be in it."""
    return re.split(r"['\"]", words, maxsplit=1)[0].rstrip(" :")


def explained(words: str, locale: str) -> tuple[str, str]:
    """The reason for staff, and the program's words for who wants them; a refusal of ours is a sentence already, without any."""
    for pattern, sentence in REASONS:
        if pattern.search(words):
            return translate(sentence, locale), words
    return words, ""

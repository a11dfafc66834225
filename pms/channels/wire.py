"""What comes over the wire, taken apart with care: what cannot be read is `Unreadable`, and never guessed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import httpx
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring as safe_fromstring

from pms.channels.adapter import Stop, Unreadable, Wait
from pms.kernel.money import MINOR_MAX, exponent, known_currency

BYTES_MOST = 10 * 1024 * 1024
"""No channel sends more about a booking; whatever does is kept unread."""
DEPTH_MOST = 100
WORDS_MOST = 500
AHEAD_MOST = timedelta(days=1)
"""No message was said later than that from now, whatever the clocks of both sides and the zones they forget."""
NAMELESS = "#"
"""How the revision of a message begins that was named by its text."""


def xml_of(text: str) -> Element:
    """The root of an XML text; document types, entities and external references are refused, they have no business here."""
    _refuse_large(text)
    try:
        root: Element = safe_fromstring(text.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"no readable XML: {type(error).__name__}") from error
    _refuse_deep(root)
    return root


def json_of(text: str) -> Any:
    """The value of a JSON text; numbers with a point come as Decimal."""
    _refuse_large(text)
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise Unreadable(f"no readable JSON: {type(error).__name__}") from error


def object_of(value: Any, what: str = "the message") -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is no object")
    return value


def objects_of(value: Any, what: str) -> list[dict[str, Any]]:
    """The value, which must be a list of JSON objects, or missing."""
    if value is not None and not isinstance(value, list):
        raise Unreadable(f"{what} is no list")
    return [object_of(one, what) for one in value or ()]


def day_of(value: Any, what: str = "a date") -> date:
    """A local date from "2026-12-07", whatever time of day comes after it."""
    try:
        day = date.fromisoformat(str(value).strip()[:10])
    except ValueError as error:
        raise Unreadable(f"{what} is no date: {str(value)[:40]!r}") from error
    return day


def instant_of(value: Any) -> datetime | None:
    """An instant in UTC from ISO 8601, which is in UTC where it names no zone; None for none or one that cannot be read."""
    try:
        found = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def order_of(value: Any) -> str:
    """What sorts the revisions of a booking as texts: when each was said; "" where that is not told. A damaged time is not
    believed: it might stand behind all that will ever be said, which then would be late news.
    """
    told = str(value or "").strip()
    if not told:
        return ""
    said = instant_of(told)
    if said is None or said > datetime.now(UTC) + AHEAD_MOST:
        raise Unreadable(f"nobody can have said it at: {told[:40]!r}")
    return said.isoformat(timespec="microseconds")


def count_of(value: Any, what: str, most: int = 99) -> int:
    """A whole number from 0 to `most`."""
    try:
        number = int(str(value).strip())
    except ValueError as error:
        raise Unreadable(f"{what} is no number: {str(value)[:40]!r}") from error
    if not 0 <= number <= most:
        raise Unreadable(f"{what} is out of reach: {number}")
    return number


def minor_of(value: Any, currency: str, what: str = "an amount") -> int:
    """Minor units from a decimal text, "84.50" EUR -> 8450, half away from zero; never from a float."""
    if not known_currency(currency):
        raise Unreadable(f"there is no currency {currency[:10]!r}")
    try:
        amount = Decimal(str(value).strip()).scaleb(exponent(currency))
        minor = int(amount.quantize(Decimal(1), "ROUND_HALF_UP"))
    except (ArithmeticError, ValueError) as error:
        raise Unreadable(f"{what} is no amount: {str(value)[:40]!r}") from error
    if abs(minor) > MINOR_MAX:
        raise Unreadable(f"{what} is out of reach: {minor}")
    return minor


def hashed(text: str) -> str:
    """A name for a message that has none of its own. The same text again is the same message, unless another came between: then a
    guest has changed his mind back.
    """
    return NAMELESS + hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def ask(http: httpx.Client, method: str, url: str, stops: tuple[int, ...] = (401, 403), **how: Any) -> httpx.Response:
    """One call whose answer can be read. Raises `Wait` for a line that broke, 429 and 5xx; `Stop` for 401 and 403, unless told
    otherwise.
    """
    try:
        answer = http.request(method, url, **how)
    except httpx.TransportError as error:
        raise Wait(None, f"{type(error).__name__}: {error}"[:WORDS_MOST]) from error
    if answer.status_code in stops:
        raise Stop(words_of(answer))
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Wait(pause_of(answer), words_of(answer))
    return answer


def pause_of(answer: httpx.Response) -> float | None:
    """Seconds the channel wants to be left alone (RFC 9110 Retry-After: seconds or a date); None: it did not say."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdigit():
        return min(3600.0, max(1.0, float(told)))
    try:
        return min(3600.0, max(1.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()))
    except (TypeError, ValueError):
        return None


def words_of(answer: httpx.Response) -> str:
    """What the channel said, short enough to be shown."""
    return f"{answer.status_code} {answer.text[:WORDS_MOST]}".strip()


def _refuse_large(text: str) -> None:
    if len(text) > BYTES_MOST:
        raise Unreadable("the message is larger than any booking")


def _refuse_deep(root: Element) -> None:
    """Whatever walks the tree by calling itself would come to its end in the thousands."""
    level = [root]
    for _ in range(DEPTH_MOST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise Unreadable("the message is nested deeper than any booking")

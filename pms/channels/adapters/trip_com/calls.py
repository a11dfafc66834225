"""Calls to Trip.com: XML posted, XML answered; a success may be one only in name, and then has to be asked for again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4
from xml.etree.ElementTree import Element

import httpx

from pms.channels.adapter import Link, Refused, Stop, Unreadable, Wait
from pms.channels.adapters.trip_com.facts import (
    DENIED_CODE,
    DENIED_TYPE,
    MEDIA,
    NAMESPACE,
    PAUSE_SECONDS,
    REPORT,
    REPORT_ASKS,
    REPORT_SECONDS,
    REPORT_TYPES,
    REQUESTOR_TYPE,
    TEMPORARY,
    VERSION,
    WAITING,
)
from pms.channels.adapters.trip_com.xml import children, every, first, name_of, opened, tag, text_of
from pms.channels.wire import ask, words_of, xml_of


def call(http: httpx.Client, link: Link, operation: str, content: str) -> Element:
    """One call; the root of an answer that says "success". Raises `Wait`, `Stop`, `Refused`."""
    try:
        answer = ask(
            http, "POST", f"{link.host}/{operation}", content=_body(link, operation, content), headers={"Content-Type": MEDIA}
        )
    except Wait as later:
        raise Wait(later.seconds or PAUSE_SECONDS, str(later)) from later
    if answer.status_code == 404:
        raise Stop(words_of(answer))
    if answer.status_code >= 400:
        raise Refused(words_of(answer))
    try:
        root = xml_of(answer.text)
    except Unreadable as no:
        raise Wait(PAUSE_SECONDS, str(no)) from no
    found = root if name_of(root) == f"{operation}RS" else first(root, f"{operation}RS")
    if found is None:
        raise Wait(PAUSE_SECONDS, f"no {operation}RS: {words_of(answer)}")
    _refuse(found)
    return found


def settle(http: httpx.Client, link: Link, answer: Element) -> None:
    """Ask until what was taken in is applied, if the answer has a number to ask for. Raises as `call`; `Wait` for "not yet"."""
    numbers = [one for one in children(answer, "UniqueID") if one.get("Type") in REPORT_TYPES]
    for number in numbers:
        for _ in range(REPORT_ASKS):
            report = call(http, link, REPORT, tag("UniqueID", ID=number.get("ID", ""), Type=number.get("Type", "")))
            if not _is_waiting(report):
                break
            time.sleep(REPORT_SECONDS)
        else:
            raise Wait(PAUSE_SECONDS, f"taken in and not applied yet: {number.get('ID')}")


def _body(link: Link, operation: str, content: str) -> bytes:
    given = link.credentials.get
    root = opened(
        f"{operation}RQ",
        Version=VERSION,
        PrimaryLangID="en-us",
        TimeStamp=datetime.now(UTC).isoformat(timespec="seconds"),
        EchoToken=uuid4().hex,
        xmlns=NAMESPACE,
    )
    who = opened("RequestorID", ID=given("id", ""), Type=REQUESTOR_TYPE, MessagePassword=given("password", ""))
    whose = tag("CompanyName", Code="C", CodeContext=given("partner", ""))
    return f"{root}<POS><Source>{who}{whose}</RequestorID></Source></POS>{content}</{operation}RQ>".encode()


def _refuse(answer: Element) -> None:
    """Raise what the answer says went wrong. Warnings beside a success name nothing, so they refuse all of it."""
    errors = list(every(answer, "Error"))
    words = "; ".join(filter(None, map(_words, errors)))[:500]
    if any(error.get("Type") == DENIED_TYPE or error.get("Code") == DENIED_CODE for error in errors):
        raise Stop(words)
    if errors and all(error.get("Code") in TEMPORARY for error in errors):
        raise Wait(PAUSE_SECONDS, words)
    if errors:
        raise Refused(words)
    warnings = [one for one in every(answer, "Warning") if one.get("Type") != WAITING]
    if warnings:
        raise Refused("; ".join(map(_words, warnings))[:500])
    if first(answer, "Success") is None and not _is_waiting(answer):
        raise Wait(PAUSE_SECONDS, "the answer says neither success nor error")


def _is_waiting(answer: Element) -> bool:
    return any(one.get("Type") == WAITING for one in every(answer, "Warning"))


def _words(error: Element) -> str:
    return f"{error.get('Code', '')} {error.get('ShortText') or text_of(error)}".strip() or "error"

"""What can be reported to the channel a booking came from, as the drawer prints it."""

from __future__ import annotations

from dataclasses import dataclass

from pms.channels.reporting import Report, Reports
from pms.kernel.formats import moment
from pms.kernel.words import translate


@dataclass(frozen=True)
class ReportRow:
    """One report: which, whether it may be made now, and in words what became of it ("" as long as nobody asked for it)."""

    what: str
    may: bool
    said: str


def report_rows(told: Reports, locale: str, timezone: str) -> list[ReportRow]:
    """Those that may be made, and those that were."""
    return [ReportRow(one.what, one.may, _said(one, locale, timezone)) for one in told.of if one.may or one.state]


def _said(one: Report, locale: str, timezone: str) -> str:
    if one.state == "reported" and one.answered_at:
        when = moment(one.answered_at, locale, timezone)
        if one.waived:
            return translate("Reported {when}, fees waived", locale, when=when)
        return translate("Reported {when}", locale, when=when)
    if one.state == "refused":
        return translate("Refused: {words}", locale, words=one.words)
    if one.state == "waiting":
        return translate("Not answered yet: {words}", locale, words=one.words) if one.words else translate("On its way", locale)
    return ""

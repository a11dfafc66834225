"""How a connection stands, as a light and words: green, amber, red, and what more there is to say."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pms.channels import currency, queries
from pms.channels.connections import sold_until
from pms.kernel import formats
from pms.kernel.words import N_, NN_, translate, translate_many

BEHIND, FAR_BEHIND = timedelta(seconds=60), timedelta(minutes=5)
"""News that have waited so long are amber, and red: a sale ought to close every channel within seconds."""
SPOKEN_TO = {"live": N_("Live"), "testing": N_("Testing"), "closing": N_("Closing")}
SILENT = {
    (True, True): N_("Unreachable since {time}"),
    (True, False): N_("Bookings cannot be fetched since {time}"),
    (False, True): N_("Nothing can be told since {time}"),
}
"""Whether it cannot be heard, and cannot be told."""
KEPT = {
    "refused": N_("It does not take that some nights are closed. Close them there by hand, then disconnect it."),
    "stuck": N_("It is closed there, and ends once its messages that could not be taken in are seen to."),
    "messages": N_("It is closed there, and ends once its last messages are taken in and acknowledged."),
    "asked": N_("It is closed there, and ends once the rooms held for a guest's question are booked or given back."),
    "reports": N_("It is closed there, and ends once it has answered what was reported to it."),
}
"""What a connection that is closing waits for, by what keeps it."""


def when(value: datetime | None, locale: str, timezone: str, now: datetime) -> str:
    """An instant at the property, by the clock alone when it is today; "" for none."""
    if value is None:
        return ""
    zone = ZoneInfo(timezone)
    same_day = value.astimezone(zone).date() == now.astimezone(zone).date()
    return formats.clock(value, locale, timezone) if same_day else formats.moment(value, locale, timezone)


def state_of(one: queries.ConnectionLine, locale: str, now: datetime) -> tuple[str, str, str]:
    """Light, words, and what more there is to say."""
    if one.is_new:
        return "", translate("Being set up", locale), ""
    if one.state == "attention":
        why = translate(one.problem or "The channel stopped the connection.", locale)  # a problem of ours has a translation
        return "bad", translate("Needs attention", locale), why
    if one.state == "paused":
        quiet = translate("Nothing is told or fetched; what the channel brings is taken in.", locale)
        return "warn", translate("Paused", locale), quiet
    live = translate(SPOKEN_TO[one.state], locale)
    if red := _red(one, locale, now):
        return "bad", *red
    behind = now - one.since if one.since else timedelta(0)
    if behind > BEHIND:
        time = when(one.since, locale, one.timezone, now)
        return ("bad" if behind > FAR_BEHIND else "warn"), translate("Behind since {time}", locale, time=time), ""
    if amber := _amber(one, locale, now):
        return "warn", live, amber
    kind = "warn" if one.refused or one.problems or one.stuck or one.state == "testing" else "ok"
    return kind, live, ""


def _red(one: queries.ConnectionLine, locale: str, now: datetime) -> tuple[str, str] | None:
    """Words, and what more there is to say, of one that is spoken to in vain; None for nothing."""
    if silent := _silent(one, locale, now):
        return silent, ""
    if one.rooms_refused:
        return translate("Rooms refused", locale), _rooms_refused(one.rooms_refused, locale)
    if one.other_currency:
        why = translate(currency.OTHER, locale, theirs=one.currency_there, ours=one.currency)
        return translate("Another currency there", locale), why
    return None


def _amber(one: queries.ConnectionLine, locale: str, now: datetime) -> str:
    """What is not as it should be, and goes on by itself or does not hurry; "" for nothing that needs words."""
    if one.hear_failures or one.tell_failures:
        return translate("The last call failed; it is tried again.", locale)
    if one.state == "closing":
        return _closing(one, locale, now)
    if one.currency_unsaid:
        return translate(currency.UNSAID, locale)
    if one.undescribed:
        return translate("It does not take how rooms and plans are described: {words}", locale, words=one.undescribed)
    return ""


def _closing(one: queries.ConnectionLine, locale: str, now: datetime) -> str:
    """What keeps it from ending: the closing itself, what somebody has to see to, or what may still come in."""
    if one.swept_at is None and one.kept_by != "refused":
        return translate("All rooms are being closed there; then the connection ends by itself.", locale)
    if one.kept_by:
        return translate(KEPT[one.kept_by], locale)
    until = sold_until(one.channel, one.told_at or one.created_at)
    if until > now:
        words = N_("It is closed there, and ends after {time}: what was sold before still comes in.")
        return translate(words, locale, time=when(until, locale, one.timezone, now))
    return translate("It is closed there, and ends once all it has sold is heard.", locale)


def _silent(one: queries.ConnectionLine, locale: str, now: datetime) -> str:
    """What has failed so often that people were told, and since when; "" for nothing."""
    if not (one.deaf or one.mute):
        return ""
    known = [at for at, failed in ((one.heard_at, one.deaf), (one.told_at, one.mute)) if failed and at]
    since = when(max(known, default=one.created_at), locale, one.timezone, now)
    return translate(SILENT[one.deaf, one.mute], locale, time=since)


def _rooms_refused(nights: int, locale: str) -> str:
    one, many = NN_(
        "It does not take how many rooms are left on {n} night, and may sell rooms that are gone. Close them there by hand.",
        "It does not take how many rooms are left on {n} nights, and may sell rooms that are gone. Close them there by hand.",
    )
    return translate_many(one, many, nights, locale)

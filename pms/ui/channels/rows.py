"""Pure shaping of the channel manager's screens: facts into words, times on the property's wall, lights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from babel.lists import format_list

from pms.channels import queries
from pms.channels.adapters import ADAPTERS
from pms.channels.problems import Problem, said
from pms.channels.unread import explained
from pms.kernel import formats
from pms.kernel.words import N_, NN_, known, translate, translate_many
from pms.ui.channels.lights import state_of, when

LIGHTS = ("bad", "warn", "", "ok")
"""The worst first."""
YES, NO = N_("yes"), N_("no")
MESSAGE_KINDS = {"applied": "ok", "attention": "warn", "stuck": "bad", "stored": "", "overtaken": "", "seen": ""}
FIELDS = {
    "rooms": N_("Rooms left"),
    "price": N_("Price"),
    "occupancy": N_("Prices by number of adults"),
    "children": N_("Prices for children"),
    "min_stay": N_("Minimum stay"),
    "min_stay_arrival": N_("Minimum stay by arrival"),
    "max_stay": N_("Maximum stay"),
    "max_stay_arrival": N_("Maximum stay by arrival"),
    "closed": N_("Closed"),
    "closed_arrival": N_("Closed to arrival"),
    "closed_departure": N_("Closed to departure"),
    "advance": N_("Days in advance"),
    "steps": N_("Prices by length of stay"),
    "taxes": N_("Taxes on top of the price"),
}
"""What a channel may understand, in the order in which it is shown."""
SWITCHES = frozenset({"closed", "closed_arrival", "closed_departure"})


@dataclass(frozen=True)
class Line:
    """A connection as its card shows it. `light` is a pill's kind; `detail` says more of what is wrong."""

    id: str = ""
    channel: str = ""
    code: str = ""
    house: str = ""
    house_id: str = ""
    remote: str = ""
    state: str = ""
    light: str = ""
    words: str = ""
    detail: str = ""
    waiting: str = ""
    to_take_in: str = ""
    refused: int = 0
    refused_words: str = ""
    rooms_refused: bool = False
    urgent: int = 0
    urgent_words: str = ""
    heard: str = ""
    told: str = ""
    next_try: str = ""
    errors: str = ""
    drift: str = ""
    products: int = 0
    version: int = 0
    is_new: bool = False
    is_synced: bool = False
    was_told: bool = False
    """Whether it sells something we told it."""
    brings: bool = False
    """Whether the channel calls us: then it has to be told where."""
    sells: bool = True
    """Whether bookings come from there."""


@dataclass(frozen=True)
class Trouble:
    """A booking somebody has to see to."""

    id: str
    version: int
    channel: str
    house: str
    booking: str
    guest: str
    nights: str
    href: str
    ways: str
    words: list[str]
    at: str
    connection: str


@dataclass(frozen=True)
class Stuck:
    """A message that could not be taken in: `words` for staff, `detail` the program's own; `alone` if no booking shown has it."""

    id: str
    channel: str
    house: str
    booking: str
    words: str
    detail: str
    at: str
    connection: str
    alone: bool


@dataclass(frozen=True)
class Message:
    """A message in the log."""

    id: str
    at: str
    booking: str
    revision: str
    state: str
    kind: str
    words: str
    detail: str
    code: str
    href: str
    ways: str
    thanked: bool


@dataclass(frozen=True)
class Call:
    """A call in the log."""

    id: str
    at: str
    inward: bool
    path: str
    status: str
    kind: str
    took: str


@dataclass(frozen=True)
class Refusal:
    """What the channel would not take, on nights in a row."""

    key: str
    product: str
    nights: str
    told: str
    words: str


@dataclass(frozen=True)
class Difference:
    """What the last comparison found in one cell."""

    key: str
    product: str
    night: str
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class Ability:
    """Whether the channel understands something, in words how it does, and whether the property uses it: `missing` when it would
    be lost, and then `lost` says what that means.
    """

    name: str
    words: str
    known: bool
    there: str
    used: bool
    missing: bool
    lost: str = ""


@dataclass(frozen=True)
class Progress:
    """A full sync on its way."""

    done: bool = False
    percent: int = 0
    accepted: str = ""
    cells: str = ""
    to_go: str = ""
    refused: int = 0


def channel_name(code: str) -> str:
    """What people call the channel."""
    return ADAPTERS[code].name if code in ADAPTERS else code


def brings(code: str) -> bool:
    """Whether the channel calls us with its bookings or news of them."""
    return code in ADAPTERS and ADAPTERS[code].brings


def line(one: queries.ConnectionLine, locale: str, now: datetime) -> Line:
    """A connection's card."""
    light, words, detail = state_of(one, locale, now)
    asked = one.currency_at if one.other_currency or one.currency_unsaid else None
    pauses = (one.rest_until, one.fetch_at if one.hear_failures else None, asked)
    resting = min((at for at in pauses if at and at > now), default=None)
    return Line(
        id=str(one.id),
        channel=channel_name(one.channel),
        code=one.channel,
        house=one.house,
        house_id=str(one.property_id),
        remote=one.remote_property,
        state=one.state,
        light=light,
        words=words,
        detail=detail,
        waiting=_waiting(one, locale, now),
        to_take_in=_counted(*NN_("{n} message", "{n} messages"), one.messages_waiting, locale),
        refused=one.refused,
        refused_words=_counted(*NN_("{n} night refused", "{n} nights refused"), one.refused, locale),
        rooms_refused=one.rooms_refused > 0,
        urgent=one.problems + one.stuck_alone,
        urgent_words=_counted(*NN_("{n} booking to see to", "{n} bookings to see to"), one.problems + one.stuck_alone, locale),
        heard=when(one.heard_at, locale, one.timezone, now) or "—",
        told=when(one.told_at, locale, one.timezone, now) or "—",
        next_try=when(resting, locale, one.timezone, now),
        errors=translate("{failed} of {calls}", locale, failed=one.failed, calls=one.calls) if one.calls else "—",
        drift=_drift(one, locale, now),
        products=one.products,
        version=one.version,
        is_new=one.is_new,
        is_synced=one.swept_at is not None,
        was_told=one.told_at is not None,
        brings=brings(one.channel),
        sells=brings(one.channel) or (one.channel in ADAPTERS and ADAPTERS[one.channel].poll_seconds is not None),
    )


def lines(found: Sequence[queries.ConnectionLine], locale: str, now: datetime) -> list[Line]:
    """All cards, those that need somebody first."""
    return sorted((line(one, locale, now) for one in found), key=lambda one: LIGHTS.index(one.light))


def _waiting(one: queries.ConnectionLine, locale: str, now: datetime) -> str:
    if one.state == "paused" or one.state == "attention":
        return translate("What changes meanwhile is told afterwards", locale)
    time = when(one.since, locale, one.timezone, now)
    if one.cells_waiting and one.since:
        some = NN_("{n} night, news since {time}", "{n} nights, news since {time}")
        return translate_many(*some, one.cells_waiting, locale, time=time)
    if one.cells_waiting:
        return _counted(*NN_("{n} night", "{n} nights"), one.cells_waiting, locale)
    if one.since:
        return translate("News since {time}", locale, time=time)
    if one.swept_at is None and one.products:
        return translate("Everything", locale)
    return translate("Nothing", locale)


def _drift(one: queries.ConnectionLine, locale: str, now: datetime) -> str:
    if not one.drift:
        return translate("Not yet", locale)
    at = when(datetime.fromisoformat(one.drift["at"]), locale, one.timezone, now)
    if not one.drift.get("read"):
        return translate("It cannot be read there; everything was told anew, {time}", locale, time=at)
    cells = int(one.drift.get("cells") or 0)
    if not cells:
        return translate("The same, {time}", locale, time=at)
    return f"{_counted(*NN_('{n} night differed', '{n} nights differed'), cells, locale)}, {at}"


def _counted(one: str, many: str, n: int, locale: str) -> str:
    return translate_many(one, many, n, locale) if n else ""


def adopted(count: int, locale: str) -> str:
    """How much of what was proposed is mapped now."""
    some = _counted(*NN_("{n} line is mapped. Look at it.", "{n} lines are mapped. Look at them."), count, locale)
    return some or translate("There is nothing more to propose.", locale)


def trouble(one: queries.TroubledBooking, locale: str, now: datetime) -> Trouble:
    """A booking to see to, each of its problems as a sentence."""
    nights = f"{formats.day(one.arrival, locale)} – {formats.day(one.departure, locale)}" if one.arrival and one.departure else ""
    return Trouble(
        id=str(one.id),
        version=one.version,
        channel=channel_name(one.channel),
        house=one.house,
        booking=one.booking,
        guest=one.guest or one.code,
        nights=nights,
        href=stay_at(one.property_id, one.stay_id, one.arrival),
        ways=ways_at(one.property_id, one.stay_id, one.arrival, one.problems),
        words=[said([problem], locale) for problem in one.problems],
        at=when(one.changed_at, locale, one.timezone, now),
        connection=str(one.connection_id),
    )


def stuck(one: queries.StuckMessage, locale: str, now: datetime) -> Stuck:
    """A message nothing of which is in the books."""
    at = when(one.received_at, locale, one.timezone, now)
    words, detail = explained(one.words, locale)
    name, booking = channel_name(one.channel), one.booking or "—"
    return Stuck(str(one.id), name, one.house, booking, words, detail, at, str(one.connection_id), one.alone)


def message(one: queries.MessageLine, house: UUID, locale: str, timezone: str, now: datetime) -> Message:
    """A line of the message log."""
    words, detail = explained(one.words, locale) if one.state in ("stuck", "seen") else (one.words, "")
    return Message(
        id=str(one.id),
        at=when(one.received_at, locale, timezone, now),
        booking=one.booking or "—",
        revision=one.revision,
        state=one.state,
        kind=MESSAGE_KINDS[one.state],
        words=said(one.problems, locale) if one.state == "attention" and one.problems else words,
        detail=detail,
        code=one.code,
        href=stay_at(house, one.stay_id, one.arrival),
        ways=ways_at(house, one.stay_id, one.arrival, one.problems if one.state == "attention" else ()),
        thanked=one.acknowledged_at is not None,
    )


def call(one: queries.CallLine, locale: str, timezone: str, now: datetime) -> Call:
    """A line of the call log."""
    failed = one.status == 0 or one.status >= 400
    status = str(one.status) if one.status else translate("No answer", locale)
    status += f" × {formats.number(one.times, locale)}" if one.times > 1 else ""
    took = translate("{n} ms", locale, n=formats.number(one.milliseconds, locale))
    at = when(one.at, locale, timezone, now)
    return Call(str(one.id), at, one.inward, f"{one.method} {unquote(one.path)}", status, "bad" if failed else "ok", took)


def stay_at(house: UUID, stay_id: UUID | None, arrival: date | None) -> str:
    """The address of a stay in the calendar; "" for none."""
    return f"/calendar?property={house}&date={arrival.isoformat()}&stay={stay_id}" if stay_id and arrival else ""


def ways_at(house: UUID, stay_id: UUID | None, arrival: date | None, problems: Sequence[Problem]) -> str:
    """The address of the ways out for a stay that is oversold; "" for one that is not."""
    oversold = any(one["kind"] == "oversold" for one in problems)
    return stay_at(house, stay_id, arrival).replace("&stay=", "&ways=") if oversold else ""


def product_name(one: queries.ProductLine) -> str:
    """What of ours it is: "Double · Flexible"."""
    return " · ".join(filter(None, (one.room_type, one.unit, one.plan)))


def named(products: Sequence[queries.ProductLine]) -> dict[str, str]:
    """Names by product id."""
    return {str(one.id): product_name(one) for one in products}


def refusals(cells: Sequence[queries.RefusedCell], names: Mapping[str, str], currency: str, locale: str) -> list[Refusal]:
    """Nights in a row of a product with the same values and words are one line."""
    runs: list[list[queries.RefusedCell]] = []
    for cell in cells:
        last = runs[-1][-1] if runs else None
        next_one = last is not None and (last.product_id, last.values, last.words) == (cell.product_id, cell.values, cell.words)
        if last is not None and next_one and cell.night - last.night == timedelta(days=1):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return [_refusal(run, names, currency, locale) for run in runs]


def _refusal(run: Sequence[queries.RefusedCell], names: Mapping[str, str], currency: str, locale: str) -> Refusal:
    first, last = run[0], run[-1]
    nights = formats.day(first.night, locale)
    if last.night != first.night:
        nights = f"{nights} – {formats.day(last.night, locale)}"
    values = ", ".join(
        f"{field_words(name, locale)}: {value_words(name, value, currency, locale)}" for name, value in first.values.items()
    )
    return Refusal(
        f"{first.product_id}-{first.night}", names.get(str(first.product_id), "?"), nights, values, first.words.strip() or "—"
    )


def differences(drift: Mapping[str, Any] | None, names: Mapping[str, str], currency: str, locale: str) -> list[Difference]:
    """The examples the last comparison kept."""
    return [
        Difference(
            f"{one['product_id']}-{one['night']}-{one['field']}",
            names.get(one["product_id"], one["remote_id"]),
            formats.day(date.fromisoformat(one["night"]), locale),
            field_words(one["field"], locale),
            value_words(one["field"], one["ours"], currency, locale),
            value_words(one["field"], one["theirs"], currency, locale),
        )
        for one in (drift or {}).get("examples", ())
    ]


def field_words(name: str, locale: str) -> str:
    """A field in words: "price_2" is the price for two adults."""
    if name.startswith("price_"):
        n = int(name.removeprefix("price_"))
        return translate_many(*NN_("Price for {n} adult", "Price for {n} adults"), n, locale)
    return translate(FIELDS.get(name, name), locale)


def value_words(name: str, value: int, currency: str, locale: str) -> str:
    """A value as people say it."""
    if name.startswith("price"):
        return formats.money(value, currency, locale)
    if name in SWITCHES:
        return translate(YES if value else NO, locale)
    return formats.number(value, locale)


UNDERSTOOD = {True: N_("Understood"), False: N_("Not understood")}


def money(channel: str, currency: str, locale: str) -> Ability:
    """In which currency prices are told; a warning where the channel cannot be asked whether it has the same."""
    asked = ADAPTERS[channel].says_currency
    words = N_("{channel} cannot be asked for its currency. It has to have the property in {currency}, as it is here.")
    return Ability(
        "currency",
        translate("Currency: {currency}", locale, currency=currency),
        asked,
        translate("Asked before prices are told", locale) if asked else translate("Cannot be asked", locale),
        True,
        not asked,
        "" if asked else translate(words, locale, channel=channel_name(channel), currency=currency),
    )


def abilities(knows: frozenset[str], used: set[str], taxes_left_out: Sequence[str], locale: str) -> list[Ability]:
    """What the channel understands, against what the property uses. Taxes that its prices do not have are called by name."""
    if "closed_arrival" in knows:
        knows |= {"advance"}  # told as nights that are closed to arrival
    if not taxes_left_out:
        knows |= {"taxes"}
    used = used | {"rooms", "price"}
    named = f": {format_list(list(taxes_left_out), locale=known(locale))}" if taxes_left_out else ""
    lost = N_("{field}: used here, and not understood there. Guests of this channel are sold without it.")
    found = []
    for name, field in FIELDS.items():
        words, there = translate(field, locale) + (named if name == "taxes" else ""), name in knows
        missing = name in used and not there
        said = translate(lost, locale, field=words) if missing else ""
        found.append(Ability(name, words, there, translate(UNDERSTOOD[there], locale), name in used, missing, said))
    return found


def progress(found: queries.Synced, locale: str) -> Progress:
    """A full sync as its bar shows it."""
    settled = min(found.cells, found.accepted + found.refused)
    return Progress(
        done=found.done,
        percent=100 if found.done else min(99, 100 * settled // max(1, found.cells)),
        accepted=formats.number(found.accepted, locale),
        cells=formats.number(found.cells, locale),
        to_go=formats.number(found.cells - settled, locale),
        refused=found.refused,
    )

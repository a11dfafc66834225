"""Pure shaping of calendars (iCal): how old they are, what they hold, what somebody has to see to and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pms.channels.calendars.queries import FeedLine
from pms.channels.calendars.said import WANTED, Note
from pms.kernel import formats
from pms.kernel.words import NN_, translate, translate_many
from pms.properties.queries import Structure

LATE = timedelta(hours=1)
"""A reading that is older is amber: one is due every 15 minutes."""


@dataclass(frozen=True)
class Feed:
    """A calendar as the list shows it. `light` is a pill's kind; `age` and `asked` say how long ago, `read_at` when."""

    id: str = ""
    version: int = 0
    name: str = ""
    of: str = ""
    house: str = ""
    host: str = ""
    state: str = ""
    light: str = ""
    words: str = ""
    age: str = ""
    read_at: str = ""
    asked: str = ""
    holds: str = ""
    trouble: str = ""
    needs: bool = False
    is_new: bool = False
    """Whether its link has never been read."""


@dataclass(frozen=True)
class Matter:
    """One thing there is to say of a calendar: what, what to do, and where in Octaspace."""

    key: str
    kind: str
    words: str
    help: str
    href: str


def feed(one: FeedLine, locale: str, now: datetime) -> Feed:
    """A calendar's row."""
    light, words = _state(one, locale, now)
    return Feed(
        id=str(one.id),
        version=one.version,
        name=one.name,
        of=one.of,
        house=one.house,
        host=one.host,
        state=one.state,
        light=light,
        words=words,
        age=_ago(one.good_at, locale, now) if one.host else "—",
        read_at=formats.moment(one.good_at, locale, one.timezone) if one.good_at else "",
        asked=_ago(one.pulled_at, locale, now),
        holds=_holds(one, locale),
        trouble=_trouble(one, locale),
        needs=one.needs,
        is_new=bool(one.host) and one.fetched_at is None and one.state == "live",
    )


def _state(one: FeedLine, locale: str, now: datetime) -> tuple[str, str]:
    """Light and words, the worst first."""
    if one.state == "paused":
        return "warn", translate("Paused", locale)
    if one.fails:
        return "bad", translate("Cannot be read", locale)
    if one.needs:
        return "warn", translate("Needs attention", locale)
    if one.problem:
        return "warn", translate("The last reading failed", locale)
    if not one.host:
        return "", translate("Told only", locale)
    if one.good_at is None:
        return "", translate("Not read yet", locale)
    return ("warn", translate("Late", locale)) if now - one.good_at > LATE else ("ok", translate("Up to date", locale))


def _ago(at: datetime | None, locale: str, now: datetime) -> str:
    return formats.ago(now - at, locale) if at else translate("Never", locale)


def _holds(one: FeedLine, locale: str) -> str:
    stays = translate_many(*NN_("{n} stay", "{n} stays"), one.stays, locale)
    closed = translate_many(*NN_("{n} closed time", "{n} closed times"), one.blocks, locale)
    return f"{stays}, {closed}" if one.host else "—"


def _trouble(one: FeedLine, locale: str) -> str:
    """The first of what there is to see to, and how much more."""
    said = [matter.words for matter in matters(one, locale) if matter.kind]
    more = len(said) - 1
    return f"{said[0]} {translate_many(*NN_('And {n} more.', 'And {n} more.'), more, locale)}" if more > 0 else "".join(said)


def matters(one: FeedLine, locale: str) -> list[Matter]:
    """Everything there is to say of it, why it could not be read first, then what somebody has to see to."""
    kind = "bad" if one.fails else "warn"
    trouble = [_matter(one, one.problem, kind, locale)] if one.problem else []
    notes = sorted(one.notes, key=lambda said: said.key not in WANTED)
    return [*trouble, *(_matter(one, said, "warn" if said.key in WANTED else "", locale) for said in notes)]


def _matter(one: FeedLine, said: Note, kind: str, locale: str) -> Matter:
    first = said.data.get("first", "")
    href = f"/calendar?property={one.property_id}&date={first}" if first and said.key != "echo" else ""
    key = "-".join((said.key, *said.data.values()))
    return Matter(key, kind, said.say(locale), said.help(locale), href)


def places(house: Structure, locale: str) -> list[list[str]]:
    """What a calendar can be of: every unit, then every room type, which is told only; (value, words)."""
    units = [
        [f"unit/{unit.id}", f"{unit.name} · {kind.name}" if unit.name != kind.name else unit.name]
        for kind in house.room_types
        for unit in kind.units
    ]
    whole = translate("told only", locale)
    return units + [[f"type/{kind.id}", f"{kind.name} ({whole})"] for kind in house.room_types]


def feeds(found: Sequence[FeedLine], locale: str, now: datetime) -> list[Feed]:
    """All rows, those that need somebody first, else as they stand."""
    return [feed(one, locale, now) for one in sorted(found, key=lambda one: not one.needs)]

"""Dates, numbers and money as the reader's language writes them (CLDR, by way of Babel). Pure: no database, no clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol, get_decimal_symbol

from pms.kernel.money import to_decimal, to_minor
from pms.kernel.refusals import BadInput
from pms.kernel.words import LOCALES, known

WRITTEN_AS = {"en": "en_GB"}
"""English here is the European one: 24-hour clock, day before month."""

SAID_MOST = 5_000
"""Amounts and percentages whose words are kept: a screen says the same few again and again, and Babel takes its time."""

_SHORT = {"en": "EEE d MMM", "lt": "MMM d 'd'., EEE", "de": "EEE d. MMM"}


@lru_cache(maxsize=100)
def _locale(locale: str) -> Locale:
    base = known(locale)
    return Locale.parse(WRITTEN_AS.get(base, base))


def day(value: date, locale: str) -> str:
    """A local date, short: "23 Nov 2026"."""
    return format_date(value, "medium", locale=_locale(locale))


def day_short(value: date, locale: str) -> str:
    """A local date without its year, with the weekday: "Mon 23 Nov"."""
    return format_date(value, _SHORT[known(locale)], locale=_locale(locale))


def weekday(value: date, locale: str) -> str:
    """The weekday, abbreviated: "Mon"."""
    return format_date(value, "ccc", locale=_locale(locale)).rstrip(".")


def month(value: date, locale: str) -> str:
    """Month and year as a heading: "November 2026"."""
    return format_skeleton("yMMMM", value, locale=_locale(locale))


def span(first: date, last: date, locale: str) -> str:
    """Months from first to last as a heading: "November – December 2026"."""
    if (first.year, first.month) == (last.year, last.month):
        return month(first, locale)
    if first.year != last.year:
        return f"{month(first, locale)} – {month(last, locale)}"
    name = format_date(first, "LLLL", locale=_locale(locale))
    both = month(last, locale)
    tail = format_date(last, "LLLL", locale=_locale(locale))
    return both.replace(tail, f"{name} – {tail}") if tail in both else f"{name} – {both}"


def brief_span(first: date, last: date, locale: str) -> str:
    """The same with months abbreviated: "Nov – Dec 2026"."""
    words = span(first, last, locale)
    for day in (first, last):
        whole, brief = (format_date(day, pattern, locale=_locale(locale)) for pattern in ("LLLL", "LLL"))
        words = words.replace(whole, brief)
    return words


def moment(value: datetime, locale: str, timezone: str) -> str:
    """An instant on the property's wall: "23 Nov 2026, 14:06"."""
    return format_datetime(value, "medium", tzinfo=ZoneInfo(timezone), locale=_locale(locale)).rsplit(":", 1)[0]


def clock(value: time | datetime, locale: str, timezone: str = "UTC") -> str:
    """Hours and minutes: "14:06". A plain time is local already."""
    zone = ZoneInfo(timezone) if isinstance(value, datetime) else None
    return format_time(value, "HH:mm", tzinfo=zone, locale=_locale(locale))


def ago(past: timedelta, locale: str) -> str:
    """How long something is over, to the minute at most: "4 minutes ago", "prieš 4 minutes"."""
    whole = max(timedelta(minutes=1), past - past % timedelta(minutes=1))
    return format_timedelta(-whole, granularity="minute", threshold=1, add_direction=True, locale=_locale(locale))


def number(value: int | float | Decimal, locale: str, digits: int | None = None) -> str:
    """A number with the language's separators; `digits` fixes the decimals."""
    pattern = None if digits is None else "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=_locale(locale))


@lru_cache(maxsize=SAID_MOST)
def percent(share: float, locale: str, digits: int = 0) -> str:
    """A share of one as per cent: 0.87 -> "87%"."""
    pattern = _locale(locale).percent_formats[None].pattern
    return format_percent(share, format=pattern.replace("0", "0." + "0" * digits) if digits else None, locale=_locale(locale))


@lru_cache(maxsize=SAID_MOST)
def money(minor: int, currency: str, locale: str) -> str:
    """Minor units as an amount with its currency: 8450 EUR -> "€84.50", "84,50 €"."""
    return format_currency(to_decimal(minor, currency), currency, locale=_locale(locale))


def money_bare(minor: int, currency: str, locale: str) -> str:
    """Minor units as a person types them into a field: no symbol, no grouping."""
    return format_currency(to_decimal(minor, currency), currency, format="0.00", locale=_locale(locale))


def symbol(currency: str, locale: str) -> str:
    """The currency's sign: EUR -> "€"."""
    return get_currency_symbol(currency, locale=_locale(locale))


def read_money(text: str, currency: str, locale: str, field: str = "amount") -> int:
    """What a person typed ("1 234,50", "1,234.50", "84.5") as minor units. Refuses `BadInput`."""
    return to_minor(_read_decimal(text, decimal_sign(locale), field, "This is not an amount of money."), currency, field)


def read_number(text: str, locale: str, field: str = "number") -> Decimal:
    """What a person typed as a number, by the language's separators. Refuses `BadInput`."""
    return read_number_with(text, decimal_sign(locale), field)


def read_number_with(text: str, decimal: str, field: str = "number") -> Decimal:
    """A number as text, where `decimal` ("." or ",") says how "1.234" is meant. Refuses `BadInput`."""
    return _read_decimal(text, decimal, field, "This is not a number.")


def decimal_sign(locale: str) -> str:
    """What a language writes before the decimals."""
    return get_decimal_symbol(locale=_locale(locale))


_BLANKS = str.maketrans({**dict.fromkeys(" \u00a0\u2009\u202f'’"), "−": "-"})


def _read_decimal(text: str, usual: str, field: str, problem: str) -> Decimal:
    """What is no number in any language is refused: a guess would sell a night for a thousandth of its price."""
    bare = text.strip().translate(_BLANKS)
    shown = decimal_shown(bare)
    decimal = usual if shown is None else shown
    group = _OTHER.get(decimal, "")
    whole, _, rest = bare.partition(decimal) if decimal else (bare, "", "")
    grouped = rf"[+-]?([0-9]*|[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+)"
    if not re.fullmatch(grouped, whole) or not re.fullmatch("[0-9]*", rest) or not re.search("[0-9]", bare):
        raise BadInput(field, problem)
    return Decimal(f"{whole.replace(group, '')}.{rest}")


_OTHER = {".": ",", ",": "."}


def decimal_shown(text: str) -> str | None:
    """Which of "." and "," a number shows to be its decimal sign, whoever typed it: of two kinds the last, of one that repeats
    the other. Empty when it has neither; None for "1.234", which can be read both ways.
    """
    bare = text.strip().translate(_BLANKS)
    marks = [mark for mark in bare if mark in _OTHER]
    if len(marks) < 2 or len(set(marks)) == 2:
        return None if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}", bare) else "".join(marks[-1:])
    return _OTHER[marks[0]]


def language_names() -> dict[str, str]:
    """Languages to choose from, each in its own words."""
    return dict(LOCALES)


def countries(locale: str) -> list[tuple[str, str]]:
    """ISO 3166 countries as (code, name), sorted as the reader expects."""
    names = _locale(locale).territories
    return sorted(
        ((code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES),
        key=lambda c: c[1],
    )


def currency_of(country: str) -> str:
    """The currency a country pays with today: "LT" -> "EUR"."""
    history = get_global("territory_currencies").get(country, [])
    current = [entry[0] for entry in history if entry[2] is None and entry[3]]
    return current[0] if current else "EUR"


_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "XK", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"})

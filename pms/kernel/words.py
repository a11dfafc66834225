"""Sentences in the reader's language, over the gettext catalogs of pms/locale.

English is the msgid itself. A sentence with no translation yet is shown in English: late is better than broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

LOCALES: dict[str, str] = {"en": "English", "lt": "Lietuvių", "de": "Deutsch"}
"""Languages a person can choose, each by its own name."""

FOLDER = Path(__file__).parent.parent / "locale"
DOMAIN = "octaspace"


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogs where it is written down but not yet said."""
    return sentence


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark a sentence with a number in it for the catalogs where it is written down but not yet said."""
    return one, many


THINGS = (
    N_("organization"),
    N_("person"),
    N_("membership"),
    N_("invitation"),
    N_("property"),
    N_("room type"),
    N_("unit"),
    N_("amenity"),
    N_("block"),
    N_("reservation"),
    N_("stay"),
    N_("guest"),
    N_("walk letter"),
    N_("rate plan"),
    N_("price rule"),
    N_("policy"),
    N_("tax"),
    N_("age band"),
    N_("channel"),
    N_("channel connection"),
    N_("channel message"),
    N_("channel booking"),
    N_("channel call"),
    N_("calendar feed"),
)
"""What refusals call the rows of tables: the `what` of `NotFound`."""


def known(locale: str | None) -> str:
    """The language itself if we speak it, else its base ("de-AT" -> "de"), else English."""
    base = (locale or "en").replace("_", "-").split("-")[0].lower()
    return base if base in LOCALES else "en"


def preferred(accept_language: str) -> str:
    """The first language of an Accept-Language header that we speak."""
    for part in accept_language.split(","):
        base = part.split(";")[0].strip().split("-")[0].lower()
        if base in LOCALES:
            return base
    return "en"


def catalog_path(locale: str) -> Path:
    """Where the translators' file of a language is."""
    return FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def catalog(locale: str) -> Catalog:
    """The catalog of a language, read once per process."""
    if locale == "en":
        return Catalog(locale="en")
    with catalog_path(locale).open("rb") as file:
        return read_po(file, locale=locale)


def lookup(sentence: str, locale: str) -> str:
    """The sentence in that language with its {placeholders} still in it."""
    message = catalog(known(locale)).get(sentence)
    found = _strings(message)
    return found[0] if found and found[0] else sentence


def _strings(message: Message | None) -> tuple[str, ...]:
    """What a message says in its language; nothing while a translator is not sure of it."""
    if message is None or message.fuzzy or not message.string:
        return ()
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def forms(one: str, many: str, locale: str) -> tuple[str, ...]:
    """All plural forms of a sentence, in the order of the language's rule (English: one, many)."""
    found = _strings(catalog(known(locale)).get((one, many)))
    return found if found and all(found) else (one, many)


def form_of(number: int, locale: str) -> int:
    """Which plural form a number takes: Lithuanian has three, German and English two."""
    if known(locale) != "lt":
        return 0 if number == 1 else 1
    teen = 10 <= number % 100 <= 20
    return 0 if number % 10 == 1 and not teen else 1 if number % 10 >= 2 and not teen else 2


def _said(name: str, value: Any, locale: str) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return format_date(value, "d MMM", locale=Locale.parse(locale))
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_said(name, one, locale) for one in value)
    return lookup(value, locale) if name == "what" and isinstance(value, str) else str(value)


def _fill(text: str, locale: str, values: Mapping[str, Any]) -> str:
    if not values:
        return text
    said = text.format_map({name: _said(name, value, locale) for name, value in values.items()})
    return said[:-1] if said.endswith("..") and not said.endswith("...") else said  # "25. Nov." ends the sentence, too


def translate(sentence: str, locale: str, **values: Any) -> str:
    """The sentence in the reader's language, placeholders filled; dates and lists are spelled, `what` is translated too."""
    return _fill(lookup(sentence, locale), known(locale), values)


def translate_many(one: str, many: str, n: int, locale: str, **values: Any) -> str:
    """The form of the sentence that fits the number `n`, which is also the placeholder {n}."""
    chosen = forms(one, many, locale)
    if len(chosen) == 2:
        return _fill(chosen[0 if n == 1 else 1], known(locale), {"n": n, **values})
    return _fill(chosen[form_of(n, locale)], known(locale), {"n": n, **values})

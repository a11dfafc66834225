"""Country codes as files write them -> ISO 3166-1 alpha-2, by CLDR's table of aliases. Pure."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from babel.core import get_global

LANGUAGES = ("en", "lt", "de")


@lru_cache(maxsize=2_000)
def alpha2(text: str) -> str:
    """ "PRT", "PT", "Portugal", "Portugalija" -> "PT"; "" for what is no country."""
    word = text.strip()
    code = word.upper()
    if len(code) == 2 and code in _names():
        return code
    if code in get_global("territory_aliases") and len(code) in (2, 3):
        return str(get_global("territory_aliases")[code][0])
    return _by_name().get(word.casefold(), "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {code: str(name) for code, name in Locale.parse("en").territories.items() if len(code) == 2 and code.isalpha()}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    return {
        str(name).casefold(): code
        for language in LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if code in _names()
    }

"""Sentences and formats in three languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pms.kernel import catalogs, formats
from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import LOCALES, catalog, form_of, known, preferred, translate, translate_many
from pms.rates.restrict import Reason
from pms.rates.said import reason

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_an_unknown_sentence_is_said_in_english() -> None:
    assert translate("Nobody has said this yet, {name}.", "lt", name="Rasa") == "Nobody has said this yet, Rasa."


def test_a_refusal_speaks_three_languages() -> None:
    said = {locale: NotFound(what="room type").say(locale) for locale in LOCALES}
    assert said["en"] == "There is no such room type here."
    assert len(set(said.values())) == 3


@pytest.mark.parametrize("locale", ["de", "lt"])
def test_a_sentence_that_ends_in_a_date_ends_in_one_full_stop(locale: str) -> None:
    said = reason(Reason("closed_arrival", date(2026, 11, 25)), locale)
    assert said.endswith(".")
    assert not said.endswith("..")


@pytest.mark.parametrize(
    ("asked", "spoken"), [("lt", "lt"), ("de-AT", "de"), ("LT_lt", "lt"), ("fr", "en"), (None, "en"), ("", "en")]
)
def test_a_language_we_do_not_speak_is_english(asked: str | None, spoken: str) -> None:
    assert known(asked) == spoken


def test_the_browser_says_what_it_prefers() -> None:
    assert preferred("fr-FR,fr;q=0.9,lt;q=0.8,en;q=0.7") == "lt"
    assert preferred("") == "en"


@pytest.mark.parametrize(
    ("n", "form"), [(1, 0), (21, 0), (101, 0), (2, 1), (9, 1), (22, 1), (0, 2), (10, 2), (11, 2), (19, 2), (20, 2), (111, 2)]
)
def test_lithuanian_counts_in_three_forms(n: int, form: int) -> None:
    assert form_of(n, "lt") == form


def _by_catalog(n: int) -> int:
    from gettext import c2py

    return int(c2py(catalog("lt").plural_expr)(n))


@given(st.integers(0, 100_000))
def test_our_plural_rule_is_that_of_the_catalog(n: int) -> None:
    assert form_of(n, "lt") == _by_catalog(n)
    assert translate_many("{n} unit", "{n} units", n, "en") == f"{n} unit{'' if n == 1 else 's'}"


def test_every_translation_keeps_its_placeholders() -> None:
    for locale in (one for one in LOCALES if one != "en"):
        for message in catalog(locale):
            if not message.id or not message.string:
                continue
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            source = message.id[-1] if isinstance(message.id, tuple | list) else message.id
            for text in filter(None, texts):
                assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(source)), (locale, source, text)


def test_sentences_are_found_where_they_are_said() -> None:
    source = """
class No(Refusal):
    sentence = "No {x}."
label = t("Hello")
many = tn("{n} night", "{n} nights", 3)
said = word_of(code, {"a": N_("Able")})
raise BadInput("f", "Bad {y}")
"""
    found = {sentence for _, sentence in catalogs.sentences(source)}
    assert found == {"No {x}.", "Hello", ("{n} night", "{n} nights"), "Bad {y}", "Able"}


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("locale", "day", "short", "money"),
    [
        ("en", "23 Nov 2026", "Mon 23 Nov", "€1,234.50"),
        ("lt", "2026-11-23", "lapkr. 23 d., pr", "1 234,50 €"),
        ("de", "23.11.2026", "Mo. 23. Nov.", "1.234,50 €"),
    ],
)
def test_dates_and_money_as_people_write_them(locale: str, day: str, short: str, money: str) -> None:
    assert formats.day(DAY, locale) == day
    assert formats.day_short(DAY, locale) == short
    assert formats.money(123_450, "EUR", locale).replace("\u00a0", " ").replace("\u202f", " ") == money


def test_a_heading_over_two_months_says_the_year_once() -> None:
    assert formats.span(DAY, date(2026, 12, 9), "en") == "November – December 2026"
    assert formats.span(date(2026, 12, 20), date(2027, 1, 5), "en") == "December 2026 – January 2027"
    assert formats.span(DAY, DAY, "de") == "November 2026"


def test_a_heading_is_shorter_where_there_is_less_room() -> None:
    assert formats.brief_span(DAY, date(2026, 12, 9), "en") == "Nov – Dec 2026"
    assert formats.brief_span(DAY, date(2026, 12, 9), "lt") == "2026 m. lapkr. – gruod."


def test_instants_are_shown_on_the_property_wall() -> None:
    assert formats.moment(datetime(2026, 11, 23, 12, 6, tzinfo=UTC), "en", "Europe/Vilnius") == "23 Nov 2026, 14:06"
    assert formats.clock(datetime(2026, 11, 23, 23, 6, tzinfo=UTC), "de", "Europe/Vilnius") == "01:06"
    assert formats.clock(time(15), "lt") == "15:00"


@pytest.mark.parametrize(
    ("typed", "locale", "minor"),
    [
        ("84.50", "en", 8450),
        ("84,50", "en", 8450),
        ("84,5", "lt", 8450),
        ("1 234,50", "lt", 123_450),
        ("1.234,50", "de", 123_450),
        ("1,234.50", "en", 123_450),
        ("1.234", "de", 123_400),
        ("-3", "en", -300),
        (".5", "en", 50),
        ("90", "de", 9000),
        ("1.234,50", "en", 123_450),
        ("1,234.50", "de", 123_450),
        ("1.234.567", "en", 123_456_700),
        ("1'234.50", "de", 123_450),
        ("1.234,5", "lt", 123_450),
        ("0.125", "de", 13),
    ],
)
def test_amounts_are_read_as_typed(typed: str, locale: str, minor: int) -> None:
    assert formats.read_money(typed, "EUR", locale) == minor


NO_AMOUNTS = ["", "abc", "1e400", "NaN", "--1", "1,2,3.4.5", "∞", "1,2,3", "12,34.5", "1..2", ".", "1e5", "1_000", "1,234.50.6"]


@pytest.mark.parametrize("typed", NO_AMOUNTS)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        formats.read_money(typed, "EUR", "en", "price")


@given(st.integers(-(10**9), 10**9), st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(sorted(LOCALES)))
def test_a_field_reads_back_what_it_shows(minor: int, currency: str, locale: str) -> None:
    assert formats.read_money(formats.money_bare(minor, currency, locale), currency, locale) == minor


def test_numbers() -> None:
    assert formats.read_number("1.234,5", "de") == Decimal("1234.5")
    assert formats.number(1234.5, "de") == "1.234,5"
    assert formats.percent(0.8731, "en", 1) == "87.3%"
    assert formats.currency_of("LT") == "EUR"
    assert ("LT", "Lithuania") in formats.countries("en")

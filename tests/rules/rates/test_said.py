"""Rates in words: every sentence in every language, Lithuanian numbers in their right forms, percentages whole."""

from datetime import date

import pytest

from pms.kernel.words import LOCALES
from pms.rates import said
from pms.rates.price import why
from pms.rates.restrict import RULES, Reason
from tests.rules.rates.boards import a_board, a_plan, a_rule, a_type
from tests.rules.rates.test_policy import TIERED, _policy

NIGHT = date(2027, 6, 1)
EASTER = date(2027, 3, 28)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("rule", RULES)
def test_every_reason_has_a_sentence_of_its_own_language(rule: str, locale: str) -> None:
    sentence = said.reason(Reason(rule, NIGHT, 3), locale)
    assert "{" not in sentence
    assert locale == "en" or sentence != said.reason(Reason(rule, NIGHT, 3), "en")


@pytest.mark.parametrize(
    ("nights", "words"),
    [(2, "2 naktis"), (9, "9 naktis"), (10, "10 naktų"), (11, "11 naktų"), (21, "21 naktį"), (22, "22 naktis"), (30, "30 naktų")],
)
def test_nights_in_lithuanian(nights: int, words: str) -> None:
    assert said.reason(Reason("min_stay", NIGHT, nights), "lt").endswith(f"bent {words}.")


@pytest.mark.parametrize(
    ("rule", "one", "several"),
    [
        ("too_late", "This plan is sold up to one day before arrival.", "This plan is sold up to 2 days before arrival."),
        ("max_stay", "On Tue 1 Jun at most one night may be stayed.", "On Tue 1 Jun at most 2 nights may be stayed."),
    ],
)
def test_one_is_not_said_as_several(rule: str, one: str, several: str) -> None:
    assert [said.reason(Reason(rule, NIGHT, number), "en") for number in (1, 2)] == [one, several]


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        (
            "en",
            "Free cancellation until 00:00 14 days before arrival, then €25.00; from 18:00 2 days before arrival on the first"
            " night; from 12:00 on the day of arrival on the whole stay.",
        ),
        (
            "lt",
            "Nemokamas atšaukimas iki 00:00 likus 14 dienų iki atvykimo, vėliau: 25,00 €; nuo 18:00 likus 2 dienoms iki"
            " atvykimo – 1 pirmosios nakties kaina; nuo 12:00 atvykimo dieną – visa viešnagės kaina.",
        ),
        (
            "de",
            "Kostenlos stornierbar bis 00:00 Uhr 14 Tage vor Anreise, danach 25,00 €; ab 18:00 Uhr 2 Tage vor Anreise die erste"
            " Nacht; ab 12:00 Uhr am Anreisetag der ganze Aufenthalt.",
        ),
    ],
)
def test_a_cancellation_policy_is_one_sentence(locale: str, sentence: str) -> None:
    assert _plain(said.cancellation(TIERED, "EUR", locale)) == sentence


def test_a_percentage_loses_none_of_its_digits() -> None:
    policy = _policy({"percent": 1_250}, {"days": 1, "percent": 5_000, "nights": 2})
    assert said.cancellation(policy, "EUR", "en") == (
        "Cancelling costs 12.5% of the whole stay; from 00:00 one day before arrival on 50% of the first 2 nights."
    )
    assert [said.percent(value, "en") for value in (800, -1_250, 825)] == ["+8%", "−12.5%", "+8.25%"]


def test_a_deposit_is_one_sentence() -> None:
    policy = _policy(
        {"percent": 3_000}, {"days": 30, "fixed": 5_000}, {"days": 1, "percent": 2_000}, {"days": 0, "percent": 1_000}
    )
    assert said.deposit(policy, "EUR", "en") == (
        "Due: 30% of the whole stay at once; €50.00 30 days before arrival; 20% of the whole stay one day before arrival;"
        " 10% of the whole stay on the day of arrival."
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_where_nothing_is_agreed_leaving_is_free_and_paying_comes_later(locale: str) -> None:
    for policy in (None, _policy()):
        assert (
            said.cancellation(policy, "EUR", locale)
            == {
                "en": "Free cancellation until arrival.",
                "lt": "Nemokamas atšaukimas iki atvykimo.",
                "de": "Kostenlos stornierbar bis zur Anreise.",
            }[locale]
        )
        assert said.deposit(policy, "EUR", locale)


def test_why_a_price_is_what_it_is_line_by_line() -> None:
    flexible = a_plan(name="Flexible")
    strict = a_plan(flexible, name="Strict", percent=-1_250, amount=-100, per_adult=200, round_step=50)
    kind = a_type(10_033)
    board = a_board([flexible, strict], [kind], rules=(a_rule(name="Easter", percent=850, amount=50, holidays="day"),))
    steps = why(board, strict.id, kind.id, EASTER)
    lines = [said.step(step, steps[at - 1].price if at else None, "EUR", "en") for at, step in enumerate(steps)]
    assert lines == [
        ("Base price of the room type", "€100.33"),
        ("Easter +8.5% +€0.50", "+€9.03"),
        ("Strict −12.5% −€1.00 +€2.00 a person", "−€10.67"),
        ("rounded to €0.50", "−€0.19"),
    ]
    assert said.formula(strict, flexible, "EUR", "en") == "Flexible −12.5% −€1.00 +€2.00 a person, rounded to €0.50"


@pytest.mark.parametrize("locale", LOCALES)
def test_meals_and_roundings_in_every_language(locale: str) -> None:
    for meals in ("none", "breakfast", "half_board", "full_board", "all_inclusive"):
        assert said.meals(a_plan(meals=meals), locale)
    words = {said.rounding(100, ending, towards, "EUR", locale) for ending in (0, 99) for towards in ("nearest", "up", "down")}
    assert len(words) == 4
    assert said.rounding(1, 0, "up", "EUR", locale) == ""

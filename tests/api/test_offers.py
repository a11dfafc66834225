"""Offers over HTTP: what can be sold, what cannot and why, and the nearest that can."""

from __future__ import annotations

from typing import Any

from pms.kernel.db import work
from pms.properties.models import Tax
from pms.rates.models import Policy
from tests.api.conftest import Hotel

WISH = {"arrival": "2027-06-01", "departure": "2027-06-03"}


def ask(hotel: Hotel, language: str = "en", **more: Any) -> dict[str, Any]:
    answer = hotel.get(f"/properties/{hotel.property_id}/offers", params={**WISH, **more}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (language, "Accept-Language")
    return answer.json()  # type: ignore[no-any-return]


def a_strict_plan(hotel: Hotel) -> str:
    """10 % less; half the stay from 18:00 two days before, 30 % due at once."""
    with work(hotel.owner) as db:
        tenant = {"organization_id": hotel.owner.organization_id, "property_id": hotel.property_id}
        tiers = [{"days": 2, "time": "18:00", "fixed": 0, "percent": 5_000, "nights": None}]
        leaving = Policy(**tenant, kind="cancellation", name="Strict", tiers=tiers)
        paying = Policy(**tenant, kind="deposit", name="Third", tiers=[{"days": None, "fixed": 0, "percent": 3_000}])
        db.add_all([leaving, paying])
        db.flush()
        ids = {"cancellation_id": str(leaving.id), "deposit_id": str(paying.id)}
    return str(hotel.add_plan(**ids).json()["id"])


def test_offers_come_cheapest_first_with_nights_and_taxes(hotel: Hotel) -> None:
    hotel.add_plan()
    hotel.set_rates(hotel.rate("2027-06-02", "2027-06-03", price=12_000))
    with work(hotel.owner) as db:
        tenant = {"organization_id": hotel.owner.organization_id, "property_id": hotel.property_id}
        db.add(Tax(**tenant, name="VAT", kind="percent", percent=900, included=True))
        db.add(Tax(**tenant, name="City tax", kind="per_person_night", amount=200, included=False))
    found = ask(hotel)
    assert (found["currency"], found["refused"], found["nearest"]) == ("EUR", None, None)
    assert [(one["rate_plan"]["code"], one["room_type"]["name"], one["price"], one["free"]) for one in found["offers"]] == [
        ("NR", "Single", 12_600, 2),
        ("FLEX", "Single", 14_000, 2),
        ("NR", "Double", 19_800, 3),
        ("FLEX", "Double", 22_000, 3),
    ]
    double = found["offers"][3]
    assert double["nights"] == [{"date": "2027-06-01", "price": 10_000}, {"date": "2027-06-02", "price": 12_000}]
    assert double["total"] == 22_000 + 4 * 200
    assert [(tax["name"], tax["amount"], tax["included"]) for tax in double["taxes"]] == [
        ("VAT", 22_000 - double["net"], True),
        ("City tax", 800, False),
    ]


def test_leaving_and_paying_are_said_in_a_sentence_and_in_amounts(hotel: Hotel) -> None:
    a_strict_plan(hotel)
    offer = next(one for one in ask(hotel)["offers"] if (one["rate_plan"]["code"], one["price"]) == ("NR", 18_000))
    assert offer["cancellation"]["tiers"] == [{"since": "2027-05-30T15:00:00Z", "amount": 9_000}]
    assert offer["cancellation"]["no_show"] == 9_000
    assert [part["amount"] for part in offer["deposit"]["parts"]] == [5_400]
    texts = {
        next(one for one in ask(hotel, language)["offers"] if one["rate_plan"]["code"] == "NR")["cancellation"]["text"]
        for language in ("en", "de", "lt")
    }
    assert len(texts) > 1


def test_what_cannot_be_sold_says_every_reason_when_asked(hotel: Hotel) -> None:
    hotel.set_rates(hotel.rate(min_stay=3), hotel.rate("2027-06-02", "2027-06-03", closed=True))
    found = ask(hotel, refused="true")
    assert [one["room_type"]["name"] for one in found["offers"]] == ["Single"]
    (refused,) = found["refused"]
    assert [(reason["rule"], reason["date"], reason["value"]) for reason in refused["reasons"]] == [
        ("min_stay", "2027-06-01", 3),
        ("closed", "2027-06-02", None),
    ]
    assert all(reason["text"] for reason in refused["reasons"])


def test_codes_ages_and_channels_decide_what_is_offered(hotel: Hotel) -> None:
    hotel.add_plan("PROMO", access="code", codes=["Summer"], percent=-2_000)
    hotel.add_plan("WEB", channels=["website"])
    codes = lambda **more: {one["rate_plan"]["code"] for one in ask(hotel, **more)["offers"]}  # noqa: E731
    assert codes() == {"FLEX"}
    assert codes(codes=["other", " SUMMER "]) == {"FLEX", "PROMO"}
    assert codes(channel="website") == {"FLEX", "WEB"}
    assert codes(children_ages=[4]) == {"FLEX"}
    assert codes(children_ages=[4, 9]) == set()


def test_the_nearest_that_can_be_sold_when_nothing_can(hotel: Hotel) -> None:
    closed = [
        hotel.rate("2027-06-01", "2027-06-04", closed=True, room_type_id=str(kind)) for kind in (hotel.double, hotel.single)
    ]
    hotel.set_rates(*closed)
    assert ask(hotel)["nearest"] is None
    found = ask(hotel, nearest="true")
    assert found["offers"] == []
    days = [(one["arrival"], one["departure"]) for one in found["nearest"]]
    assert days[:2] == [("2027-05-30", "2027-06-01"), ("2027-05-29", "2027-05-31")]
    assert found["nearest"][0]["offer"]["nights"][0]["date"] == "2027-05-30"


def test_an_offer_says_of_each_night_why_it_costs_that_if_asked(hotel: Hotel) -> None:
    hotel.add_plan(markups={"website": {"percent": 1_000}})
    hotel.set_rates(hotel.rate(price=12_000))
    asked = ask(hotel, "de", channel="website", why="true")
    offer = next(one for one in asked["offers"] if one["rate_plan"]["code"] == "NR" and one["room_type"]["name"] == "Double")
    first = offer["nights"][0]
    assert [(one["kind"], one["price"], one["percent"]) for one in first["steps"]] == [
        ("base", 10_000, 0),
        ("manual", 12_000, 0),
        ("formula", 10_800, -1_000),
        ("markup", 11_880, 1_000),
    ]
    assert (first["price"], first["steps"][1]["text"]) == (11_880, "Von Hand gesetzter Preis")
    assert all("steps" not in night for one in ask(hotel)["offers"] for night in one["nights"])

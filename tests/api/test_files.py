"""Files in and out by cookie: refused before their bytes are read, or not at all."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from pms.accounts.sessions import COOKIE
from pms.api import files
from pms.api.app import http
from pms.imports import run
from pms.imports.drive import run_to_end
from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.reservations.book import Booking, Room, book
from pms.reservations.guests import GuestDetails
from pms.reservations.relocate import Walk, walk
from pms.settings import settings
from tests.builders import Cast, a_property, a_room_type
from tests.domains.imports.test_import import TODAY, a_file, a_line
from tests.screens.conftest import session_of

FILE = a_file([a_line("A", TODAY), a_line("B", TODAY, adults="x")])


def browser(actor: Actor | None, origin: str | None = None) -> TestClient:
    client = TestClient(http, headers={"origin": origin or settings().allowed_origins[0]})
    if actor:
        client.cookies.set(COOKIE, session_of(actor))
    return client


def test_a_file_is_taken_in_and_its_rejected_rows_come_out(olga: Actor) -> None:
    house = a_property(olga)
    client = browser(olga)
    answer = client.post("/files/imports", params={"property": str(house), "name": "mine.csv"}, content=FILE)
    assert answer.status_code == 201
    import_id = UUID(answer.json()["id"])
    with work(olga) as db:
        plan = run.load(db, import_id)
        run.start(db, import_id, plan, by_worker=False)
    run_to_end(olga, import_id, plan)
    out = client.get(f"/files/imports/{import_id}/rejected.csv")
    assert out.headers["content-type"].startswith("text/csv")
    assert out.headers["cache-control"] == "no-store"
    assert "A number of persons cannot be read." in out.text


@pytest.mark.parametrize(("who", "status"), [("rita", 403), ("otto", 404), (None, 401)])
def test_others_are_refused(cast: Cast, who: str | None, status: int) -> None:
    house = a_property(cast.olga)
    client = browser(getattr(cast, who) if who else None)
    assert client.post("/files/imports", params={"property": str(house)}, content=FILE).status_code == status
    with work(cast.olga) as db:
        import_id = run.receive(db, house, "x.csv", FILE).id
    assert client.get(f"/files/imports/{import_id}/rejected.csv").status_code == status
    assert client.get(f"/files/imports/{uuid4()}/rejected.csv").status_code == (status if status == 401 else 404)


def test_another_sites_page_cannot_send_a_file(olga: Actor) -> None:
    house = a_property(olga)
    client = browser(olga, "https://evil.example")
    assert client.post("/files/imports", params={"property": str(house)}, content=FILE).status_code == 403


def test_what_is_no_csv_or_too_large_is_refused_in_words(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    house = a_property(olga)
    client = browser(olga)
    answer = client.post("/files/imports", params={"property": str(house)}, content=b"\x00\x01\x02")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not-a-csv", "file")
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    assert client.post("/files/imports", params={"property": str(house)}, content=FILE).status_code == 413


RATES = b"room_type,plan,date,price\nDouble,FLEX,2027-06-01,130\nSuite,FLEX,2027-06-01,1\n"


def test_rates_go_out_and_what_comes_in_is_tried_then_done(olga: Actor) -> None:
    house = a_property(olga)
    a_room_type(olga, house)
    client = browser(olga)
    span = {"property": str(house), "from": "2027-06-01", "to": "2027-06-03"}
    for form in ("csv", "xlsx"):
        out = client.get("/files/rates", params={**span, "format": form})
        assert (out.status_code, out.headers["cache-control"]) == (200, "no-store")
        assert f'filename="rates-2027-06-01-2027-06-03.{form}"' in out.headers["content-disposition"]
        assert client.post("/files/rates", params={"property": str(house)}, content=out.content).json()["rows"] == 6
    tried = client.post("/files/rates", params={"property": str(house)}, content=RATES).json()
    assert (tried["rows"], tried["changing"], tried["refused"]) == (2, 1, 1)
    assert [(line["row"], line["refused"]) for line in tried["lines"]] == [(3, True), (2, False)]
    asked = {"property": str(house), "fingerprint": tried["fingerprint"]}
    done = client.post("/files/rates", params=asked, content=RATES).json()
    assert done["done"]
    assert done["change_id"]
    again = client.post("/files/rates", params=asked, content=RATES)
    assert (again.status_code, again.json()["code"]) == (409, "not-as-tried")


@pytest.mark.parametrize(("who", "status"), [("rita", 403), ("otto", 404), (None, 401)])
def test_rates_of_others_are_refused(cast: Cast, who: str | None, status: int) -> None:
    house = a_property(cast.olga)
    client = browser(getattr(cast, who) if who else None)
    assert client.post("/files/rates", params={"property": str(house)}, content=RATES).status_code == status
    span = {"property": str(house), "from": "2027-06-01", "to": "2027-06-03"}
    assert client.get("/files/rates", params=span).status_code == (200 if who == "rita" else status)
    abroad = browser(cast.olga, "https://evil.example")
    assert abroad.post("/files/rates", params={"property": str(house)}, content=RATES).status_code == 403


def test_rates_that_are_no_sheet_or_too_large_are_refused_in_words(olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    house = a_property(olga)
    client = browser(olga)
    answer = client.post("/files/rates", params={"property": str(house)}, content=b"\x00\x01\x02")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not-a-sheet", "file")
    monkeypatch.setattr(files.sheets, "BYTES_MAX", 10)
    assert client.post("/files/rates", params={"property": str(house)}, content=RATES).status_code == 413


@pytest.mark.parametrize(("who", "status"), [("rita", 200), ("hana", 403), ("otto", 404), (None, 401)])
def test_a_walked_guests_letter_is_for_those_who_may_see_guests(cast: Cast, who: str | None, status: int) -> None:
    house = a_property(cast.olga)
    with work(cast.olga) as db:
        room = Room(a_room_type(cast.olga, house), TODAY, TODAY + timedelta(days=2))
        stay = book(db, Booking(house, GuestDetails("Müller"), [room])).stays[0]
        walk(db, stay.id, None, Walk("Hilton"))
    client = browser(getattr(cast, who) if who else None)
    answer = client.get(f"/files/walked/{stay.id}/letter.pdf", params={"language": "lt"})
    assert answer.status_code == status
    if status == 200:
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/pdf", "no-store")
        assert answer.content.startswith(b"%PDF-")

"""docs/api.md, tried as an integrator would: every command in it is run against a real server, in its order."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import httpx

from pms.api.v1.documented import PROBLEMS
from pms.settings import ROOT, Settings
from tests.api.conftest import Hotel
from tests.serving import served

GUIDE = (ROOT / "docs" / "api.md").read_text()
COMMANDS = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)


def run(command: str, known: dict[str, str]) -> tuple[dict[str, str], Any]:
    """Headers and JSON body of the call; the shell puts in what is known, no curl need be installed to send it."""
    script = 'curl() { for word in "$@"; do printf "%s\\0" "$word"; done; }\n' + command
    said = subprocess.run(["sh", "-euc", script], env=known, capture_output=True, text=True, timeout=60, check=True).stdout
    words = iter(said.split("\0")[:-1])
    method, address, headers, body = "GET", "", {}, None
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            method, body = "POST" if method == "GET" else method, next(words).encode()
        elif word == "-X":
            method = next(words)
        elif word not in ("-s", "-i"):
            address = word
    answer = httpx.request(method, address, headers=headers, content=body)
    return {**answer.headers, "status": str(answer.status_code)}, answer.json()


def test_the_commands_do_what_the_guide_says(hotel: Hotel) -> None:
    known = {"PATH": "/usr/bin:/bin:/usr/local/bin", "KEY": hotel.key}
    with served() as port:
        known["OCTASPACE"] = f"http://127.0.0.1:{port}"
        properties, availability, book, patch, delete, *pricing, search = COMMANDS
        known["PROPERTY"] = run(properties, known)[1]["items"][0]["id"]
        types = run(availability, known)[1]["room_types"]
        assert (len(types), len(types[0]["nights"])) == (2, 31)
        known["ROOM_TYPE"] = types[0]["id"]
        head, made = run(book, known)
        assert (head["status"], head["location"]) == ("201", f"/api/v1/reservations/{made['id']}")
        assert run(book, known)[1] == made, "sent twice, booked once"
        assert (made["guest"]["last_name"], made["external_ref"]) == ("Kazlauskienė", "W-4711")
        known |= {"RESERVATION": made["id"], "ROOM": made["rooms"][0]["id"]}
        assert run(search, known)[1] == {"items": [made], "next": None}
        changed = run(patch, known)[1]
        assert (changed["notes"], changed["departure"]) == ("Late arrival", "2027-08-12")
        assert run(patch, known)[1]["code"] == "moved-meanwhile"
        assert run(delete, known)[1]["status"] == "cancelled"
        try_pricing(pricing, {**known, "PLAN": str(hotel.plan)})


def try_pricing(commands: list[str], known: dict[str, str]) -> None:
    offers, take, plan, change, apart, rates, undo, exchange, oversell = commands
    assert [offer["price"] for offer in run(offers, known)[1]["offers"]] == [21_000, 30_000]
    head, taken = run(take, {**known, "PRICE": "30000"})
    assert (head["status"], taken["total"]) == ("201", 30_000)
    refused = run(take.replace("471", "472"), {**known, "PRICE": "29000"})[1]
    assert (refused["code"], refused["shown"], refused["now"]) == ("price-changed", 29_000, 30_000)
    assert run(plan, known)[0]["status"] == "201"
    head, made = run(change, known)
    assert (head["status"], made["cells"]) == ("200", 31)
    on_fridays = run(apart, known)[1]
    assert on_fridays["cells"] == 4
    told = run(rates, known)[1]
    assert (told["channel"], told["channels"]) == (None, ["booking_com"])
    assert run(undo, {**known, "CHANGE": on_fridays["change_id"]})[1]["cells"] == 4
    (series,) = run(rates, known)[1]["rates"]
    assert (series["prices"], series["restrictions"]) == ([12_000, 14_000, 14_000], {"min_stay": [None, 2, 2]})
    assert run(undo, {**known, "CHANGE": made["change_id"]})[1]["cells"] == 31
    written, read, shown = (run(f"curl {one}", known)[1] for one in exchange.split("curl ")[1:])
    assert (written["rate"], read["items"]) == ("1.0845", [written])
    cheapest = shown["offers"][0]
    assert (cheapest["total"], cheapest["display"]["total"], shown["display"]) == (12_300, 13_339, written)
    head, allowed = run(oversell, known)
    assert (head["status"], allowed["nights"], allowed["oversold"]) == ("200", 8, 0)


def test_the_refusal_shown_is_the_one_given(hotel: Hotel) -> None:
    hotel.booked(*[hotel.room("2027-08-09", "2027-08-11")] * 3)
    given = hotel.book(hotel.room("2027-08-09", "2027-08-11")).json()
    shown = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.S)[0])
    assert shown == {**given, "room_type_id": shown["room_type_id"]}


def test_every_code_is_in_the_table() -> None:
    for code, (status, when) in PROBLEMS.items():
        assert f"| `{code}` | {status} | {when} |" in GUIDE


def test_the_rate_is_the_one_that_is_set() -> None:
    amount = Settings.model_fields["api_rate"].default.partition("/")[0]
    assert f"{amount} times a minute" in GUIDE

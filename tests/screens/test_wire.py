"""What somebody with a bare socket and no manners can get out of the live server."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from simple_websocket import ConnectionClosed

from pms.accounts import sessions
from pms.accounts.sessions import COOKIE
from pms.ui.calendar.state import Calendar
from pms.ui.shell import Session
from pms.ui.team.state import Team
from tests.builders import Cast, a_room_type
from tests.screens.conftest import Served, session_of
from tests.wire import a_socket


def test_a_tab_shows_nothing_of_whoever_sat_there_before(octaspace: Served, cast: Cast, seaside: UUID) -> None:
    """A browser keeps its tab's token when people change at the desk."""
    token = uuid4().hex
    with a_socket(octaspace.url, session_of(cast.olga), token) as tab:
        tab.open("/team")
        tab.wait_for("Rita Desk")
    with a_socket(octaspace.url, session_of(cast.otto), token) as tab:
        tab.open("/team")
        tab.wait_for("Otto Other")
        tab.listen()
    assert "Rita Desk" not in tab.heard
    assert "Seaside" not in tab.heard


def test_a_token_overheard_is_worth_nothing_without_the_cookie(octaspace: Served, cast: Cast, seaside: UUID) -> None:
    token = uuid4().hex
    with a_socket(octaspace.url, session_of(cast.olga), token) as tab:
        tab.open("/team")
        tab.wait_for("Rita Desk")
        with a_socket(octaspace.url, "", token) as thief:
            thief.open("/team")
            thief.listen()
    with a_socket(octaspace.url, "", token) as later:
        later.open("/team")
        later.listen()
    assert "Rita Desk" not in thief.heard + later.heard
    assert "Olga" not in thief.heard + later.heard


def test_a_tab_that_comes_back_finds_what_it_held(octaspace: Served, cast: Cast, seaside: UUID) -> None:
    token, cookie = uuid4().hex, session_of(cast.olga)
    with a_socket(octaspace.url, cookie, token) as tab:
        tab.open("/team")
        tab.wait_for("Rita Desk")
        tab.call(Team.invite_somebody)
        tab.wait_for('"inviting_rx_state_":true')
    heard = "new_token"
    while "new_token" in heard:  # the server has yet to notice that the first connection is gone
        with a_socket(octaspace.url, cookie, token) as again:
            again.open("/team")
            again.wait_for("Rita Desk")
            heard = again.heard
    assert '"inviting_rx_state_":true' in heard


STATE = "reflex___state____state"
PACKETS = [
    "",
    "9",
    "42",
    "42/_event,[",
    '42/_event,["event"]',
    '42/_event,["event",null]',
    '42/_event,["event","not json"]',
    '42/_event,["event",{"name":1}]',
    '42/_event,["event",{"name":"no.such.handler","payload":5}]',
    f'42/_event,["event",{{"name":"{STATE}.hydrate_and_load","payload":{{"vars":{{"a.b":1}}}}}}]',
    f'42/_event,["event",{{"name":"{STATE}.hydrate_and_load","payload":{{}},"router_data":{{"pathname":5,"query":7}}}}]',
    '451-/_event,["event",{"_placeholder":true,"num":0}]',
    "40/elsewhere,",
    "43/_event,1[]",
    "42/_event," + "[" * 50_000,
    b"\x00\xff" * 100,
    "42/_event," + "x" * 2_000_000,
]


@pytest.mark.parametrize("packet", PACKETS, ids=range(len(PACKETS)))
def test_whatever_one_tab_sends_the_others_are_served(octaspace: Served, cast: Cast, seaside: UUID, packet: str | bytes) -> None:
    with a_socket(octaspace.url, session_of(cast.olga)) as good, a_socket(octaspace.url, session_of(cast.rita)) as bad:
        with suppress(ConnectionClosed, OSError):
            bad.raw(packet)
            bad.listen(0.2)
        good.open("/team")
        good.wait_for("Rita Desk")


def test_no_client_becomes_somebody_else_by_saying_so(octaspace: Served, cast: Cast, seaside: UUID) -> None:
    """Route, headers and client storage are the browser's word; who it is stands in the cookie its socket was opened with."""
    headers = {"cookie": f"{COOKIE}={session_of(cast.olga)}"}
    forged = {"pathname": "/team", "asPath": "/team", "query": {}, "headers": headers, "token": "t", "ip": "::1"}
    storage = {f"{STATE}.{name}": True for name in ("ready_rx_state_", "granted_rx_state_", "is_hydrated_rx_state_")}
    session = Session.get_full_name()
    with a_socket(octaspace.url, session_of(cast.otto)) as tab:
        tab.open("/team")
        tab.wait_for("Otto Other")
        tab.send(f"{STATE}.hydrate_and_load", {"vars": storage}, forged)
        internal = f"{STATE}.reflex___state____update_vars_internal_state.update_vars_internal"
        tab.send(internal, {"vars": {f"{session}.name": "Olga"}})
        tab.send(f"{session}.setvar", {"var_name": "organization", "value": "Ours"})
        tab.call(Session.choose_house, house=str(seaside))
        tab.call(Session.enter, route="/calendar?property=" + str(seaside))
        tab.call(Calendar.load, path=f"/calendar?property={seaside}")
        tab.listen(0.6)
    assert "Rita Desk" not in tab.heard
    assert "Olga" not in tab.heard
    assert "Seaside" not in tab.heard


def test_a_session_ended_elsewhere_goes_deaf_at_once(octaspace: Served, cast: Cast, seaside: UUID) -> None:
    cookie = session_of(cast.rita)
    with a_socket(octaspace.url, cookie) as tab:
        tab.open("/calendar")
        tab.wait_for("101")
        sessions.sign_out(cookie)
        tab.wait_for("/sign-in")
        a_room_type(cast.olga, seaside, "Secret Suite", ["901"])
        tab.call(Calendar.load, path="/calendar")
        tab.call(Calendar.go_today, path="/calendar")
        tab.listen(0.6)
    assert "Secret Suite" not in tab.heard

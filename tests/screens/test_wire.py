"""What somebody with a bare socket and no manners can get out of the live server."""

from __future__ import annotations

from uuid import UUID, uuid4

from pms.ui.team.state import Team
from tests.builders import Cast
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
    with a_socket(octaspace.url, cookie, token) as again:
        again.open("/team")
        again.wait_for('"inviting_rx_state_":true')

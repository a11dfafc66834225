"""`setup`, `api-key` and `invite`, as scripts call them."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from pms.accounts.api_keys import actor_from_key
from pms.accounts.invitations import invitation
from pms.accounts.password_links import offered
from pms.accounts.sessions import sign_in
from pms.cli import cli
from pms.kernel.db import work
from pms.properties.queries import properties, structure
from pms.settings import Unready
from tests.builders import PASSWORD

Run = Callable[..., Result]
SETUP = [
    *("setup", "--organization", "Seaside Hotels", "--owner-name", "Olga Owner", "--owner-email", "olga@example.com"),
    *("--property", "Seaside", "--country", "LT", "--timezone", "Europe/Vilnius", "--currency", "EUR", "--city", "Palanga"),
    *("--rooms", "Double = 101-112, 114 @ 90.50", "--rooms", "Suite=201", "--beds", "Dorm = D1-D6 @ 25"),
]


@pytest.fixture
def run(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on an empty installation; a refusal to do it is raised as `main` would see it."""
    monkeypatch.setenv("OCTASPACE_OWNER_PASSWORD", PASSWORD)
    return lambda *args, **more: CliRunner().invoke(cli, args, catch_exceptions=False, **more)


def test_setup_makes_the_installation_ready(run: Run) -> None:
    done = run(*SETUP)
    assert done.exit_code == 0
    assert "olga@example.com" in done.output
    owner = sign_in("olga@example.com", PASSWORD).actor
    with work(owner) as db:
        (house,) = properties(db)
        built = [
            (line.name, line.unit_type, line.adults, line.base_price, len(line.units))
            for line in structure(db, house.id).room_types
        ]
    assert built == [("Double", "room", 2, 9_050, 13), ("Suite", "room", 2, 0, 1), ("Dorm", "bed", 1, 2_500, 6)]


def test_the_password_can_be_piped_in(run: Run) -> None:
    run(*SETUP, "--password-stdin", input="piped in, not typed\n")
    assert sign_in("olga@example.com", "piped in, not typed")


def test_without_a_password_setup_says_how_to_give_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCTASPACE_OWNER_PASSWORD")
    with pytest.raises(Unready, match="--password-stdin"):
        run(*SETUP)


def test_a_second_setup_needs_to_be_meant(run: Run) -> None:
    run(*SETUP)
    with pytest.raises(Unready, match="set up already"):
        run(*SETUP)
    assert run(*SETUP, "--another").exit_code == 0


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--rooms", "Double 101-112"], "Double = 101-112 @ 90.00"),
        (["--rooms", "Single = 9-7"], "backwards"),
        (["--rooms", "Single = 9 @ cheap"], "amount of money"),
        (["--check-in", "noon"], "15:00"),
        (["--language", "tlh"], "language"),
    ],
)
def test_what_setup_cannot_use_is_one_sentence(run: Run, more: list[str], problem: str) -> None:
    with pytest.raises(Unready, match=problem):
        run(*SETUP, *more)


def test_a_key_is_printed_listed_and_revoked(run: Run) -> None:
    run(*SETUP)
    key = run("api-key", "create", "Website", "--scope", "reservation.view", "--property", "seaside").output.strip()
    actor = actor_from_key(key)
    assert actor is not None
    assert actor.permissions == {"reservation.view"}
    assert len(actor.property_ids or ()) == 1
    listed = run("api-key", "list").output
    assert key[:12] in listed
    assert key not in listed
    run("api-key", "revoke", key[:12])
    assert actor_from_key(key) is None
    assert "revoked" in run("api-key", "list").output


def test_a_key_nobody_has_is_not_revoked(run: Run) -> None:
    run(*SETUP)
    with pytest.raises(Unready, match="api-key list"):
        run("api-key", "revoke", "osk_nothing")


def test_a_scope_we_do_not_have_is_one_sentence(run: Run) -> None:
    run(*SETUP)
    with pytest.raises(Unready, match="permission"):
        run("api-key", "create", "Website", "--scope", "everything")


def test_an_invitation_is_printed_as_a_link(run: Run) -> None:
    run(*SETUP)
    link = run("invite", "nina@example.com", "--role", "front_desk").output.strip()
    assert invitation(link.partition("token=")[2]).email == "nina@example.com"


def test_a_property_nobody_has_is_one_sentence(run: Run) -> None:
    run(*SETUP)
    with pytest.raises(Unready, match="there are Seaside"):
        run("invite", "nina@example.com", "--role", "front_desk", "--property", "Hillside")


def test_of_several_organizations_one_has_to_be_named(run: Run) -> None:
    with pytest.raises(Unready, match="pms setup"):
        run("api-key", "list")
    run(*SETUP)
    run(*SETUP, "--another", "--organization", "Hillside Hotels")
    with pytest.raises(Unready, match="Hillside Hotels, Seaside Hotels"):
        run("api-key", "list")
    assert run("api-key", "create", "Website", "--scope", "report.view", "--organization", "hillside hotels").exit_code == 0


def test_a_link_to_a_new_password_is_printed(run: Run) -> None:
    run(*SETUP)
    link = run("password-link", "olga@example.com").output.strip()
    assert offered(link.partition("/new-password?token=")[2]).email == "olga@example.com"
    with pytest.raises(Unready, match="Nobody has the address"):
        run("password-link", "nobody@example.com")

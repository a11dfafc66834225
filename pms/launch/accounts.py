"""What `setup`, `api-key`, `invite` and `password-link` ask and print."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import time
from uuid import UUID

import typer

from pms.accounts import api_keys, invitations, password_links
from pms.accounts.models import ApiKey
from pms.accounts.organizations import organizations
from pms.kernel.actor import Actor, job_actor
from pms.kernel.db import Db, work
from pms.kernel.money import to_minor
from pms.kernel.refusals import NotFound
from pms.properties.property import PropertyFields
from pms.properties.queries import properties
from pms.properties.room_type import RoomTypeFields
from pms.rates.set_up import NewRoomType, SetUp, set_up
from pms.settings import Unready, settings

PASSWORD_VARIABLE = "OCTASPACE_OWNER_PASSWORD"


def setup(
    organization: str,
    owner: tuple[str, str],
    property: PropertyFields,
    rooms: Sequence[str],
    beds: Sequence[str],
    password_stdin: bool,
    another: bool,
    locale: str,
) -> None:
    """`python -m pms setup`; `owner` is name and e-mail address. Refused in one sentence: Unready, or a refusal."""
    kinds = [(given, "room") for given in rooms] + [(given, "bed") for given in beds]
    details = SetUp(
        organization=organization,
        owner_name=owner[0],
        owner_email=owner[1],
        owner_password=_password(password_stdin),
        property=property,
        room_types=tuple(room_type(given, kind, property.currency) for given, kind in kinds),
        locale=locale,
    )
    actor = set_up(details, user_agent="Command line", beside_others=another).actor
    typer.echo(f"{organization} is set up. {actor.name} signs in at {settings().public_url} as {owner[1]}.")


def room_type(given: str, unit_type: str, currency: str) -> NewRoomType:
    """Read "Double = 101-112 @ 90.00" as a room type with its units and base price; the price may be left out."""
    name, equals, rest = given.partition("=")
    units, at, price = rest.partition("@")
    if not equals:
        raise Unready(f'Write room types as "Double = 101-112 @ 90.00", not "{given}".')
    base_price = to_minor(price, currency, "base_price") if at else 0
    return NewRoomType(RoomTypeFields(name, unit_type, adults=1 if unit_type == "bed" else 2, base_price=base_price), units)


def local_time(given: str) -> time:
    """Read "15:00" as a time of day."""
    try:
        return time.fromisoformat(given)
    except ValueError:
        raise Unready(f"Write times of day as 15:00, not {given}.") from None


def _password(from_stdin: bool) -> str:
    """From the environment, standard input or a prompt; never from the arguments, which every user of the machine can read."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if os.environ.get(PASSWORD_VARIABLE):
        return os.environ[PASSWORD_VARIABLE]
    if not sys.stdin.isatty():
        raise Unready(f"Set {PASSWORD_VARIABLE}, or pipe the owner's password in with --password-stdin.")
    return str(typer.prompt("Password of the owner", hide_input=True, confirmation_prompt=True))


def create_key(name: str, scopes: Sequence[str], wanted: str | None, property_names: Sequence[str]) -> None:
    """`python -m pms api-key create`: prints the key, once, and nothing else, so that a script can keep it."""
    with work(_manager(wanted)) as db:
        key, _ = api_keys.create(db, name, scopes, _property_ids(db, property_names))
    typer.echo(key)


def list_keys(wanted: str | None) -> None:
    """`python -m pms api-key list`."""
    with work(_manager(wanted)) as db:
        for row in api_keys.api_keys(db):
            typer.echo(f"{row.prefix}  {_state(row):<26}  {row.name}: {' '.join(row.scopes)}")


def revoke_key(wanted_key: str, wanted: str | None) -> None:
    """`python -m pms api-key revoke`: by id, by what the list shows of it, or by the key itself."""
    with work(_manager(wanted)) as db:
        rows = api_keys.api_keys(db)
        fits = [row for row in rows if wanted_key == str(row.id) or wanted_key[: api_keys.SHOWN] == row.prefix]
        if len(fits) != 1:
            raise Unready("Name one key as `python -m pms api-key list` shows it.")
        api_keys.revoke(db, fits[0].id)
    typer.echo(f"{fits[0].name} ({fits[0].prefix}) is revoked.")


def invite(email: str, role: str, wanted: str | None, property_names: Sequence[str]) -> None:
    """`python -m pms invite`: prints the link, good once and for seven days."""
    with work(_manager(wanted)) as db:
        token = invitations.invite(db, email, role, _property_ids(db, property_names))
    typer.echo(f"{settings().public_url}/invitation?token={token}")


def password_link(email: str) -> None:
    """`python -m pms password-link`: prints the link, for anybody in any organization."""
    try:
        token = password_links.make_for_anybody(email, lambda organization: job_actor(organization, "Command line"))
    except NotFound as unknown:
        raise Unready(f"Nobody has the address {email}.") from unknown
    typer.echo(f"{settings().public_url}/new-password?token={token}")


def _state(row: ApiKey) -> str:
    if row.revoked_at:
        return f"revoked {row.revoked_at:%Y-%m-%d %H:%M}"
    return f"used {row.used_at:%Y-%m-%d %H:%M} UTC" if row.used_at else "never used"


def _manager(wanted: str | None) -> Actor:
    """Somebody who may manage the organization of that name or id, or the only one."""
    known = organizations()
    if not known:
        raise Unready("Set the installation up first: in the browser, or with `python -m pms setup`.")
    fits = [id for id, name in known if wanted is None or wanted.casefold() in (name.casefold(), str(id))]
    if len(fits) != 1:
        raise Unready(f"Say which organization: --organization with one of {', '.join(name for _, name in known)}.")
    return job_actor(fits[0], "Command line")


def _property_ids(db: Db, names: Sequence[str]) -> list[UUID] | None:
    if not names:
        return None
    known = {str(line.id): line.id for line in properties(db)} | {line.name.casefold(): line.id for line in properties(db)}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        raise Unready(f"There is no property {unknown[0]}; there are {', '.join(line.name for line in properties(db))}.")
    return [known[name.casefold()] for name in names]

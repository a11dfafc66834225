"""Versions over HTTP: every answer has an ETag, a change names the one it saw.

The tag of what can be changed is `"<version>-<digest>"`: the version is what If-Match compares, the digest of the whole answer
is what If-None-Match compares (a renamed room type changes what is shown, not the reservation). A reservation's version has
three numbers, a rate plan's one.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Annotated

from fastapi import Header

from pms.kernel.refusals import Refusal
from pms.reservations.details import Versions

_VERSION = re.compile(r'(?:W/)?"(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-[0-9a-f]*)?"')
_PLAN_VERSION = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]*)?"')


class VersionNeeded(Refusal):
    """A change without If-Match."""

    sentence = "Name the version you saw: send its ETag as If-Match."
    status = 428


class NotAVersion(Refusal):
    """If-Match that is no ETag of ours: it cannot match anything."""

    sentence = "If-Match is not the ETag of what it shall change."
    status = 412


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The `ETag` of what you change as you saw it, or its `version` in quotes. `*` changes it anyway.",
        examples=['"1.1.1"'],
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", description="An `ETag` you have: the answer is 304 without a body if nothing changed."),
]


def version_text(versions: Versions | int) -> str:
    """The version as it is written in answers and in If-Match."""
    if isinstance(versions, int):
        return str(versions)
    return f"{versions.reservation}.{versions.stays}.{versions.guest}"


def wanted_version(if_match: str | None) -> Versions | None:
    """Which reservation the caller saw; None for `*`. Refuses `VersionNeeded`, `NotAVersion`."""
    found = _numbers(_VERSION, if_match)
    return Versions(*found) if found else None


def wanted_plan_version(if_match: str | None) -> int | None:
    """Which rate plan the caller saw; None for `*`. Refuses `VersionNeeded`, `NotAVersion`."""
    found = _numbers(_PLAN_VERSION, if_match)
    return found[0] if found else None


def _numbers(pattern: re.Pattern[str], if_match: str | None) -> list[int] | None:
    if if_match is None:
        raise VersionNeeded()
    if if_match.strip() == "*":
        return None
    found = pattern.fullmatch(if_match.strip())
    if found is None:
        raise NotAVersion()
    return [int(number) for number in found.groups()]


def etag(body: bytes, versions: Versions | int | None = None) -> str:
    """The tag of an answer."""
    digest = blake2b(body, digest_size=8).hexdigest()
    return f'"{version_text(versions)}-{digest}"' if versions else f'"{digest}"'


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether the caller has this very answer already."""
    known = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    return tag in known or "*" in known

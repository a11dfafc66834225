"""What /api/docs says about refusals: which there are, and under which status each is answered."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pms.api.v1.problems import MEDIA_TYPE
from pms.api.v1.shapes import Problem

PROBLEMS: dict[str, tuple[int, str]] = {
    "malformed-json": (400, "The body is not JSON."),
    "bad-request": (400, "The request cannot be read at all."),
    "no-key": (401, "No API key, or one that is unknown or revoked."),
    "not-permitted": (403, "The key lacks a scope; `permission` names it."),
    "not-found": (404, "Nothing of that id within the key's reach, or no such address."),
    "method-not-allowed": (405, "The address does not know that method; `Allow` lists those it does."),
    "sold-out": (409, "A room type has no room left; `nights` lists every night that lacks one, `room_type` names the type."),
    "unit-taken": (
        409,
        "The unit is somebody else's (`by`; null: another room's of the same reservation) on the `nights` listed.",
    ),
    "not-for-sale": (409, "Rules forbid it; `reasons` lists each `rule` with its `night` and `value`."),
    "price-changed": (
        409,
        "The room costs something else by now: `shown` is what you sent in all (as `shown`, or as `prices` without the scope"
        " `rate.override`), `now` what it costs, minor units of `currency`.",
    ),
    "already-booked": (409, "This `external_ref` of this `source` has been booked before."),
    "busy": (409, "Somebody else is changing the same nights. Send the request again."),
    "not-in-this-state": (409, "The room's life does not allow that now; `state` is how it stands."),
    "no-unit-yet": (409, "A room needs a unit before check-in."),
    "too-early": (409, "Possible from `day` on."),
    "unit-out-of-order": (409, "The unit is out of order; `reason` says why."),
    "past-nights-fixed": (409, "Nights already slept stay as they are."),
    "too-many-rooms": (409, "A reservation has `most` rooms at most."),
    "cells-moved-meanwhile": (
        409,
        "Some cells have another `version` by now; `cells` lists plan, room type and date, `item` the first.",
    ),
    "rate-moved-meanwhile": (409, "Another rate stands for that day than `seen_rate`: `now`, by `by`."),
    "follows-its-parent": (409, "A derived plan takes that from its parent: change it there, or its formula."),
    "nothing-to-undo": (409, "The change was undone before, or every cell of it has been changed since."),
    "code-taken": (409, "Another rate plan of the property has this code."),
    "plans-go-in-circles": (409, "A plan would derive from itself."),
    "plan-in-use": (409, "Other plans derive from it (`plans` names them), or it sells by default."),
    "moved-meanwhile": (412, "It changed since the version in If-Match; `by` and `event` say who did what."),
    "not-a-version": (412, "If-Match is no ETag of what it shall change."),
    "content-too-large": (413, "More than 1 MB, or 4 MB of rates."),
    "invalid-input": (422, "Some input cannot be used; `errors` lists a JSON `pointer` or `parameter` and a `detail` for each."),
    "bad-input": (422, "A value no rule can use; `field` names it."),
    "min-above-max": (422, "A minimum stay or advance above its maximum, on `night` (and `channel`); `fields` are the two."),
    "allowance-too-large": (422, "More rooms beyond the house than the type has; `night` and `most` say where."),
    "no-such-channel": (
        422,
        "There is no `channel` of that name, and no plan of the property names it; `item` says where.",
    ),
    "no-exchange-rate": (422, "Nobody has written down a rate from `currency` to `display`."),
    "key-used-otherwise": (422, "The Idempotency-Key came before with another request or another API key."),
    "version-needed": (428, "A change without If-Match."),
    "too-many-requests": (429, "The key's window is used up; `Retry-After` and `retry_after` say for how many seconds."),
    "bug": (500, "Our fault; quote `reference`."),
    "unavailable": (503, "The database is out of reach; try again after `Retry-After` seconds."),
}
"""Every `code` a problem document of v1 can have, with its status and when it comes."""

ALWAYS = ("no-key", "not-permitted", "invalid-input", "too-many-requests", "bug", "unavailable")


def refused(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that refuses with these problems, besides those every endpoint has."""
    by_status: dict[int | str, list[str]] = defaultdict(list)
    for code in dict.fromkeys((*codes, *ALWAYS)):
        by_status[PROBLEMS[code][0]].append(code)
    return {status: _response(int(status), own) for status, own in sorted(by_status.items())}


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    examples = {code: {"summary": PROBLEMS[code][1], "value": _example(code)} for code in codes}
    return {
        "model": Problem,
        "description": " ".join(f"`{code}`: {PROBLEMS[code][1]}" for code in codes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


_MEMBERS: dict[str, dict[str, Any]] = {
    "sold-out": {
        "detail": "Standard double is sold out: 2027-08-14, 2027-08-15.",
        "room_type": "Standard double",
        "room_type_id": "0199d1a4-8e0c-7c3e-9d5a-0a7c1f9be001",
        "nights": ["2027-08-14", "2027-08-15"],
    },
    "price-changed": {
        "detail": "The price has changed from €300.00 to €320.00. Look at it again before you book.",
        "shown": 30000,
        "now": 32000,
        "currency": "EUR",
    },
    "unit-taken": {
        "detail": "101 is taken by Jonas Petraitis: 2027-08-14.",
        "unit": "101",
        "by": "Jonas Petraitis",
        "nights": ["2027-08-14"],
    },
    "moved-meanwhile": {
        "detail": "Rita Desk changed this a moment ago. Look at it again before you change it.",
        "by": "Rita Desk",
        "event": "stay.moved",
    },
    "invalid-input": {
        "detail": "Some of the input cannot be used; `errors` says what.",
        "errors": [{"pointer": "#/rooms/0/arrival", "detail": "Field required"}],
    },
    "bug": {"reference": "3f9c01d2ab47"},
}


def _example(code: str) -> dict[str, Any]:
    status, detail = PROBLEMS[code]
    title = code.replace("-", " ").capitalize()
    plain = {"type": f"urn:octaspace:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return plain | _MEMBERS.get(code, {})

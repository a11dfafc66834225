"""The HTTP application with the lock of `claim` taken out: what the races of the API must catch.

Served by the twin of tests/races/test_api_last_rooms.py only, over a database of its own. Whoever sees a last room thinks for
a moment before taking it: what a busy machine does by itself now and then, here every time, so that the twin does not depend
on luck.
"""

import time
from collections.abc import Mapping
from typing import Any

from pms.api.app import http
from pms.inventory import claim
from pms.kernel.db import Db

MOMENT = 0.2

assert "for update of i" in claim._LOCK
claim._LOCK = claim._LOCK.replace("for update of i", "")
look = claim.lock


def look_and_think(db: Db, keys: Mapping[str, Any]) -> dict[claim.TypeNight, claim.Counter]:
    """The counters, read without a lock, and a moment later if one of them is down to its last room."""
    counters = look(db, keys)
    if any(counter.free == 1 for counter in counters.values()):
        time.sleep(MOMENT)
    return counters


claim.lock = look_and_think

__all__ = ["http"]

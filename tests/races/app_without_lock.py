"""The HTTP application with the lock of `claim` taken out: what the races of the API must catch.

Served by the twin of tests/races/test_api_last_rooms.py only, over a database of its own.
"""

from pms.api.app import http
from pms.inventory import claim

assert "for update of i" in claim._LOCK
claim._LOCK = claim._LOCK.replace("for update of i", "")

__all__ = ["http"]

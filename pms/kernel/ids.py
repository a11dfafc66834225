"""Row ids: UUIDv7, so that they need no round trip to the database and still sort by age."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh id, larger than every earlier one to the millisecond."""
    return uuid_utils.compat.uuid7()

"""Jobs that look after the house itself."""

from pms.channels.apply import release_unclaimed
from pms.channels.connections import that_ask
from pms.kernel import logs, outbox
from pms.kernel.actor import RELAY, job_actor
from pms.kernel.db import work

LATE_SECONDS = 60.0
log = logs.logger(__name__)


def watch_relay() -> float:
    """Warn when the journal is not handed on in time; the seconds its oldest row has waited."""
    with work(RELAY) as db:
        rows, seconds = outbox.lag(db)
    if seconds > LATE_SECONDS:
        log.warning("the relay is behind: live screens and channels are stale", rows=rows, seconds=round(seconds))
    return seconds


def release_rooms() -> int:
    """Give back rooms held for bookings that a channel asked about and never made, whether it is spoken to or not; how many
    bookings. A connection at which that fails has its turn with the next run.
    """
    with work(RELAY) as db:
        found, released = that_ask(db), 0
    for organization_id, connection_id in found:
        try:
            with work(job_actor(organization_id, "channels")) as db:
                released += release_unclaimed(db, connection_id)
        except Exception:  # a bug met by one house must not hold the rooms of all others
            log.exception("rooms could not be given back", connection=str(connection_id))
    return released

"""Jobs that look after the house itself."""

from pms.kernel import logs, outbox
from pms.kernel.actor import RELAY
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

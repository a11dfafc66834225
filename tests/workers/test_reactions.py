"""The one table from events to what follows."""

from importlib import import_module
from itertools import chain

import pytest

from pms.reactions import NOTHING, REACTIONS, message, reaction
from workers.queues import QUEUES
from workers.schedule import ENTRIES


def test_an_exact_name_wins_over_its_family() -> None:
    assert reaction("stay.moved") is REACTIONS["stay.*"]
    assert reaction("weather.changed") is NOTHING
    assert message({"event": "weather.changed"}) is None


JOBS = {(job.function, job.queue) for job in chain.from_iterable(each.jobs for each in REACTIONS.values())}
JOBS |= {(entry.function, entry.queue) for entry in ENTRIES}


@pytest.mark.parametrize(("function", "queue"), sorted(JOBS))
def test_every_job_named_exists(function: str, queue: str) -> None:
    module, _, name = function.rpartition(".")
    assert callable(getattr(import_module(module), name))
    assert queue in QUEUES

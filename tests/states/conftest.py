"""State tests are strict about size: a fat state is slow for everybody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.builders import Cast
from tests.domains.reservations.conftest import house as house

if TYPE_CHECKING:
    from tests.states.hotel import Hotel

os.environ.setdefault("REFLEX_PERF_MODE", "raise")
os.environ.setdefault("REFLEX_STATE_SIZE_LIMIT", "200")


@pytest.fixture(autouse=True)
def _real_services(services: None) -> None:
    """Handlers reach the real database."""


@pytest.fixture
def hotel(cast: Cast) -> Hotel:
    """A small house of its own for the test."""
    from tests.states.hotel import Hotel  # here, for Reflex reads the limits above as it is imported

    return Hotel(cast)

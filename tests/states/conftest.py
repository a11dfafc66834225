"""State tests are strict about size: a fat state is slow for everybody."""

from __future__ import annotations

import os

import pytest

from tests.domains.reservations.conftest import house as house

os.environ.setdefault("REFLEX_PERF_MODE", "raise")
os.environ.setdefault("REFLEX_STATE_SIZE_LIMIT", "200")


@pytest.fixture(autouse=True)
def _real_services(services: None) -> None:
    """Handlers reach the real database."""

"""Fixtures every test may use: real servers, and the people of a hotel nobody else shares."""

import pytest
from hypothesis import settings

from pms.kernel.actor import Actor
from tests.builders import Cast, a_cast

pytest_plugins = ["tests.services"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Screens last: once a worker has Playwright's event loop running, it can run no coroutine test any more."""
    items.sort(key=lambda item: "screens" in item.path.parts)


@pytest.fixture
def cast(services: None) -> Cast:
    """Olga, Rita, Hana and Anna of one fresh organization, and Otto of another."""
    return a_cast()


@pytest.fixture
def olga(cast: Cast) -> Actor:
    """The owner."""
    return cast.olga


@pytest.fixture
def rita(cast: Cast) -> Actor:
    """At the front desk."""
    return cast.rita


@pytest.fixture
def hana(cast: Cast) -> Actor:
    """Housekeeping."""
    return cast.hana


@pytest.fixture
def anna(cast: Cast) -> Actor:
    """The accountant."""
    return cast.anna


@pytest.fixture
def otto(cast: Cast) -> Actor:
    """The owner of another hotel."""
    return cast.otto

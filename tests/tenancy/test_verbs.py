"""Another hotel's ids through every verb: as if they did not exist."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import pms
from pms.kernel.db import work
from pms.kernel.refusals import NotFound
from tests.builders import a_cast
from tests.tenancy.house import House, a_house
from tests.tenancy.verbs import EMPTY, REFUSED, WITHIN

DOMAINS = ("accounts", "properties", "inventory", "rates", "reservations", "channels", "imports", "reports")


@pytest.fixture(scope="module")
def houses(services: None) -> tuple[House, House]:
    """Olga's, and Otto's; none of these tests leaves a trace in either."""
    cast = a_cast()
    return a_house(cast.olga), a_house(cast.otto)


@pytest.mark.parametrize("name", REFUSED)
def test_a_neighbours_id_is_not_found(name: str, houses: tuple[House, House]) -> None:
    hers, his = houses
    with pytest.raises(NotFound), work(his.actor) as db:
        REFUSED[name](db, hers, his)


@pytest.mark.parametrize("name", EMPTY)
def test_a_question_about_a_neighbour_finds_nothing(name: str, houses: tuple[House, House]) -> None:
    hers, his = houses
    with work(his.actor) as db:
        assert not EMPTY[name](db, hers, his)


def _takes_ids() -> Iterator[str]:
    """Public functions of the domains that work in a transaction and are given ids."""
    for domain in DOMAINS:
        package = importlib.import_module(f"{pms.__name__}.{domain}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, function in vars(importlib.import_module(module.name)).items():
                if inspect.isfunction(function) and function.__module__ == module.name and not name.startswith("_"):
                    parameters = inspect.signature(function).parameters
                    given = [str(parameter.annotation) for parameter in parameters.values()]
                    if "db" in parameters and any("UUID" in annotation for annotation in given):
                        yield f"{module.name}.{name}".removeprefix("pms.")


def test_no_function_that_takes_an_id_is_forgotten() -> None:
    tried = {name.partition(" ")[0] for name in (*REFUSED, *EMPTY)}
    forgotten = [name for name in _takes_ids() if name not in tried | WITHIN and name.rpartition(".")[0] not in WITHIN]
    assert not forgotten, f"try these in tests/tenancy/verbs.py: {forgotten}"

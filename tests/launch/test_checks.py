"""Servers too old, against the real ones."""

import pytest

from pms.launch import checks
from pms.settings import Unready
from tests.services import environment


def test_the_embedded_servers_are_new_enough(services: None) -> None:
    checks.services()


def test_an_old_postgres_is_refused(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_POSTGRES", 99)
    with pytest.raises(Unready, match=r"^Upgrade PostgreSQL at .* to 99 or newer: it is version 18\.$"):
        checks.postgres()


def test_an_old_redis_is_refused(services: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_REDIS", (99, 0))
    with pytest.raises(Unready, match=r"^Upgrade Redis at .* to 99\.0 or newer"):
        checks.redis()


def test_a_wrong_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "OLDEST_PYTHON", (3, 99))
    with pytest.raises(Unready, match=r"Install Python 3\.11 or 3\.12"):
        checks.python()


def test_a_host_of_another_machine_is_refused() -> None:
    with environment(OCTASPACE_HOST="no-such-host.invalid"), pytest.raises(Unready, match="Correct OCTASPACE_HOST"):
        checks.port_is_free()


def test_the_report_names_every_check(services: None) -> None:
    assert dict(checks.report()).keys() >= {"settings", "python", "port", "secret key", "postgres", "redis"}
    assert dict(checks.report())["postgres"] is None

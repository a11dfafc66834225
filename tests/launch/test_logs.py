"""Every line names its process and its request."""

import json
import logging
import subprocess
import sys

import pytest

from pms.kernel import logs
from pms.settings import ROOT

PROGRAM = """
import logging
from pms.kernel import logs
logs.configure("tester")
with logs.request("abc-123"):
    logs.logger("pms.thing").info("something happened", count=3)
    logging.getLogger("library").warning("a library %s", "speaks")
    try:
        1 / 0
    except ZeroDivisionError:
        logs.logger("pms.thing").exception("it broke")
"""


def lines(log_format: str) -> list[str]:
    environment = {"OCTASPACE_LOG_FORMAT": log_format, "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout.splitlines()


def test_machines_get_one_json_object_per_line() -> None:
    happened, library, broke = map(json.loads, lines("auto"))  # standard output is no terminal here
    assert happened["event"] == "something happened"
    assert happened["count"] == 3
    assert library["event"] == "a library speaks"
    assert "ZeroDivisionError" in broke["exception"]
    for line in (happened, library, broke):
        assert line["process"] == "tester"
        assert line["request_id"] == "abc-123"
        assert line["timestamp"].endswith("Z")


def test_people_get_text() -> None:
    assert any("something happened" in line and "count=3" in line and "abc-123" in line for line in lines("text"))


@pytest.mark.parametrize("given", [None, "", "x" * 65, "two words", "line\nbreak", "a;b"])
def test_a_strange_request_id_is_replaced(given: str | None) -> None:
    with logs.request(given) as name:
        assert name != given
        assert logs.request_id.get() == name
    assert logs.request_id.get() is None


def test_a_plain_request_id_is_kept() -> None:
    with logs.request("order_7-b") as name:
        assert name == "order_7-b"


def test_importing_leaves_logging_alone() -> None:
    assert logging.getLogger("pms").handlers == []


def _said(name: str, text: str = "noise", level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, text, (), None)


def test_what_sockets_can_cause_fills_no_disk_and_what_was_left_out_is_counted() -> None:
    time = 0.0
    rule = logs.NotTooOften(clock=lambda: time)
    told = [rule.filter(_said("engineio.server")) for _ in range(1000)]
    assert told.count(True) == 30
    assert rule.filter(_said("engineio_of_somebody_else"))
    assert rule.filter(_said("socketio.server")), "each has its own measure"
    time = 11.0
    later = _said("engineio.server", "again")
    assert rule.filter(later)
    assert later.getMessage() == "again (and 970 more lines, left out)"


def test_bugs_of_our_own_are_all_told_and_long_lines_cut() -> None:
    rule = logs.NotTooOften()
    assert all(rule.filter(_said("octaspace.screens", level=logging.ERROR)) for _ in range(1000))
    assert all(rule.filter(_said("octaspace.tries")) for _ in range(1000))
    long = _said("reflex.app", "x" * 1_000_000)
    assert rule.filter(long)
    assert len(long.getMessage()) == 2_000

"""Downloads: what may be asked, where a name may lead, and that everything ends. No database."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pms.channels.calendars.fetch import BYTES_MAX, Unfetched, checked, download, public, unpacked
from tests.channels.calendars.sites import Site, serving
from tests.channels.fake import Answer
from tests.services import environment

FILE = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def site(local_sites: None) -> Iterator[Site]:
    with serving(Site(FILE)) as here:
        yield here


def why(url: str, **more: object) -> str:
    with pytest.raises(Unfetched) as refused:
        download(url, **more)  # type: ignore[arg-type]
    return refused.value.note.key


def to(place: str, status: int = 302) -> Answer:
    return Answer(status, "", headers={"Location": place})


# What may be asked


@pytest.mark.parametrize(
    "url",
    ["http://example.com/a.ics", "http://127.0.0.1/a.ics", "ftp://example.com/a", "HTTP://example.com", "//example.com/a.ics"],
)
def test_only_https_is_asked(url: str) -> None:
    assert why(url) == "not_https"


@pytest.mark.parametrize("url", ["", "a.ics", "https://", "https://u:p@example.com/", "file:///etc/passwd", "\x00"])
def test_what_is_no_link_is_not_asked(url: str) -> None:
    assert why(url) == "no_address"


def test_plain_http_to_this_machine_is_for_tests_that_say_so_and_for_nothing_else(site: Site) -> None:
    assert download(site.url) is not None
    assert why(site.url.replace("127.0.0.1", "localhost")) == "not_https"
    assert why("http://127.0.0.2/") == "not_https"
    with environment(OCTASPACE_LOCAL_CALENDARS="false"):
        assert why(site.url) == "not_https"


PRIVATE = (
    *("localhost", "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
    *("[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]"),
    *("0x7f.1", "2130706433", "017700000001"),
)


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_however_it_is_written(host: str, local_sites: None) -> None:
    assert why(f"https://{host}/a.ics") in ("not_public", "unreachable")
    assert why(f"https://{host}:8443/a.ics") in ("not_public", "unreachable")


@pytest.mark.parametrize(("address", "is_public"), [("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True)])
def test_public_addresses_are_public(address: str, is_public: bool) -> None:
    assert public(address) is is_public


def test_a_name_is_refused_when_one_of_its_addresses_is_private(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*args: object, **more: object) -> list[object]:
        return [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    assert why("https://calendar.example/a.ics") == "not_public"


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when looked at and private when used (rebinding) is not looked up a second time."""
    answers = iter(["8.8.8.8", "127.0.0.1"])
    used: list[object] = []

    def connection(address: object, *args: object, **more: object) -> socket.socket:
        used.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: [(2, 1, 6, "", (next(answers), 443))])
    monkeypatch.setattr(socket, "create_connection", connection)
    assert why("https://calendar.example/a.ics") == "unreachable"
    assert used == [("8.8.8.8", 443)]


# Redirects


def test_redirects_are_followed_a_few_times(site: Site) -> None:
    site.answer = lambda call: Answer(200, FILE) if call.path == "/3" else to(f"/{int(call.path[1:] or 0) + 1}", 301)
    assert download(f"{site.url}/0") is not None


def test_and_no_further(site: Site) -> None:
    site.answer = lambda call: to("/again")
    assert why(site.url) == "redirects"
    assert len(site.calls) == 4


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("http://10.0.0.1/a.ics", "not_https"),
        ("https://10.0.0.1/a.ics", "not_public"),
        ("https://localhost/a.ics", "not_public"),
        ("http://example.com/a.ics", "not_https"),
        ("file:///etc/passwd", "no_address"),
        ("https://u:p@example.com/", "no_address"),
    ],
)
def test_a_redirect_leads_nowhere_that_may_not_be_asked(site: Site, place: str, expected: str) -> None:
    site.answer = lambda call: to(place)
    assert why(site.url) == expected


# What comes back


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 429, 500, 503])
def test_any_other_status_is_told(site: Site, status: int) -> None:
    site.answer = lambda call: Answer(status, FILE)
    with pytest.raises(Unfetched) as refused:
        download(site.url)
    assert refused.value.note == ("status", {"status": str(status)})


def test_the_tag_is_sent_back_and_the_same_file_does_not_come_again(site: Site) -> None:
    site.answer = lambda call: (
        Answer(304) if call.headers.get("If-None-Match") == '"v1"' else Answer(200, FILE, headers={"ETag": '"v1"'})
    )
    first = download(site.url)
    assert first is not None
    assert (first.content, first.etag) == (FILE, '"v1"')
    assert download(site.url, first.etag) is None
    assert site.calls[0].headers["User-Agent"].startswith("Octaspace")


def test_a_packed_file_is_unpacked(site: Site) -> None:
    site.answer = lambda call: Answer(200, gzip.compress(FILE), headers={"Content-Encoding": "gzip"})
    got = download(site.url)
    assert got is not None
    assert got.content == FILE


def test_half_a_packed_file_is_none(site: Site) -> None:
    site.answer = lambda call: Answer(200, gzip.compress(FILE * 99)[:-20], headers={"Content-Encoding": "gzip"})
    assert why(site.url) == "truncated"


def test_too_large_a_file_is_let_go(site: Site) -> None:
    site.content = b"x" * (BYTES_MAX + 1)
    assert why(site.url) == "too_large"


def test_so_is_one_that_grows_too_large_when_unpacked(site: Site) -> None:
    packed = gzip.compress(b"\x00" * (50 * BYTES_MAX))
    assert len(packed) < BYTES_MAX
    site.answer = lambda call: Answer(200, packed, headers={"Content-Encoding": "gzip"})
    assert why(site.url) == "too_large"


def test_unpacking_never_holds_more_than_it_may() -> None:
    with pytest.raises(Unfetched):
        unpacked([gzip.compress(b"\x00" * 10_000_000)], b"gzip", most=1000)


def test_a_site_that_hangs_up_is_told(site: Site) -> None:
    site.drop = True
    assert why(site.url) == "unreachable"


def test_a_site_that_promises_more_than_it_sends_is_told(site: Site) -> None:
    site.answer = lambda call: Answer(200, FILE, headers={"Content-Length": "9999", "Connection": "close"})
    assert why(site.url, seconds=2.0) in ("unreachable", "slow")


@contextmanager
def dripping(part: bytes) -> Iterator[str]:
    """A server that sends one bit of an answer after the other and never ends."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            try:
                while not over.wait(0.05):
                    connection.sendall(part)
            except OSError:
                pass

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        over.set()
        listener.close()
        thread.join()


@pytest.mark.parametrize("part", [b"X-More: 1\r\n", b""])
def test_a_site_that_never_ends_is_left(local_sites: None, part: bytes) -> None:
    with dripping(part) as url:
        assert why(url, seconds=0.5) == "slow"


def test_looking_at_a_link_asks_nobody() -> None:
    assert checked("https://www.airbnb.com/calendar/ical/1.ics?s=abc").host == "www.airbnb.com"

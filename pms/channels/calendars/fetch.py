"""Downloading what somebody else's link leads to, without being led into our own house.

HTTPS only; every address a name stands for must be a public one, and the connection goes to the very address that was looked at,
on each redirect anew. Everything has an end: redirects, bytes (also once unpacked), and the time it may take altogether.
"""

from __future__ import annotations

import ipaddress
import socket
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from pms.channels.calendars.said import Unread
from pms.settings import settings

SECONDS = 30.0
"""For everything together."""
PATIENCE = 10.0
"""For one answer of the network."""
BYTES_MAX = 2 * 1024 * 1024
REDIRECTS_MAX = 3
LOCAL = "127.0.0.1"
_HEADERS = {"User-Agent": "Octaspace-Calendar/1.0", "Accept": "text/calendar, */*;q=0.5", "Accept-Encoding": "gzip"}


class Unfetched(Unread):
    """No file came, and why."""


@dataclass(frozen=True)
class Download:
    """What came, and the tag to ask with next time ("" when the site has none)."""

    content: bytes
    etag: str


def download(url: str, etag: str = "", seconds: float = SECONDS) -> Download | None:
    """The file behind a link; None when the site says that it is still the one of `etag`. Refuses `Unfetched`."""
    end, at = time.monotonic() + seconds, checked(url)
    for _ in range(REDIRECTS_MAX + 1):
        try:
            found = _asked(at, etag, end)
        except httpcore.TimeoutException as error:
            raise Unfetched("slow") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError, ValueError) as error:
            raise Unfetched("unreachable") from error
        if not isinstance(found, str):
            return found
        try:
            at = checked(str(at.join(found)))
        except httpx.InvalidURL as error:
            raise Unfetched("no_address") from error
    raise Unfetched("redirects")


def checked(url: str) -> httpx.URL:
    """The link taken apart, if it may be asked at all. Refuses `Unfetched`; where its name leads is looked at on the way."""
    try:
        at = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Unfetched("no_address") from error
    if not at.host or at.userinfo:
        raise Unfetched("no_address")
    if at.scheme != "https" and not _own(at.scheme, at.host):
        raise Unfetched("not_https")
    return at


def _own(scheme: str, host: str) -> bool:
    """A server of the tests, which the operator has to allow."""
    return scheme == "http" and host == LOCAL and settings().local_calendars


def public(address: str) -> bool:
    """Whether the address is one of the internet's, however it is wrapped."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _translated(ip)
        if inside is not None:
            ip = inside
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_private or ip.is_loopback or ip.is_link_local)


def _translated(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address behind 64:ff9b::/96 (RFC 6052) and behind the compatible form of old."""
    wrapped = int(ip) >> 32 in (0x64FF9B << 64, 0)
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if wrapped else None


def _asked(at: httpx.URL, etag: str, end: float) -> Download | str | None:
    """Ask one address: the file, where to ask next, or None for the same file as before."""
    headers = [(name, value) for name, value in {**_HEADERS, "Host": at.netloc.decode("ascii")}.items()]
    if etag:
        headers.append(("If-None-Match", etag))
    path = at.raw_path.decode("ascii")
    target = httpcore.URL(scheme=at.raw_scheme, host=at.raw_host, port=at.port, target=path.encode())
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), PATIENCE)
    network = _Guarded(end, local=_own(at.scheme, at.host))
    with (
        httpcore.ConnectionPool(network_backend=network, max_connections=1) as pool,
        pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts}) as answer,
    ):
        told = {name.lower(): value for name, value in answer.headers}
        if answer.status == 304 and etag:
            return None
        if answer.status in (301, 302, 303, 307, 308) and b"location" in told:
            return told[b"location"].decode("latin-1")
        if answer.status != 200:
            raise Unfetched("status", status=answer.status)
        content = unpacked(answer.iter_stream(), told.get(b"content-encoding", b"").lower())
        return Download(content, told.get(b"etag", b"").decode("latin-1")[:200])


def unpacked(parts: Iterable[bytes], encoding: bytes, most: int = BYTES_MAX) -> bytes:
    """The bytes, unpacked if they came packed. Refuses `Unfetched` as soon as there are more than `most` of them."""
    packed = zlib.decompressobj(wbits=47) if encoding in (b"gzip", b"x-gzip", b"deflate") else None
    found = bytearray()
    for part in parts:
        try:
            found += packed.decompress(part, most + 1 - len(found)) if packed else part
        except zlib.error as error:
            raise Unfetched("unreachable") from error
        if len(found) > most or (packed and packed.unconsumed_tail):
            raise Unfetched("too_large")
    if packed and not packed.eof:
        raise Unfetched("truncated")
    return bytes(found)


class _Guarded(httpcore.NetworkBackend):
    """A network with public addresses only, and an end."""

    def __init__(self, end: float, local: bool) -> None:
        self.end, self.local, self.network = end, local, httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        """Connect to an address of the name, all of which have been looked at."""
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not self.local and not all(map(public, found)):
            raise Unfetched("not_public")
        stream = self.network.connect_tcp(found[0], port, _left(self.end, timeout), local_address, socket_options)
        return _Ending(stream, self.end)


class _Ending(httpcore.NetworkStream):
    """A connection that nobody keeps open by sending one byte now and then."""

    def __init__(self, stream: httpcore.NetworkStream, end: float) -> None:
        self.stream, self.end = stream, end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some."""
        return self.stream.read(max_bytes, _left(self.end, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write it."""
        self.stream.write(buffer, _left(self.end, timeout))

    def close(self) -> None:
        """Hang up."""
        self.stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Ending:
        """Go on in secret, with whoever can prove the name."""
        return _Ending(self.stream.start_tls(ssl_context, server_hostname, _left(self.end, timeout)), self.end)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self.stream.get_extra_info(info)


def _left(end: float, timeout: float | None) -> float:
    """The seconds left of the whole time, or of this step's."""
    left = end - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("no time left")
    return min(left, timeout if timeout is not None else left)

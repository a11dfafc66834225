"""What every channel's adapter is: how changes become messages, how bookings are read, and what the channel's answers mean.

An adapter is declared: what the channel knows, and which function of the adapter's modules does what. It knows its channel and
nothing of ours: no database, no clock but the one it is given. The worker drives it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal
from uuid import UUID

import httpx

from pms.channels.changes import Cell, Change, Values
from pms.channels.incoming import Incoming

Keep = Callable[[Mapping[str, str], Mapping[str, Collection[str]]], None]
"""Takes what a channel renewed of the credentials, and of each that it was got with the values this may have had."""


def _forget(renewed: Mapping[str, str], got_with: Mapping[str, Collection[str]]) -> None:
    """Renewed credentials of a link that nobody keeps."""


@dataclass(frozen=True)
class Link:
    """Whom to speak to, and as whom: the property's id there, its currency and time zone, the opened credentials.

    Remote ids are "ROOM" for what counts rooms and "ROOM/RATE" for what has a price, in the channel's own ids.
    """

    remote_property: str
    currency: str
    credentials: Mapping[str, str]
    remote_ids: Mapping[UUID, str]
    """Product -> the channel's id of it."""
    timezone: str = "UTC"
    host: str = ""
    """Where the channel is, without a slash at the end."""
    sleeps: Mapping[UUID, tuple[int, int, int]] = field(default_factory=dict)
    """Product -> the adults its "price" is for, the most adults, the most people."""
    keep: Keep = _forget
    """Keep credentials that the channel renewed (a refresh token that works once)."""


@dataclass(frozen=True)
class Message:
    """One call: where to, what, and the changes it carries, in the order of its entries."""

    path: str
    body: Any
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Received:
    """A message of the channel about one booking, as it came. It is stored before anybody tries to understand it.

    `booking` is the channel's id of it ("" where not even that can be read), `revision` tells apart the messages about it
    (the channel's own id of the revision; else a hash of the text), `receipt` is what acknowledging it takes.
    """

    booking: str
    revision: str
    text: str
    receipt: str = ""


@dataclass(frozen=True)
class RemoteProduct:
    """What the channel sells of the property: a room ("ROOM"), or a rate in it ("ROOM/RATE"), by its name there.

    `fixed` is why it cannot be told prices (the channel derives it itself), else empty.
    """

    remote_id: str
    name: str
    sleeps: int = 0
    fixed: str = ""


@dataclass(frozen=True)
class HouseRoom:
    """A room type as guests read it, by the channel's id of it: the channel's ids of its plans, how many people and adults sleep
    in it.
    """

    id: str
    name: str
    plans: tuple[str, ...]
    sleeps: int
    adults: int


@dataclass(frozen=True)
class HousePlan:
    """A rate plan as guests read it, by the channel's id of it. Cancelling is free until so many days before arrival, at a time
    on the property's wall; None: it never is.
    """

    id: str
    name: str
    breakfast: bool = False
    free_days: int | None = None
    free_time: time = time(0)


@dataclass(frozen=True)
class House:
    """All that is sold on a channel: what is not in it is sold there no more."""

    rooms: tuple[HouseRoom, ...]
    plans: tuple[HousePlan, ...]


@dataclass(frozen=True)
class Credential:
    """Something a connection needs to know, asked for when it is made: its name, what people call it, where they find it."""

    name: str
    label: str
    hint: str = ""
    secret: bool = True
    needed: bool = True
    lines: bool = False
    """Whether it has several lines, as keys do."""
    choices: tuple[str, ...] = ()
    """The words it can be, where there are only a few."""


@dataclass(frozen=True)
class Heard:
    """What a channel said to us of its own accord: whole messages, or (`news`) only that there is something to fetch."""

    received: tuple[Received, ...] = ()
    news: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a message we heard: done, and under which code of ours; in the books and somebody's to look at, under that
    code if rooms are held; refused and why, with nothing of it here; or not taken in yet, so that it is to be brought again.
    """

    booking: str
    done: Literal["applied", "attention", "refused", "later"]
    code: str = ""
    words: str = ""
    receipt: str = ""
    """Of the message, as `Received` had it: what the answer has to repeat."""


@dataclass(frozen=True)
class Reply:
    """What the channel is answered."""

    status: int = 200
    body: str = ""
    media: str = "application/json"


ReportKind = Literal["no_show", "invalid_card", "cancel_invalid_card"]
"""What a house reports of a booking: the guest did not come; the card is no good; let it be cancelled because of the card."""


class Wait(Exception):
    """The channel cannot now: ask again in so many seconds (None: it did not say). Nothing is lost by it."""

    def __init__(self, seconds: float | None, words: str) -> None:
        super().__init__(words)
        self.seconds = seconds


class Paced(Wait):
    """Not the channel, our own count says that it has had enough calls for now: no failure of anybody's."""


class Stop(Exception):
    """The channel will not as long as nobody does something: wrong credentials, property not connected."""


class Refused(Exception):
    """The channel took nothing of this message because something in it is wrong."""


class Unreadable(Exception):
    """A message that cannot be understood. It stays stored, is not acknowledged, and somebody is told."""


class Forged(Exception):
    """What claims to come from the channel does not carry what only the channel knows."""


def _always(credentials: Mapping[str, str]) -> bool:
    return True


def _none(http: httpx.Client, link: Link, *_: object) -> list[Any]:
    return []


def _not_said(http: httpx.Client, link: Link) -> str:
    return ""


def _exactly(link: Link, product_id: UUID, values: Values) -> Values:
    return values


def _not_shown(http: httpx.Client, link: Link, first: date, nights: int) -> None:
    return None


def _nothing_to_read(link: Link, text: str) -> Incoming:
    raise Unreadable("no bookings come from this channel")


def _not_thanked(http: httpx.Client, link: Link, receipts: Sequence[str]) -> None:
    return None


def _not_reported(http: httpx.Client, link: Link, booking: str, what: ReportKind, waived: bool) -> None:
    raise Refused("this channel takes no reports")


def _not_heard(link: Link, headers: Mapping[str, str], body: bytes) -> Heard:
    raise Forged


def _yes(link: Link, outcomes: Sequence[Outcome]) -> Reply:
    return Reply()


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """A channel. What it cannot do keeps the answer given here, and is shown to people as such."""

    name: str
    """What people call it."""
    host: str
    """Where it is."""
    credentials: tuple[Credential, ...] = ()
    ways: tuple[tuple[str, ...], ...] = ()
    """Where there are several sets of credentials, their names: one set has to be complete, and the others may be left out."""
    knows: frozenset[str]
    """The fields it understands: "rooms", "price" of the base party, "occupancy" (then "price_1", "price_2"... for that many
    adults come beside it) or at least "single" (then "price_1" does), and restrictions (`pms.channels.present.LIFTED`). What it
    does not know is never sent, and shown as a warning.
    """
    by_guests: Callable[[Mapping[str, str]], bool] = _always
    """Whether a property that is let in with these credentials has prices by guests there; else there is no "occupancy"."""
    after_tax: bool = False
    """Whether its prices have in them what comes on top of a night here, those it is told and those it sells at. Else its own
    settings say what comes on top there.
    """
    together: tuple[frozenset[str], ...] = ()
    """Sets of fields the channel has to be told together, as it requires or forgets the others: if one of a set differs, all of
    it goes into the change.
    """
    calls_most: tuple[int, float] | None = None
    """How many messages a property may be sent in how many seconds, where the channel says so; the sender keeps to it."""
    nights_most: int | None = None
    """For how many nights from today on it takes rooms and restrictions, where those are fewer than we tell; later ones wait."""
    poll_seconds: float | None = None
    """How often bookings are fetched, whether or not anybody called; None: the channel brings them."""
    offers_seconds: float | None = None
    """How long it offers a booking that was not fetched; after that only `missed` knows of it. None: until it was."""
    asks: bool = False
    """Whether it asks before it sells: its rooms are held meanwhile."""
    reported: frozenset[ReportKind] = frozenset()
    """What it wants to be told of its bookings (`report`)."""

    messages: Callable[[Link, Sequence[Change]], list[Message]]
    """The fewest messages within the channel's limits, the ones that close rooms first."""
    send: Callable[[httpx.Client, Link, Message], dict[int, str]]
    """Send one; which of its changes were refused (by their place), and why in the channel's words.

    Raises `Wait`, `Stop`, `Refused`.
    """
    agree: Callable[[Link, str, str], str] | None = None
    """Where somebody agrees at the channel that we act for the property (OAuth2): the address to send them to, made of the one to
    come back to and of a text that they bring back together with the credential "code". None: credentials are enough.
    """
    describe: Callable[[httpx.Client, Link, House], None] | None = None
    """Tell it what the house sells, before it shows anything of it; never called without rooms. None: it need not be told.

    Raises `Wait`, `Stop`, `Refused`.
    """
    remote: Callable[[httpx.Client, Link], Iterable[RemoteProduct]] = _none
    """What the channel sells of the property; empty where it cannot be asked. Going through it raises `Wait`, `Stop`."""
    currency: Callable[[httpx.Client, Link], str] = _not_said
    """The currency it has the property in; "" where that cannot be asked, or nothing there has a price. Raises `Wait`, `Stop`."""
    shown: Callable[[httpx.Client, Link, date, int], Mapping[Cell, Values] | None] = _not_shown
    """What the channel shows now of so many nights from one on, as far as it can be read back; None: it cannot.

    Raises `Wait`, `Stop`.
    """
    as_told: Callable[[Link, UUID, Values], Values] = _exactly
    """What `shown` says of values of a product that were told as they are: some channels round them, or know a most."""
    fetch: Callable[[httpx.Client, Link], list[Received]] = _none
    """Messages about bookings that were not acknowledged yet, in the channel's order. Raises `Wait`, `Stop`."""
    missed: Callable[[httpx.Client, Link, date], list[Received]] = _none
    """Bookings made or changed from that day on as they are now, had or not. Raises `Wait`, `Stop`, `Refused`."""
    read: Callable[[Link, str], Incoming] = _nothing_to_read
    """What a stored message says. Pure. Raises `Unreadable`, and nothing else whatever the text."""
    glimpse: Callable[[Link, str], Incoming] = _nothing_to_read
    """What can be seen of a stored message that cannot be read or taken in as a whole (`pms.channels.glimpse.seen`). Pure.

    Raises `Unreadable` where there is nothing to hold rooms for, and nothing else whatever the text.
    """
    acknowledge: Callable[[httpx.Client, Link, Sequence[str]], None] = _not_thanked
    """Tell the channel that the messages with these receipts are in our books.

    Raises `Wait`, `Stop`; `Refused` where it does not take that, which people are told: it may have sent an e-mail instead.
    What it has heard already, or has overtaken, is acknowledged.
    """
    report: Callable[[httpx.Client, Link, str, ReportKind, bool], None] = _not_reported
    """Tell it that of a booking, by its id there, and whether the fees of a no-show are waived.

    Raises `Wait`, `Stop`, `Refused`.
    """
    hear: Callable[[Link, Mapping[str, str], bytes], Heard] = _not_heard
    """What was posted to us: headers (their names in lower case; with them ":method" and ":path", the latter as it was called,
    query included) and body. Raises `Forged`; a body that cannot be taken apart is one `Received` without a booking.
    """
    answer: Callable[[Link, Sequence[Outcome]], Reply] = _yes
    """What the channel wants to be answered, after the outcomes are in our books."""

    @property
    def brings(self) -> bool:
        """Whether it calls us with its bookings, or with news of them."""
        return self.hear is not _not_heard

    @property
    def says_currency(self) -> bool:
        """Whether it can be asked in which currency it has a property."""
        return self.currency is not _not_said

    def knows_of(self, credentials: Mapping[str, str]) -> frozenset[str]:
        """What of `knows` it understands of a property that is let in with these credentials."""
        return self.knows if self.by_guests(credentials) else self.knows - {"occupancy"}

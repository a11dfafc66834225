"""What is done to bars with mouse and keys: hints while dragging, drops, undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import reflex as rx
from pydantic import BeforeValidator, Field

from pms.kernel.actor import Actor
from pms.kernel.db import work
from pms.kernel.formats import day_short, money
from pms.kernel.refusals import MovedMeanwhile, Refusal
from pms.kernel.words import N_, translate
from pms.reservations.move import undo
from pms.reservations.offers import NotForSale
from pms.ui.calendar import rows, sheet
from pms.ui.calendar.drop import Drop, Dropped, Part, Place, Question, drop, guest_of, in_the_way, question, take_type_price
from pms.ui.calendar.state import Calendar, DayNumber
from pms.ui.kit import at, notice_instead
from pms.ui.shell import LiveView, News, Session, act, actor_of, handler, notice, show
from pms.ui.shell.live import Stories, hub

Key = Annotated[UUID, BeforeValidator(rows.id_of)]
RowKey = Annotated[str, Field(pattern=r"^[ul][A-Za-z0-9_-]{22}[0-9]{0,3}$")]
BACK = rx.call_script("document.querySelector('#chart')?.dispatchEvent(new Event('back'))")
"""After a drawer closed: the focus goes back to the bar it came from."""
Shift = Annotated[int, Field(ge=-4000, le=4000)]


def place_of(row: str) -> Place:
    """The target a row of the chart is."""
    id = rows.id_of(row[1:23])
    return Place(unit_id=id) if row[0] == "u" else Place(room_type_id=id)


class Moves(rx.State):
    """`hint` is [good, bad or nothing, why, what was asked]; `answer` [number, ok or no] lets the ghost go. `asking`: whether to
    do a drop all the same, for `guest`, on `dates`, with the rules that stand `against` it.
    """

    hint: list[str] = ["", "", ""]
    answer: list[str] = ["0", ""]
    asking: bool = False
    guest: str = ""
    dates: str = ""
    against: list[str] = []
    _asked: Drop | None = None
    _last: tuple[UUID, int] | None = None
    _notices: int = 0

    @handler(supersedes=True)
    async def hover(
        self,
        key: str,
        part: Literal["move", "start", "end", "book"],
        row: RowKey,
        first: DayNumber,
        nights: Annotated[int, Field(ge=0, le=4000)],
    ) -> Any:
        """Say whether it would fit there, if what is loaded tells; the drop itself is decided by the database."""
        chart, session = await self.get_state(Calendar), await self.get_state(Session)
        said, why, named = "", "", session.granted.get("guest.view", False)
        if chart._window is not None and (found := _fits(chart, place_of(row), key, first, nights, named)) is not None:
            said, why = ("good", "") if found == "" else ("bad", found)
        self.hint = [said, why, f"{row}{first}+{nights}"]

    @handler
    async def drop(self, key: Key, version: int, part: Part, row: RowKey, first: DayNumber, shift: Shift) -> Any:
        """Do what the ghost showed, or say why not."""
        wanted = Drop(key, version, part, place_of(row), rows.day_of(first), shift)
        try:
            done = await act(self, drop, wanted)
        except NotForSale as refusal:
            self._answered("no")
            return await self._ask(wanted, refusal)
        except Refusal as refusal:
            self._answered("no")
            return await self._refused(key, refusal)
        self._answered("ok")
        return await self._did(done)

    async def _did(self, done: Dropped) -> Any:
        """Say what a drop did, with the way back."""
        self._last = (done.stay_id, done.version)
        locale = (await actor_of(self)).locale
        sentence, more = told(done, locale)
        back = Moves.take_back(str(done.stay_id), done.version)
        return self._say(sentence, more, translate("Undo", locale), back, instead=_other_price(done, locale))

    async def _ask(self, wanted: Drop, refusal: NotForSale) -> Any:
        """Ask whoever may sell it all the same whether to; others are told why not."""
        if not (await self.get_state(Session)).granted.get("rate.override", False):
            return await self._refused(wanted.stay_id, refusal)
        self._asked = wanted
        await show(self, QUESTION, wanted)
        return at("leave-it")

    @handler
    async def again(self) -> Any:
        """The guard let the tab in anew, as a socket came back or permissions changed: ask as it stands now, or no more."""
        if self._asked is None:
            return
        try:
            await show(self, QUESTION, self._asked)
        except Refusal:
            self._let_go()

    @handler
    async def leave_it(self) -> Any:
        """Leave the stay where it was."""
        self._let_go()
        return BACK

    @handler
    async def all_the_same(self) -> Any:
        """Do the drop that rules stand against; the verb asks for the permission."""
        wanted = self._asked
        if wanted is None:
            return None
        self._let_go()
        try:
            done = await act(self, drop, wanted, True)
        except Refusal as refusal:
            return await self._refused(wanted.stay_id, refusal)
        return [BACK, *await self._did(done)]

    def _put(self, asked: Question | None) -> None:
        """Show the question as it stands now, or none."""
        self.asking = asked is not None
        self.guest, self.dates, self.against = (asked.guest, asked.dates, list(asked.reasons)) if asked else ("", "", [])

    def _let_go(self) -> None:
        """The question is answered."""
        self._put(None)
        self._asked = None
        if tab := hub().tabs.get(self.router.session.client_token):
            tab.watches.pop(QUESTION, None)

    @handler
    async def take_type_price(self, stay_id: UUID, version: int, room_type: UUID) -> Any:
        """Let a stay that was dragged to another room type cost what that type costs."""
        stay = await act(self, take_type_price, stay_id, version, room_type)
        self._last = (stay.id, stay.version)
        locale, guest = (await actor_of(self)).locale, await act(self, guest_of, stay_id)
        said = translate("{guest} pays the price of the new room type.", locale, guest=guest or translate("The stay", locale))
        return self._say(said, None, translate("Undo", locale), Moves.take_back(str(stay.id), stay.version))

    def _say(self, sentence: str, *more: Any, **props: Any) -> Any:
        """A message of a move, in the place of the one before: only the last can be taken back."""
        self._notices += 1
        return notice_instead("moved", self._notices, sentence, *more, **props)

    async def _refused(self, stay_id: UUID, refusal: Refusal) -> Any:
        actor, guest = await actor_of(self), await act(self, guest_of, stay_id)
        title = translate("{guest} stays where it was.", actor.locale, guest=guest or translate("The stay", actor.locale))
        return notice(title, refused(refusal, actor), bad=True, id="refused")

    def _answered(self, how: str) -> None:
        self.answer = [str(int(self.answer[0]) + 1), how]
        self.hint = ["", "", ""]

    @handler
    async def take_back(self, stay_id: UUID, version: int) -> Any:
        """Undo a change of this stay, unless it changed again since."""
        actor = await actor_of(self)
        await act(self, undo, stay_id, version)
        self._last = None
        guest = await act(self, guest_of, stay_id)
        return self._say(
            translate("{guest} is back as it was.", actor.locale, guest=guest or translate("The stay", actor.locale))
        )

    @handler
    async def take_back_last(self) -> Any:
        """Undo what this tab moved last."""
        if self._last is not None:
            return Moves.take_back(str(self._last[0]), self._last[1])  # type: ignore[call-arg, func-returns-value]
        return notice(translate("There is nothing to undo.", (await actor_of(self)).locale))


def _other_price(done: Dropped, locale: str) -> tuple[str, Any] | None:
    """The choice to take the new type's price, where that is another than the one agreed."""
    if done.type_id is None or done.agreed == done.of_type:
        return None
    label = translate("{price} instead", locale, price=money(done.of_type, done.currency, locale))
    return label, Moves.take_type_price(str(done.stay_id), done.version, str(done.type_id))  # type: ignore[call-arg]


def told(done: Dropped, locale: str) -> tuple[str, str | None]:
    """A drop in words: what moved where, and that a new room type keeps the agreed price."""
    guest = done.guest or translate("The stay", locale)
    arrival, departure = day_short(done.arrival, locale), day_short(done.departure, locale)
    more = None
    if done.type_before != done.type_after:
        agreed = money(done.agreed, done.currency or "EUR", locale)
        types = {"before": done.type_before, "after": done.type_after}
        more = translate("{before} → {after}. The agreed price stays: {price}.", locale, **types, price=agreed)
    if done.dates_changed and not done.place_changed:
        return translate("{guest}: now {arrival} – {departure}", locale, guest=guest, arrival=arrival, departure=departure), more
    sentence = _where(done, guest, locale)
    if done.dates_changed:
        more = f"{arrival} – {departure}" + (f" · {more}" if more else "")
    return sentence, more


def _where(done: Dropped, guest: str, locale: str) -> str:
    if not done.unit_after:
        return translate("{guest} waits for a unit now", locale, guest=guest)
    if not done.unit_before:
        return translate("{guest} is in {unit} now", locale, guest=guest, unit=done.unit_after)
    return translate(
        "Moved {guest} from {before} to {after}", locale, guest=guest, before=done.unit_before, after=done.unit_after
    )


WHAT_HAPPENED = {
    "stay.moved": N_("{by} moved this stay a moment ago."),
    "stay.dates_changed": N_("{by} changed the dates of this stay a moment ago."),
    "stay.split": N_("{by} split this stay a moment ago."),
    "stay.unassigned": N_("{by} took this stay out of its unit a moment ago."),
    "stay.repriced": N_("{by} changed the prices of this stay a moment ago."),
    "stay.plan_changed": N_("{by} changed the rate plan of this stay a moment ago."),
    "stay.undone": N_("{by} undid a change of this stay a moment ago."),
    "stay.cancelled": N_("{by} cancelled this stay a moment ago."),
    "stay.relocated": N_("{by} moved this guest to a sister property a moment ago."),
    "stay.walked": N_("{by} walked this guest to another hotel a moment ago."),
    "stay.checked_in": N_("{by} checked this guest in a moment ago."),
    "stay.checked_out": N_("{by} checked this guest out a moment ago."),
}


def refused(refusal: Refusal, actor: Actor) -> str:
    """A refusal in words; of one who lost the race, what the other did."""
    if isinstance(refusal, MovedMeanwhile) and refusal.data.get("event") in WHAT_HAPPENED:
        by = refusal.data.get("by") or translate("Somebody", actor.locale)
        return translate(WHAT_HAPPENED[refusal.data["event"]], actor.locale, by=by)
    return refusal.say(actor.locale)


def _fits(chart: Calendar, place: Place, key: str, first: int, nights: int, named: bool) -> str | None:
    """Empty when it would fit, what is in the way when not; None when what is loaded does not tell."""
    window = chart._window
    if window is None or place.unit_id is None:
        return None
    known = sheet.known(window.span).units.get(place.unit_id)
    start, end = rows.day_of(first), rows.day_of(first) + timedelta(nights)
    if known is None or not _loaded(window, start, end):
        return None
    try:
        own = rows.id_of(key) if key else None
    except ValueError:
        own = None
    return in_the_way(*known, start, end, own, named) or ""


def _loaded(window: sheet.Window, start: date, end: date) -> bool:
    return window.span.first <= rows.day_number(start) and rows.day_number(end) <= window.span.first + window.span.days


def _load(actor: Actor, wanted: Drop, news: Stories) -> Question | None:
    with work(actor) as db:
        return question(db, wanted)


def _show(state: Moves, asked: Question | None, news: Stories) -> None:
    state._put(asked)


def _concerns(news: News, wanted: Drop) -> bool:
    return news.entity != "stay" or news.entity_id == str(wanted.stay_id)


QUESTION = LiveView(state=Moves, topics=frozenset({"calendar", "rates"}), load=_load, apply=_show, concerns=_concerns)
"""The question stays true while it is asked: other rules show, and it goes once somebody else has changed the stay."""

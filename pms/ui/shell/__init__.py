"""The frame around the screens, and the three things every screen is made with.

A screen is a package `pms/ui/<screen>/` with `page.py` (components), `state.py` (one state), `rows.py` (pure shaping), and

    SCREEN = Screen(route="/calendar", title=N_("Calendar"), draw=page, on_load=Calendar.load, permission="reservation.view")

which `pms/pms.py` adds to the application, plus a row in `navigation.PLACES` if one can go there from the rail.

    from pms.ui.shell import Screen, Session, act, handler, house_of, notice, page_head, show, LiveView

- `@handler` instead of `@rx.event`: arguments are checked against annotations, refusals answered, bugs recorded.
- `await act(self, verb, ...)` runs `verb(db, ...)` as the signed-in person; the only way from a screen to the work.
- `await show(self, VIEW, window)` shows data and keeps it live (see `live`); prefer it to `act` for whatever is on screen.
- `session = await self.get_state(Session)`; `house_of(session)` is the property the tab works in, `session.granted` what the
  person may do, for hiding buttons: `rx.cond(Session.granted["reservation.book"], button(...), rx.fragment())`. The verbs decide.
- In handlers speak with `translate(sentence, actor.locale, ...)`; `await actor_of(self)` says who it is.

The content of `draw` stands in a column below the top bar: `page_head(t("Guests"), actions=(button(...),))`, then
`rx.el.div(..., class_name="page")`, or a full-height area of your own (`flex:1; min-height:0`).
"""

from pms.ui.kit.toast import notice
from pms.ui.shell.act import SignedOut, act, actor_of, as_actor, handler, in_thread
from pms.ui.shell.layout import framed, in_two_lengths, page_head
from pms.ui.shell.live import LiveView, News, show
from pms.ui.shell.screen import SCREENS, Screen
from pms.ui.shell.session import Door, Session, house_of
from pms.ui.shell.start import add_door, add_screen, make_app

__all__ = [
    "SCREENS",
    "Door",
    "LiveView",
    "News",
    "Screen",
    "Session",
    "SignedOut",
    "act",
    "actor_of",
    "add_door",
    "add_screen",
    "as_actor",
    "framed",
    "handler",
    "house_of",
    "in_thread",
    "in_two_lengths",
    "make_app",
    "notice",
    "page_head",
    "show",
]

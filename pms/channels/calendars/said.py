"""What a feed has to tell its people: a key and its details are kept, the sentence is made when somebody reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pms.kernel.words import N_, translate

SENTENCES: Mapping[str, str] = {
    # why nothing was read
    "no_address": N_("This is no link to a calendar."),
    "not_https": N_("The link must begin with https://."),
    "not_public": N_("The link leads to no public address."),
    "unreachable": N_("The site could not be reached."),
    "slow": N_("The site took too long to answer."),
    "status": N_("The site answered {status} instead of the calendar."),
    "redirects": N_("The site sends us from one address to the next and never to the calendar."),
    "too_large": N_("The file is too large for a calendar."),
    "html": N_("The site sent a page instead of the calendar: the link may have expired."),
    "not_a_calendar": N_("What the site sent is no calendar."),
    "truncated": N_("The calendar ends in the middle."),
    "too_many": N_("The calendar has more entries than any unit could have."),
    "empty": N_("All entries are gone at once. Nothing was freed: if that is right, say that the calendar is empty."),
    "unit_gone": N_("The unit of this calendar is not in use any more."),
    "sealed": N_("The link was sealed with another secret key: remove the calendar and add it again."),
    "ours": N_("An error of ours stopped it, which the log has."),
    # what was read and needs a look
    "no_dates": N_("An entry has no dates that can be read ({uid})."),
    "backwards": N_("An entry ends before it begins ({uid}); it was left out."),
    "odd_year": N_("An entry lies in a year that cannot be right ({uid}); it was left out."),
    "no_night": N_("An entry has no night ({first}); its day counts as one."),
    "repeats": N_("An entry repeats itself ({first}); only its first nights are taken."),
    "overlap": N_("Two entries overlap from {first} to {end}: one calendar is one unit."),
    "long_block": N_("A closed time is taken for its first {most} nights only ({first} to {end})."),
    "unassigned": N_("{name} ({first} to {end}) has no unit: it is taken in these nights."),
    "cancelled_here": N_("{name} ({first} to {end}) is cancelled here, and still on the site."),
    "absent": N_("{name} ({first} to {end}) is no longer on the site. It has begun or begins today, so it was left as it is."),
    "kept": N_("{name} is {first} to {end} on the site now, and could not be changed here."),
    "closed_later": N_("Somebody was selling the nights that are closed on the site; they are tried again."),
    "lifted": N_("Lifted here, and still closed on the site: {first} to {end}."),
    "ghost": N_("Closed on the site since {since} and nothing explains it: {first} to {end}."),
    "echo": N_("Ours, and back from the site as theirs: {first} to {end}."),
}

WANTED = frozenset({"unassigned", "cancelled_here", "absent", "kept", "overlap", "ghost"})
"""What somebody has to see to; the rest is only said."""
_ANEW = N_("Copy the link on the site anew and enter it here.")
_WAIT = N_("It is tried again by itself. If it lasts, look whether the site works.")
HELP: Mapping[str, str] = {
    **dict.fromkeys(("no_address", "not_https", "not_public", "redirects", "html", "not_a_calendar", "sealed"), _ANEW),
    **dict.fromkeys(("unreachable", "slow", "status", "truncated"), _WAIT),
    **dict.fromkeys(("too_large", "too_many", "overlap"), N_("Use the link of this one unit on the site, not of several.")),
    "unit_gone": N_("Remove the calendar, or take the unit into use again."),
    "unassigned": N_("Give it a unit on the calendar."),
    "cancelled_here": N_("Cancel it on the site too, or reinstate it here: until then the site holds these nights."),
    "absent": N_("Ask whether the guest comes; if not, cancel it here."),
    "kept": N_("Change it on the calendar. It is tried again with each reading."),
    "lifted": N_("To sell them on the site too, open them there."),
    "ghost": N_("If nobody needs them closed, open them on the site; here they are free by themselves then."),
}
"""What can be done about it, where something can."""
DATES = ("first", "end", "since")
"""Details that are ISO dates."""


class Note(NamedTuple):
    """One thing to tell: a key of `SENTENCES` and what goes into it, plain texts."""

    key: str
    data: dict[str, str]

    def say(self, locale: str) -> str:
        """The sentence in the reader's language; for a key of another version, the key."""
        sentence = SENTENCES.get(self.key)
        told = {name: date.fromisoformat(value) if name in DATES else value for name, value in self.data.items()}
        return translate(sentence, locale, **told) if sentence else self.key

    def help(self, locale: str) -> str:
        """What to do about it, in the reader's language; "" where there is nothing to do."""
        return translate(HELP[self.key], locale) if self.key in HELP else ""


class Unread(Exception):
    """Nothing was learnt, so nothing may change; `note` says why."""

    def __init__(self, key: str, **data: object) -> None:
        self.note = Note(key, {name: str(value) for name, value in data.items()})
        super().__init__(self.note.say("en"))


def note(key: str, **data: object) -> Note:
    """A note with its details as texts: dates as ISO."""
    return Note(key, {name: str(value) for name, value in data.items()})

"""The business "no". A refusal is expected, has a sentence for people and data for programs; anything else is a bug."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pms.kernel.words import translate


class Refusal(Exception):
    """Base of every business "no".

    Subclasses live beside the verb that raises them and set `sentence` (an English msgid with {placeholders}
    filled from `data`), `status` (what HTTP answers) and, when one form field is to blame, `field`.
    """

    sentence: ClassVar[str] = "This cannot be done."
    status: ClassVar[int] = 422
    field: str | None = None

    def __init__(self, **data: Any) -> None:
        self.data = data
        super().__init__(self.say("en"))

    @property
    def code(self) -> str:
        """The stable name for programs: `SoldOut` is `sold-out`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def say(self, locale: str) -> str:
        """The sentence for people, in their language."""
        return translate(self.sentence, locale, **self.data)


class NotFound(Refusal):
    """Nothing of that id here: absent, or another organization's, which must look the same."""

    sentence = "There is no such {what} here."
    status = 404


class NotPermitted(Refusal):
    sentence = "You do not have the permission for this."
    status = 403


class MovedMeanwhile(Refusal):
    """The row changed since the version the caller saw. `by` and `event` say who did what."""

    sentence = "{by} changed this a moment ago. Look at it again before you change it."
    status = 409


class NothingToUndo(Refusal):
    """The change was undone before, or everything it did has been changed again since."""

    sentence = "There is nothing left to undo here."
    status = 409


class Busy(Refusal):
    """A lock was not to be had in time."""

    sentence = "Somebody else is changing the same nights right now. Try again."
    status = 409


class OddText(Refusal):
    """A text with NUL or half a character in it; no keyboard writes that, programs do."""

    sentence = "This has a character that cannot be kept."


class BadInput(Refusal):
    """A value from outside that no rule can use; `field` says which."""

    sentence = "{problem}"

    def __init__(self, field: str, problem: str, **data: Any) -> None:
        self.field = field
        super().__init__(problem=problem, **data)

    def say(self, locale: str) -> str:
        """The problem itself is the sentence: a msgid of its own, translated like any other."""
        return translate(self.data["problem"], locale, **{k: v for k, v in self.data.items() if k != "problem"})

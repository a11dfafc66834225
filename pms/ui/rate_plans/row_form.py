"""What the forms of plans, price rules, policies and taxes have in common: opened over a row, saved, archived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pms.kernel.refusals import BadInput, NotFound
from pms.kernel.words import translate
from pms.ui.rate_plans.sent import Sent
from pms.ui.rate_plans.state import Whole, read_whole, show_again
from pms.ui.shell import Session, actor_of, handler, house_of, notice
from pms.ui.shell.box import RowBox


@dataclass(frozen=True)
class Kind:
    """What a form is about: `what` it is called when it is gone, the `prefix` of its fields, and which of them a refusal may
    blame; where its `lines` stand, each with id, version and fields; its verbs.
    """

    what: str
    prefix: str
    fields: Mapping[str, str]
    lines: Callable[[Whole], Iterable[Any]]
    create: Callable[..., Any]
    change: Callable[..., Any]
    archive: Callable[..., Any]


class SetUpBox(RowBox, mixin=True):
    """A form over one row of the set-up, or over a new one. Its own class says what stands in it: the four below."""

    def _kind(self) -> Kind:
        raise NotImplementedError

    def _open(self, whole: Whole, fields: Any, row: str = "") -> None:
        """Fill the form in; `row` is empty for a new one."""
        raise NotImplementedError

    def _read(self, sent: Sent) -> Any:
        """The fields as sent, for the verbs. Refuses `BadInput`."""
        raise NotImplementedError

    def _named(self) -> str:
        """What the row is called."""
        return str(self.filled.name)  # type: ignore[attr-defined]

    async def _edit(self, row: UUID) -> None:
        whole = await read_whole(self)
        line = next((one for one in self._kind().lines(whole) if one.id == row), None)
        if line is None:
            raise NotFound(what=self._kind().what)
        self._open(whole, line.fields, str(row))
        self._begin(str(row), line.version)

    @handler
    async def save(self, form: dict[str, Any]) -> Any:
        """A new row, or a change of the one in the form."""
        kind, house, whole = self._kind(), await self.get_state(Session), await read_whole(self)
        try:
            fields = self._read(Sent(form, kind.prefix, whole.rates.currency, whole.locale))
        except BadInput as refusal:
            self.errors = {refusal.field or "form": refusal.say(whole.locale)}
            return None
        if self.row:
            done = await self._try(kind.change, UUID(self.row), self.version, fields, fields=kind.fields)
        else:
            done = await self._try(kind.create, house_of(house), fields, fields=kind.fields)
        if not done:
            return None
        self._end()
        await show_again(self)
        return notice(translate("{name} is saved.", whole.locale, name=fields.name.strip()))

    @handler
    async def archive(self) -> Any:
        """Take the row in the form out of use."""
        name = self._named()
        if not self.row or not await self._try_to_end(self._kind().archive, UUID(self.row), self.version):
            self.asking = False
            return None
        await show_again(self)
        return notice(translate("{name} is archived.", (await actor_of(self)).locale, name=name))

"""The kit renders, and what it renders can be used without eyes or mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import reflex as rx

from pms.ui import kit
from pms.ui.kit.icons import PATHS


class Shelf(rx.State):
    """Something for the parts to show."""

    open: bool = False
    error: str = ""
    rows: list[str] = []
    choice: str = "a"

    @rx.event
    def choose(self, code: str) -> None:
        """A choice."""

    @rx.event
    def close(self) -> None:
        """Closing."""


PARTS: dict[str, Callable[[], rx.Component]] = {
    "button": lambda: kit.button("Save", "primary", icon="check", busy=Shelf.open),
    "icon_button": lambda: kit.icon_button("edit", "Edit"),
    "link_button": lambda: kit.link_button("Go", "/calendar"),
    "segmented": lambda: kit.segmented("Days", Shelf.choice, [("a", "14"), ("b", "21")], Shelf.choose),
    "text_field": lambda: kit.text_field("Name", "name", hint="As on the passport", error=Shelf.error),
    "password_field": lambda: kit.password_field("Password", "password", new=True),
    "number_field": lambda: kit.number_field("Adults", "adults", 1, 9),
    "money_field": lambda: kit.money_field("Price", "price", "EUR"),
    "date_field": lambda: kit.date_field("Arrival", "arrival"),
    "time_field": lambda: kit.time_field("From", "from"),
    "select_field": lambda: kit.select_field("Kind", "kind", [("a", "A")], optional=True),
    "select_field of state": lambda: kit.select_field("Row", "row", rx.Var.create([["a", "A"]])),
    "text_area": lambda: kit.text_area("Notes", "notes", error=Shelf.error),
    "checkbox": lambda: kit.checkbox("Yes", "yes", hint="Or no"),
    "switch": lambda: kit.switch("Live", "live", checked=Shelf.open),
    "radio": lambda: kit.radio("This", "which", "this"),
    "note": lambda: kit.note("Look", "warn"),
    "form_error": lambda: kit.form_error(Shelf.error),
    "drawer": lambda: kit.drawer("…", open=Shelf.open, on_close=Shelf.close, title="Guest"),
    "dialog": lambda: kit.dialog("…", open=Shelf.open, on_close=Shelf.close, title="Sure?", footer=[kit.button("Yes")]),
    "menu": lambda: kit.menu("m", "More", kit.menu_item("Edit", "edit"), kit.menu_line(), kit.menu_head("X"), label="More"),
    "pill": lambda: kit.pill("In house", "in"),
    "dot": lambda: kit.dot("ok", "Paid"),
    "avatar": lambda: kit.avatar("RK", "h1", "Rasa"),
    "table": lambda: kit.table(
        "Rows", ["A", ("num", "B")], Shelf.rows, lambda row: kit.table_row(row, kit.number_cell(1), key=row)
    ),
    "empty": lambda: kit.empty("Nothing yet", "Add one", kit.button("Add")),
    "failed": lambda: kit.failed("No", "Because"),
    "loading": kit.loading,
}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_part_of_the_kit_renders(part: str) -> None:
    assert PARTS[part]().render()


@pytest.mark.parametrize("name", sorted(PATHS))
def test_icons_are_drawn_and_silent(name: str) -> None:
    assert '"aria-hidden":"true"' in str(kit.icon(name).render())


def _text(component: rx.Component) -> str:
    return str(component.render())


def test_fields_are_tied_to_their_labels_hints_and_errors() -> None:
    drawn = _text(PARTS["text_field"]())
    for tie in ('htmlFor:"name"', 'id:"name"', "name-hint name-wrong", 'id:"name-wrong"', '"aria-invalid":', 'role:"alert"'):
        assert tie in drawn, tie


def test_buttons_with_an_icon_only_have_a_name() -> None:
    assert '"aria-label":"Edit"' in _text(PARTS["icon_button"]())


def test_a_choice_says_what_is_chosen() -> None:
    assert '"aria-pressed":' in _text(PARTS["segmented"]())
    assert 'role:"group"' in _text(PARTS["segmented"]())


def test_dialogs_are_named_by_their_title() -> None:
    for part in ("drawer", "dialog"):
        assert f'"aria-labelledby":"{part}-title"' in _text(PARTS[part]())


@pytest.mark.parametrize(("name", "letters"), [("Rasa Kazlauskienė", "RK"), ("Cher", "C"), ("Jan van der Berg", "JB"), ("", "")])
def test_initials(name: str, letters: str) -> None:
    assert kit.initials(name) == letters
    assert kit.hue(name) in {f"h{n}" for n in range(6)}


def test_a_message_offers_its_undo() -> None:
    shown: Any = kit.notice("Moved Smith", action="Undo", on_action=Shelf.close)
    assert "Undo" in str(shown.args)
    assert "close" in str(shown.args)

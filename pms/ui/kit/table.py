"""Tables of rows from state. On phones every row is a card: its first cell on top, the others with their column's heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx


def table(label: Any, columns: Sequence[Any], rows: Any, row: Callable[[Any], rx.Component]) -> rx.Component:
    """A table. `columns` are headings, a ("num", heading) pair for a column of numbers; `row` draws one row with `table_row`.

    Roles are written out, for browsers forget them where the style sheet makes cards of rows.
    """
    words = [column[1] if isinstance(column, tuple) else column for column in columns]
    kinds = [column[0] if isinstance(column, tuple) else "" for column in columns]
    heads = [rx.el.th(word, scope="col", role="columnheader", class_name=kind) for word, kind in zip(words, kinds, strict=True)]

    def drawn(one: Any) -> rx.Component:
        return _labelled(row(one), words)

    body = [rx.foreach(rows, drawn)] if isinstance(rows, rx.Var) else [drawn(one) for one in rows]
    return rx.el.div(
        rx.el.table(
            rx.el.caption(label, class_name="sr"),
            rx.el.thead(rx.el.tr(*heads, role="row"), role="rowgroup"),
            rx.el.tbody(*body, role="rowgroup"),
            class_name="table",
            role="table",
        ),
        class_name="table-wrap cards-on-phone",
    )


def _labelled(row: rx.Component, words: Sequence[Any]) -> rx.Component:
    """Tell every cell but the first, which is the card's title, its column's heading."""
    for cell, word in list(zip(row.children, words, strict=False))[1:]:
        if not isinstance(word, str) or word:
            cell.custom_attrs = {**cell.custom_attrs, "data-label": word}
    return row


def table_row(*cells: Any, on_click: Any = None, **props: Any) -> rx.Component:
    """A row; with `on_click` the whole of it can be clicked. Put a link or button in its first cell for the keyboard."""
    if on_click is not None:
        props.update(on_click=on_click, class_name="link")
    drawn = [cell if isinstance(cell, rx.el.Td) else rx.el.td(cell) for cell in cells]
    for cell in drawn:
        cell.role = rx.Var.create("cell")
    return rx.el.tr(*drawn, role="row", **props)


def number_cell(value: Any) -> rx.Component:
    """A cell of a column of numbers."""
    return rx.el.td(value, class_name="num")

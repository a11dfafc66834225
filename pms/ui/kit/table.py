"""Tables of rows from state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx


def table(label: Any, columns: Sequence[Any], rows: Any, row: Callable[[Any], rx.Component]) -> rx.Component:
    """A table. `columns` are headings, a ("num", heading) pair for a column of numbers; `row` draws one row with `table_row`."""
    heads = [
        rx.el.th(column[1], scope="col", class_name=column[0]) if isinstance(column, tuple) else rx.el.th(column, scope="col")
        for column in columns
    ]
    body = rx.foreach(rows, row) if isinstance(rows, rx.Var) else [row(one) for one in rows]
    parts = [body] if isinstance(rows, rx.Var) else body
    return rx.el.div(
        rx.el.table(
            rx.el.caption(label, class_name="sr"), rx.el.thead(rx.el.tr(*heads)), rx.el.tbody(*parts), class_name="table"
        ),
        class_name="table-wrap",
    )


def table_row(*cells: Any, on_click: Any = None, **props: Any) -> rx.Component:
    """A row; with `on_click` the whole of it can be clicked. Put a link or button in its first cell for the keyboard."""
    if on_click is not None:
        props.update(on_click=on_click, class_name="link")
    return rx.el.tr(*(cell if isinstance(cell, rx.el.Td) else rx.el.td(cell) for cell in cells), **props)


def number_cell(value: Any) -> rx.Component:
    """A cell of a column of numbers."""
    return rx.el.td(value, class_name="num")

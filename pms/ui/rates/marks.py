"""Restrictions of a cell as people read them: a few letters in the cell, and words."""

from __future__ import annotations

from typing import Any

import reflex as rx

from pms.kernel.words import N_
from pms.ui.kit import t

FIELDS = (
    ("price", N_("Price")),
    ("closed", N_("Closed")),
    ("min_stay", N_("Shortest stay")),
    ("max_stay", N_("Longest stay")),
    ("closed_arrival", N_("No arrivals")),
    ("closed_departure", N_("No departures")),
    ("min_stay_arrival", N_("Shortest stay of arrivals")),
    ("max_stay_arrival", N_("Longest stay of arrivals")),
    ("min_advance", N_("Days ahead, at least")),
    ("max_advance", N_("Days ahead, at most")),
    ("overbooking", N_("Overbooking")),
)
"""What a cell has, and a night of a room type, by its name."""


def mark_short(mark: rx.Var[list[str]], tight: Any) -> rx.Var[str]:
    """A restriction in a few letters; fewer where cells are narrow."""
    code, n = mark[0].to(str), mark[1].to(str)
    return rx.match(
        code,
        ("n", rx.cond(tight, "≥" + n, t("min {n}", n=n))),
        ("x", rx.cond(tight, "≤" + n, t("max {n}", n=n))),
        ("N", "→≥" + n),
        ("X", "→≤" + n),
        ("a", t("CTA")),
        ("d", t("CTD")),
        ("f", "−" + n),
        ("F", "<" + n),
        code,
    ).to(str)


def mark_words(mark: rx.Var[list[str]]) -> rx.Var[str]:
    """A restriction in words."""
    code, n = mark[0].to(str), mark[1].to(str)
    return rx.match(
        code,
        ("n", t("at least {n} nights", n=n)),
        ("x", t("at most {n} nights", n=n)),
        ("N", t("arrivals stay at least {n} nights", n=n)),
        ("X", t("arrivals stay at most {n} nights", n=n)),
        ("a", t("no arrivals")),
        ("d", t("no departures")),
        ("f", t("sold up to {n} days before", n=n)),
        ("F", t("sold from {n} days before on", n=n)),
        code,
    ).to(str)


def marks_words(marks: rx.Var[list[list[str]]]) -> rx.Var[str]:
    """The restrictions one after the other, in words; as one expression, for labels are no place for components."""
    mark = rx.Var("mark").to(list[str])
    words = mark_words(mark)
    data = rx.vars.VarData.merge(marks._get_all_var_data(), words._get_all_var_data())
    return rx.Var(f"({marks!s}).map((mark) => {words!s}).join(', ')", _var_type=str, _var_data=data).to(str)

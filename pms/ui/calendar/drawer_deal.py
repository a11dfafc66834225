"""What the channel of a booking said of money: whether the guest has paid there, before somebody asks for it again here."""

from __future__ import annotations

import reflex as rx

from pms.ui.calendar.drawer_parts import fact
from pms.ui.calendar.drawer_state import StayDrawer
from pms.ui.kit import pill, t

C = StayDrawer.card
D = C.deal


def deal_part() -> rx.Component:
    """Nothing of a booking that no channel made."""
    total = rx.cond(C.others.length() > 0, t("All rooms of the reservation"), t("Total"))
    shown = rx.el.div(
        rx.cond(D.total != "", fact(total, D.total), rx.fragment()),
        rx.foreach(D.extras, _extra),
        rx.cond(D.kept != "", fact(t("To be paid all the same"), D.kept), rx.fragment()),
        rx.cond(D.commission != "", fact(t("Commission"), D.commission), rx.fragment()),
        class_name="facts",
    )
    head = rx.el.div(rx.el.h3(t("From {channel}", channel=D.channel), class_name="grow"), _standing(), class_name="row")
    within = rx.el.p(t("Taxes and fees of the nights are in their prices."), class_name="muted")
    taxes = rx.cond(D.after_tax, within, rx.fragment())
    moved = rx.el.p(t("Sold for {property}, from where the guest was moved here.", property=D.house), class_name="muted")
    whose = rx.cond(D.house != "", moved, rx.fragment())
    return rx.cond(D.channel != "", rx.el.section(head, whose, shown, taxes, _card(), class_name="section"), rx.fragment())


def _standing() -> rx.Component:
    return rx.match(
        D.standing,
        ("paid", pill(t("Paid to {channel}", channel=D.channel), "ok")),
        ("here", pill(t("Guest pays here"), "warn")),
        pill(t("Cancelled there"), "bad"),
    )


def _extra(one: rx.Var[list[str]], n: rx.Var[int]) -> rx.Component:
    """A tax, fee or service; whether the prices of the nights have it already."""
    where = rx.cond(one[2] == "included", t("included"), t("on top"))
    return rx.fragment(fact(one[0] + " · " + where, one[1]), key=n)


def _card() -> rx.Component:
    waits = rx.cond(D.waits, pill(t("not yet"), "warn"), rx.fragment())
    return rx.cond(D.card != "", rx.el.p(D.card, " ", waits, class_name="muted"), rx.fragment())

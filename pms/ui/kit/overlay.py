"""Drawer and dialog on the browser's own <dialog>: focus moves in and comes back, Esc closes, a modal one traps the focus.

    drawer(body, open=S.open, on_close=S.close, title=S.guest, footer=[button(...), button("...", "primary")])
    dialog(body, open=S.asking, on_close=S.never_mind, title=t("Cancel the reservation?"), footer=[...])

A drawer leaves the page behind it usable (click another bar while it is open) unless `modal=True`. Closing happens in the
browser at once; `on_close` then tells the server. What is inside is made while it is open only, so that pages open fast.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import reflex as rx

from pms.ui.kit.icons import icon
from pms.ui.kit.words import t


class _Dialog(rx.el.Dialog):
    """A <dialog> that follows a Var. Its hooks run in the component that holds it, hence names by id."""

    on_close: rx.EventHandler[rx.event.no_args_event_spec]
    on_cancel: rx.EventHandler[rx.event.no_args_event_spec]
    on_key_down: rx.EventHandler[rx.event.no_args_event_spec]

    follows: rx.Var[bool]
    modal: rx.Var[bool]

    def _exclude_props(self) -> list[str]:
        return ["follows", "modal"]

    def add_imports(self) -> dict[str, Any]:
        """React's effect hook."""
        return {"react": ["useEffect"]}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        """Open and close the element as the Var says; Esc closes a drawer too, as the browser does for modal ones."""
        way = "showModal" if self.modal is not None and str(self.modal) == "true" else "show"
        effect = f"""useEffect(() => {{
          const box = document.getElementById({json.dumps(str(self.id))});
          if (!box) return;
          const shown = {self.follows!s};
          const above = () => document.querySelector("dialog:modal, :popover-open");
          const escape = (e) => {{ if (e.key === "Escape" && !e.defaultPrevented && !above()) box.close(); }};
          if (shown && !box.open) box.{way}();
          if (!shown && box.open) box.close();
          if (shown && "{way}" === "show") document.addEventListener("keydown", escape);
          return () => document.removeEventListener("keydown", escape);
        }}, [{self.follows!s}]);"""
        return [rx.Var(effect, _var_data=self.follows._get_all_var_data())]


def _box(
    kind: str, body: Any, open: rx.Var[bool], on_close: Any, title: Any, id: str, modal: bool, footer: Any, head: Any, wide: bool
) -> rx.Component:
    closes = rx.call_script(f"document.getElementById('{id}').close()")
    inside = rx.fragment(
        rx.el.header(
            rx.el.div(head, rx.el.h2(title, id=f"{id}-title"), class_name="stack tight grow"),
            rx.el.button(icon("close"), type="button", class_name="close", aria_label=t("Close"), on_click=closes),
        ),
        rx.el.div(body, class_name="body"),
        rx.el.footer(*footer) if footer else rx.fragment(),
    )
    return _Dialog.create(
        rx.cond(open, inside, rx.fragment()),
        id=id,
        class_name=f"{kind} wide" if wide else kind,
        follows=open,
        modal=modal,
        on_close=on_close,
        custom_attrs={"aria-labelledby": f"{id}-title"},
    )


def drawer(
    body: Any,
    *,
    open: rx.Var[bool],
    on_close: Any,
    title: Any,
    id: str = "drawer",
    modal: bool = False,
    footer: Any = (),
    head: Any = None,
    wide: bool = False,
) -> rx.Component:
    """A panel at the right (a sheet from below on phones). `head` stands above the title: pills, mostly."""
    return _box("drawer", body, open, on_close, title, id, modal, footer, head, wide)


def dialog(
    body: Any, *, open: rx.Var[bool], on_close: Any, title: Any, id: str = "dialog", footer: Any = (), wide: bool = False
) -> rx.Component:
    """A question that wants an answer before anything else."""
    return _box("dialog", body, open, on_close, title, id, True, footer, None, wide)


def key_list(keys: Sequence[tuple[str, str]], *, open: rx.Var[bool], on_close: Any, id: str) -> rx.Component:
    """What the keyboard does on a screen: pairs of a key and an English sentence for `t`."""
    lines = [rx.el.div(rx.el.kbd(key, class_name="kbd"), rx.el.span(t(words)), class_name="key") for key, words in keys]
    return dialog(rx.el.div(*lines, class_name="keys"), open=open, on_close=on_close, title=t("Keyboard"), id=id)


def at(field: str) -> rx.event.EventSpec:
    """Put the cursor into the first field of what has just opened; a dialog itself would choose its close button."""
    return rx.call_script(f"setTimeout(() => document.getElementById('{field}')?.focus(), 60)")

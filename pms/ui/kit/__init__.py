"""The design system. Screens are built of these and of `rx.el` with the class names of assets/css; no other component library.

    from pms.ui.kit import button, drawer, field, icon, pill, t, ...

Words         t("Sentence {x}", x=...)  tn("{n} night", "{n} nights", n)  word_of(code_var, {...})         words.py
Buttons       button(label, "primary", icon="plus", on_click=...)  icon_button("edit", label, ...)        button.py
              link(...), link_button(label, href)  segmented(label, value_var, [(code, words)], S.choose)
Fields        text_field(label, "name", error=S.errors["name"])  number_field  money_field  date_field     field.py
              time_field  select_field  text_area  checkbox  switch  radio  note  form_error  copied
Overlays      drawer(body, open=S.open, on_close=S.close, title=..., footer=[...])  dialog(...)           overlay.py
              at("field") as an event puts the cursor there once the overlay has opened
Menus         menu("unique-name", trigger, menu_item(...), label=...)                                     menu.py
Marks         pill(words, "confirmed")  dot("ok", label)  avatar(letters, hue)  initials()  hue()          badge.py
Tables        table(label, columns, rows_var, row)  table_row(...)  number_cell(...)                       table.py
States        empty(title, text, action)  failed(...)  loading()  skeleton()                              states.py
Messages      notice(sentence, action=..., on_action=S.undo(...)) returned from a handler                  toast.py

Colours, sizes and shadows: the custom properties of assets/css/tokens.css, never a literal. A screen's own sheet goes to
assets/css/<screen>.css and into `sheets.STYLESHEETS`. Codes of state wear `badge.STATUS_KINDS`. Anything clickable is a
button or a link with a name; a tooltip is `custom_attrs={"data-tip": words}` and never the only carrier of meaning.
"""

from pms.ui.kit.badge import STATUS_KINDS, avatar, dot, hue, initials, pill
from pms.ui.kit.button import button, classes, icon_button, link, link_button, segmented
from pms.ui.kit.field import (
    checkbox,
    copied,
    date_field,
    field,
    form_error,
    money_field,
    note,
    number_field,
    password_field,
    radio,
    select_field,
    switch,
    text_area,
    text_field,
    time_field,
    wrong,
)
from pms.ui.kit.icons import icon
from pms.ui.kit.menu import menu, menu_head, menu_item, menu_line
from pms.ui.kit.overlay import at, dialog, drawer, key_list
from pms.ui.kit.states import empty, failed, loading, skeleton
from pms.ui.kit.table import number_cell, table, table_row
from pms.ui.kit.toast import notice, notice_instead, toaster
from pms.ui.kit.words import Words, locale_var, t, tn, word_of

__all__ = [
    "STATUS_KINDS",
    "Words",
    "at",
    "avatar",
    "button",
    "checkbox",
    "classes",
    "copied",
    "date_field",
    "dialog",
    "dot",
    "drawer",
    "empty",
    "failed",
    "field",
    "form_error",
    "hue",
    "icon",
    "icon_button",
    "initials",
    "key_list",
    "link",
    "link_button",
    "loading",
    "locale_var",
    "menu",
    "menu_head",
    "menu_item",
    "menu_line",
    "money_field",
    "note",
    "notice",
    "notice_instead",
    "number_cell",
    "number_field",
    "password_field",
    "pill",
    "radio",
    "segmented",
    "select_field",
    "skeleton",
    "switch",
    "t",
    "table",
    "table_row",
    "text_area",
    "text_field",
    "time_field",
    "tn",
    "toaster",
    "word_of",
    "wrong",
]

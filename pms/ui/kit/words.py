"""Sentences on screens: `t("New reservation")`.

`t()` compiles to a choice over the signed-in person's language with the catalogs' sentences written into the page, so that
switching the language changes one short variable: nothing is reloaded and no catalog crosses the wire.

    t("Sign in")                                          a sentence
    t("Moved {guest} to {unit}", guest=S.guest, unit=S.u)  with values, plain or from state
    tn("{n} night", "{n} nights", S.nights)                in the form the number asks for (Lithuanian has three)
    word_of(S.status, {"confirmed": "Confirmed", ...})     a word for a code

All three give a string Var: usable as text, `aria_label`, `placeholder`. In handlers, where the words leave the server,
use `pms.kernel.words.translate(sentence, actor.locale, ...)`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import reflex as rx

from pms.kernel.words import LOCALES, forms, lookup

_LITHUANIAN = "n=>n%100>=10&&n%100<=20||n%10===0?2:n%10===1?0:1"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Words(rx.State):
    """The language of this tab. Set by the shell from the person, before sign-in from the browser."""

    locale: str = "en"


def _js(text: str, values: dict[str, rx.Var[Any]]) -> str:
    """One sentence as a JavaScript expression: literals and values, joined."""
    parts = _PLACEHOLDER.split(text)
    pieces = [json.dumps(part, ensure_ascii=False) if i % 2 == 0 else f"({values[part]!s})" for i, part in enumerate(parts)]
    return "+".join(piece for piece in pieces if piece != '""') or '""'


def _vars(values: dict[str, Any]) -> dict[str, rx.Var[Any]]:
    return {name: value if isinstance(value, rx.Var) else rx.Var.create(str(value)) for name, value in values.items()}


def _choice(expression_in: Callable[[str], str], values: dict[str, rx.Var[Any]]) -> rx.vars.StringVar[str]:
    """English unless the language is another one we speak and that has its own sentence."""
    english = expression_in("en")
    others = {one: expression_in(one) for one in LOCALES if one != "en" and expression_in(one) != english}
    entries = ",".join(f"{locale}:{expression}" for locale, expression in others.items())
    chosen = f"{{{entries}}}[{Words.locale!s}]??{english}" if others else english
    data = [Words.locale._get_all_var_data(), *(value._get_all_var_data() for value in values.values())]
    merged = rx.vars.VarData.merge(*data) if chosen != english else rx.vars.VarData.merge(*data[1:])
    return rx.Var(f"({chosen})", _var_type=str, _var_data=merged).to(str)


def t(sentence: str, **values: Any) -> rx.vars.StringVar[str]:
    """The sentence in the person's language; {placeholders} take plain values or Vars."""
    filled = _vars(values)
    return _choice(lambda locale: _js(lookup(sentence, locale), filled), filled)


def tn(one: str, many: str, n: Any, **values: Any) -> rx.vars.StringVar[str]:
    """The form of the sentence that the number asks for; {n} is the number itself."""
    number = n if isinstance(n, rx.Var) else rx.Var.create(n)
    filled = {"n": number, **_vars(values)}

    def plural(locale: str) -> str:
        chosen = [_js(form, filled) for form in forms(one, many, locale)]
        if len(chosen) == 2:
            return f"(({number!s})===1?{chosen[0]}:{chosen[1]})"
        return f"[{','.join(chosen)}][({_LITHUANIAN})({number!s})]"

    return _choice(plural, filled)


def word_of(code: Any, words: dict[str, str]) -> rx.vars.StringVar[str]:
    """The word for a code from the server, such as a status; a code without a word is shown as it is."""
    key = code if isinstance(code, rx.Var) else rx.Var.create(str(code))

    def table(locale: str) -> str:
        entries = ",".join(
            f"{json.dumps(name)}:{json.dumps(lookup(word, locale), ensure_ascii=False)}" for name, word in words.items()
        )
        return f"({{{entries}}}[{key!s}]??{key!s})"

    return _choice(table, {"code": key})


def locale_var() -> rx.vars.StringVar[str]:
    """The language code itself, for `lang` and for formatting in the browser."""
    return Words.locale

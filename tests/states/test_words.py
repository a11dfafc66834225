"""`t()` on screens: one expression, three languages, values and plural forms."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import reflex as rx

from pms.kernel.words import translate, translate_many
from pms.ui.kit.words import Words, t, tn, word_of

NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or "node"


def shown(var: rx.Var[Any], locale: str, **values: Any) -> str:
    """What a browser would print for the expression."""
    expression = str(var).replace(str(Words.locale), json.dumps(locale))
    bound = ";".join(f"const {name}={json.dumps(value)}" for name, value in values.items())
    return subprocess.run(
        [NODE, "-p", f"{bound};{expression}"], capture_output=True, text=True, check=True, timeout=30
    ).stdout.rstrip("\n")


@pytest.mark.parametrize("locale", ["en", "lt", "de", "fr"])
def test_a_sentence_follows_the_language(locale: str) -> None:
    assert shown(t("Sign in"), locale) == translate("Sign in", locale)


def test_values_come_from_state_or_are_plain() -> None:
    sentence = t("Welcome to {organization}", organization=rx.Var("name", _var_type=str))
    assert shown(sentence, "de", name='Haus "Anna"') == translate("Welcome to {organization}", "de", organization='Haus "Anna"')
    assert shown(t("{n} characters or more; a sentence is fine.", n=10), "en") == "10 characters or more; a sentence is fine."


@pytest.mark.parametrize("locale", ["en", "lt", "de"])
@pytest.mark.parametrize("n", [0, 1, 2, 10, 11, 21, 22, 111])
def test_numbers_choose_their_form(locale: str, n: int) -> None:
    var = tn("{n} unit", "{n} units", rx.Var("n", _var_type=int))
    assert shown(var, locale, n=n) == translate_many("{n} unit", "{n} units", n, locale)


def test_a_code_has_a_word_and_an_unknown_one_is_shown_as_it_is() -> None:
    var = word_of(rx.Var("code", _var_type=str), {"owner": "Owner"})
    assert shown(var, "lt", code="owner") == translate("Owner", "lt")
    assert shown(var, "lt", code="pirate") == "pirate"


def test_a_sentence_without_translations_costs_no_state() -> None:
    assert t("Zqx")._get_all_var_data() is None or not t("Zqx")._get_all_var_data().state  # type: ignore[union-attr]

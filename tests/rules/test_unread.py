"""Why a message could not be taken in, as staff are told: nothing that a reader of messages may say is left in its own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pms.channels
from pms.channels.problems import said
from pms.channels.unread import OURS, explained

ROOT = Path(pms.channels.__file__).parent


def reasons() -> Iterator[str]:
    """Every text of an `Unreadable`, with something in the place of what it quotes."""
    for file in (ROOT / "wire.py", *(ROOT / "adapters").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Unreadable" and node.args:
                (text,) = node.args
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


@pytest.mark.parametrize("words", sorted({*reasons(), OURS}))
@pytest.mark.parametrize("locale", ["en", "lt", "de"])
def test_every_reason_is_said_as_staff_understand_it(words: str, locale: str) -> None:
    sentence, detail = explained(words, locale)
    assert detail == words
    assert sentence != words


def test_a_refusal_of_ours_is_a_sentence_already() -> None:
    assert explained("There is no such room type here.", "en") == ("There is no such room type here.", "")


@pytest.mark.parametrize("remote", ["", "?"])
def test_a_room_the_channel_does_not_name_is_not_called_a_question_mark(remote: str) -> None:
    problem = {"kind": "unmapped_room", "remote": remote, "room_type": "Double"}
    assert said([problem], "en") == "The channel names no room; the booking is held in Double meanwhile."
    assert said([problem | {"remote": "7"}], "en").startswith("Room 7 is not mapped")

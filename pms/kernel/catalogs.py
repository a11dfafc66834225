"""`python -m pms.kernel.catalogs`: collect the sentences of the code into the catalogs; `-v` prints those not yet translated.

Sentences are literal first arguments of t(), tn(), translate(), translate_many() and BadInput(..., problem), the values of
word_of() mappings, label and hint of a Credential(...), texts marked N_("...") or NN_("...", "..."), and the `sentence` of a
Refusal.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from pms.kernel.words import LOCALES, catalog, catalog_path

PACKAGE = Path(__file__).parent.parent
ONE = {"t": 0, "translate": 0, "N_": 0, "BadInput": 1}
MANY = {"tn", "translate_many", "NN_"}
Sentence = str | tuple[str, str]
NOT_FOR_TRANSLATORS = ("{problem}",)


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _of_call(node: ast.Call) -> Iterator[Sentence]:
    name, texts = _called(node), [_text(argument) for argument in node.args]
    if name in MANY and len(texts) > 1 and texts[0] and texts[1]:
        yield texts[0], texts[1]
    elif name in ONE and len(texts) > ONE[name] and (text := texts[ONE[name]]):
        yield text
    elif name == "Credential":  # what a channel's adapter asks for: label and hint
        yield from filter(None, texts[1:3])
    elif name == "word_of":
        for mapping in (argument for argument in node.args if isinstance(argument, ast.Dict)):
            yield from filter(None, map(_text, mapping.values))


def sentences(source: str) -> Iterator[tuple[int, Sentence]]:
    """Every sentence of one Python source, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for found in _of_call(node):
                yield node.lineno, found
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = any(isinstance(target, ast.Name) and target.id == "sentence" for target in targets)
            if named and (text := _text(node.value)):
                yield node.lineno, text


def collected(package: Path = PACKAGE) -> dict[Sentence, list[str]]:
    """Sentence -> the files that say it, over the whole package."""
    found: dict[Sentence, list[str]] = {}
    for file in sorted(package.rglob("*.py")):
        for _, sentence in sentences(file.read_text()):
            if sentence in NOT_FOR_TRANSLATORS:
                continue
            where = found.setdefault(sentence, [])
            name = str(file.relative_to(package.parent))
            where.append(name) if name not in where else None
    return found


def missing(locale: str, found: dict[Sentence, list[str]]) -> list[Sentence]:
    """The sentences that language does not have yet."""
    words = catalog(locale)
    return [
        s
        for s in found
        if not ((message := words.get(s)) and message.string and not message.fuzzy and all(_strings(message.string)))
    ]


def _strings(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def update(locale: str, found: dict[Sentence, list[str]]) -> None:
    """Rewrite one catalog: every sentence of the code, with the translation it already had."""
    old = catalog(locale)
    new = Catalog(
        locale=locale,
        project="Octaspace",
        version="1",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Octaspace.",
        last_translator="Octaspace",
        language_team=locale,
        msgid_bugs_address="",
    )
    new.creation_date = old.creation_date
    for sentence, files in sorted(found.items(), key=lambda pair: str(pair[0])):
        message = old.get(sentence)
        new.add(sentence, message.string if message else None, locations=[(file, 0) for file in files])
    with catalog_path(locale).open("wb") as out:
        write_po(out, new, width=120, omit_header=False, include_lineno=False, sort_output=True)


def main() -> None:
    """Update every catalog and print what translators still owe."""
    found = collected()
    for locale in (one for one in LOCALES if one != "en"):
        update(locale, found)
        owed = missing(locale, found)
        print(f"{locale}: {len(found) - len(owed)} of {len(found)} sentences")
        if "-v" in sys.argv[1:]:
            print(*(f"  {sentence}" for sentence in owed), sep="\n")


if __name__ == "__main__":
    main()

"""XML as Trip.com speaks it, in either generation: read by local names, written with care."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

_CONTROLS = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def name_of(element: Element) -> str:
    """The local name."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def every(element: Element, name: str) -> Iterator[Element]:
    """All elements of that name in it, however deep."""
    return (one for one in element.iter() if name_of(one) == name)


def first(element: Element, *names: str) -> Element | None:
    """The first element down a path of names, each however deep in the one before."""
    found: Element | None = element
    for name in names:
        found = next(every(found, name), None) if found is not None else None
    return found


def children(element: Element, name: str) -> Iterator[Element]:
    """Those directly in it."""
    return (one for one in element if name_of(one) == name)


def text_of(element: Element | None) -> str:
    """Its text, trimmed; empty for none."""
    return (element.text or "").strip() if element is not None else ""


def line(value: str, most: int) -> str:
    """A text as a database can keep it."""
    return value.replace("\x00", "").encode(errors="ignore").decode().strip()[:most]


def tag(element: str, /, **attributes: str | int) -> str:
    """An empty element with the attributes that are not empty."""
    said = (f" {name}={attribute(value)}" for name, value in attributes.items() if value != "")
    return f"<{element}{''.join(said)}/>"


def opened(element: str, /, **attributes: str | int) -> str:
    """Its opening tag."""
    return f"{tag(element, **attributes)[:-2]}>"


def attribute(value: str | int) -> str:
    """A quoted attribute, without what XML cannot carry."""
    return quoteattr(_CONTROLS.sub("", str(value)))

"""Line icons, 24 x 24, drawn as inline SVG: no icon package in the bundle."""

from __future__ import annotations

import reflex as rx

PATHS: dict[str, tuple[str, ...]] = {
    "today": ("M4 11.5 12 4.5l8 7V20h-5v-6H9v6H4z",),
    "calendar": ("M5 5h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z", "M3 10h18M8 3v4M16 3v4"),
    "reservations": ("M4 6h16M4 12h16M4 18h10",),
    "rates": ("M4 18l5-6 4 3 7-9", "M15 6h5v5"),
    "plans": ("M4 4h8l8.5 8.5-8 8L4 12z", "M8.5 8.5h.01"),
    "channels": (
        "M6 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
        "M18 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM18 15.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
        "M8.3 11l7.4-4M8.3 13l7.4 4",
    ),
    "guests": (
        "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
        "M3 20c0-4 3-6 6-6s6 2 6 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14c2 .7 3 2.6 3 6",
    ),
    "housekeeping": ("M4 20l9-9M11 5l8 8M14 4l6 6-4 2-4-4z",),
    "folio": ("M7 3h10a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z", "M9 8h6M9 12h6M9 16h4"),
    "reports": ("M5 20V10M12 20V4M19 20v-7",),
    "settings": (
        "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
        "M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2 2M16.4 16.4l2 2M5.6 18.4l2-2M16.4 7.6l2-2",
    ),
    "property": ("M4 21V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v16M15 10h4a1 1 0 0 1 1 1v10M3 21h18", "M8 8h3M8 12h3M8 16h3"),
    "rooms": ("M3 19V6M3 16h18v3M21 16v-3a3 3 0 0 0-3-3H9.5v6M6.2 10.2a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",),
    "import": ("M12 4v11M8 11l4 4 4-4", "M4 17v2a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-2"),
    "upload": ("M12 16V5M8 9l4-4 4 4", "M4 17v2a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-2"),
    "team": ("M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z", "M5 20c0-4 3.5-6 7-6s7 2 7 6"),
    "key": ("M15 4.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z", "M11.7 12.3 4 20v0M7 17l2 2M4 20l1.5 1.5"),
    "search": ("M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM19.5 19.5l-4-4",),
    "plus": ("M12 5v14M5 12h14",),
    "minus": ("M5 12h14",),
    "close": ("M6 6l12 12M18 6L6 18",),
    "check": ("M5 12.5l4.5 4.5L19 7",),
    "left": ("M14.5 6l-6 6 6 6",),
    "right": ("M9.5 6l6 6-6 6",),
    "up": ("M6 14.5l6-6 6 6",),
    "down": ("M6 9.5l6 6 6-6",),
    "more": ("M6 12h.01M12 12h.01M18 12h.01",),
    "grip": ("M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",),
    "edit": ("M5 19l.8-3.8L16 5l3 3L8.8 18.2z",),
    "archive": ("M4 8h16v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM3 4h18v4H3zM10 12h4",),
    "trash": ("M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",),
    "undo": ("M8 6L4 10l4 4", "M4 10h10a5 5 0 0 1 0 10h-3"),
    "filter": ("M4 6h16M7 12h10M10 18h4",),
    "warning": ("M12 4l9 16H3z", "M12 10v4M12 17h.01"),
    "info": ("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 11v5M12 8h.01"),
    "clock": ("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2"),
    "lock": ("M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
    "mail": ("M4 6h16v12H4z", "M4 7l8 6 8-6"),
    "phone": ("M6 4h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2 2A16 16 0 0 1 4 6a2 2 0 0 1 2-2z",),
    "note": ("M5 4h14v11l-5 5H5z", "M14 20v-5h5M9 9h6M9 13h3"),
    "sun": (
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
        "M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2",
        "M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
    ),
    "moon": ("M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",),
    "screen": ("M4 5h16v11H4zM9 20h6M12 16v4",),
    "globe": (
        "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
        "M3.5 12h17",
        "M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5z",
    ),
    "out": ("M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10 12h10M16.5 8.5L20 12l-3.5 3.5",),
    "in": ("M10 4h8a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-8M4 12h11M11.5 8.5L15 12l-3.5 3.5",),
    "copy": ("M9 9h10v11H9zM5 15V4h10",),
    "block": ("M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",),
    "split": ("M4 12h6M14 7h6M14 17h6M10 12c3 0 2-5 4-5M10 12c3 0 2 5 4 5",),
    "swap": ("M5 8h13l-3-3M19 16H6l3 3",),
    "bolt": ("M13 3L5 14h6l-1 7 8-11h-6z",),
    "group": ("M4 4h7v7H4zM13 13h7v7h-7zM13 4h7v7h-7zM4 13h7v7H4z",),
}


def icon(name: str, small: bool = False, **props: object) -> rx.Component:
    """The icon of that name, hidden from screen readers: the words beside it, or its button's label, speak."""
    extra = str(props.pop("class_name", ""))
    return rx.el.svg(
        *(rx.el.path(d=path) for path in PATHS[name]),
        class_name=" ".join(filter(None, ("icon", "s" if small else "", extra))),
        view_box="0 0 24 24",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
        **props,
    )

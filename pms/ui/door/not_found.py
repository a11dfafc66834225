"""An address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from pms.ui.door.frame import doorway
from pms.ui.kit.button import link_button
from pms.ui.kit.words import t


def not_found_page() -> rx.Component:
    """Say so, and lead back."""
    return doorway(
        link_button(t("To the start"), "/", "primary large wide"),
        title=t("There is no such page"),
        text=t("The address may be old, or have a typing slip."),
    )

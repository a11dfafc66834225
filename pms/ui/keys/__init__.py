"""API keys: how programs come in."""

from pms.ui.keys.page import SCREEN

__all__ = ["SCREEN"]

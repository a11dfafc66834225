"""Imports: a file of bookings uploaded, matched, tried dry, and followed while it goes in."""

from pms.ui.imports.page import SCREEN

__all__ = ["SCREEN"]

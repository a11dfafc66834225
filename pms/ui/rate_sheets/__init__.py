"""Prices and restrictions as a spreadsheet: out, and in again once it was seen what it would do."""

from pms.ui.rate_sheets.page import SCREEN

__all__ = ["SCREEN"]

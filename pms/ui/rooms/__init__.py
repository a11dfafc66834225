"""One property as it is built: room types, rooms and beds, amenities."""

from pms.ui.rooms.page import SCREEN

__all__ = ["SCREEN"]

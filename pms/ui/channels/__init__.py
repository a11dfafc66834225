"""The channel manager's screens: how connections stand, what somebody has to see to, setting one up, one looked at closely."""

from pms.ui.channels.page import SCREEN

__all__ = ["SCREEN"]

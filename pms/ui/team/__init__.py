"""Who works here: roles, properties, invitations by link."""

from pms.ui.team.page import SCREEN

__all__ = ["SCREEN"]

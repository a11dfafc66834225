"""What a person decides about themselves: name, password, second factor, where they are signed in."""

from pms.ui.account.page import SCREEN

__all__ = ["SCREEN"]

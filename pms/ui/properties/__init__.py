"""The houses themselves: open one, say what it is called and where, put them in order, archive one."""

from pms.ui.properties.page import SCREEN

__all__ = ["SCREEN"]

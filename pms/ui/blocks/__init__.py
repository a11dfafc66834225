"""Units out of order and out of service: what lies, what comes, why."""

from pms.ui.blocks.page import SCREEN

__all__ = ["SCREEN"]

"""Exchange rates: by what prices are shown in a second currency. `page.py` draws, `state.py` answers, `rows.py` shapes."""

from pms.ui.exchange_rates.page import SCREEN

__all__ = ["SCREEN"]

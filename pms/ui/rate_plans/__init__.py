"""How prices come about: plans, rules, parties, policies, taxes. `page.py` draws, `state.py` answers, `rows.py` shapes."""

from pms.ui.rate_plans.page import SCREEN

__all__ = ["SCREEN"]

"""The floor: one transaction per piece of work, tenants, the journal, refusals, money, dates, words."""

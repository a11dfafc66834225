"""Calendars (iCal) in and out, for every channel without an interface: one feed is one unit, nights and nothing else."""

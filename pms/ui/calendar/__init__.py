"""The live calendar: units down, days across, stays as bars."""

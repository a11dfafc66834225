"""Figures, each with one definition."""

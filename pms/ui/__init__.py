"""Screens. Kit (design system), shell (layout, session, live), and one package per screen."""

"""Guests, reservations, stays and their nights: every verb that changes them, every read that shows them."""

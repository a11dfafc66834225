"""A hotel's own file of bookings, brought in whole: read, understood, rooms dealt, written chunk by chunk."""

"""The house itself: properties, room types, units, amenities."""

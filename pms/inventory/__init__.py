"""What can be sold per room type and night, and the one claim through which it is sold."""

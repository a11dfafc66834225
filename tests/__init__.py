"""What proves that the house stands: see docs/decisions and the README for how it is laid out."""

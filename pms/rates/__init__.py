"""What a night costs."""

"""Organizations, the people and keys that act in them, and how they get in."""

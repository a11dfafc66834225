"""One folder or file per channel; see docs/channels.md for the recipe."""

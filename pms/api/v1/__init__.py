"""HTTP API v1: what other programs may read and do, with an API key."""

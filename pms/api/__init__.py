"""The HTTP door: sign-in cookies, API v1, files, webhooks, health."""

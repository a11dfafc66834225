"""One front-end build for every address: the browser calls back the origin that served it.

Reflex writes the server's address into the build. A build that names a port or a host cannot be tested on a free port,
nor be put in an image; so the address in the built file is replaced by the page's own origin.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

_WS = re.compile(r"([\"'`])ws://[^\"'`/]+(/[^\"'`]*)\1")
_HTTP = re.compile(r"([\"'`])http://[^\"'`/]+(/[^\"'`]*)\1")


def to_own_origin(script: str) -> str:
    """Rewrite absolute addresses of the built environment file into expressions over `location`."""
    script = _WS.sub(r'(location.origin.replace(/^http/,"ws")+"\2")', script)
    return _HTTP.sub(r'(location.origin+"\2")', script)


class SameOrigin(Plugin):
    """Runs after the production build, before its files are compressed."""

    def post_build(self, **context: Any) -> None:
        """Rewrite the one chunk that holds addresses."""
        (chunk,) = Path(context["static_dir"]).glob("assets/reflex-env-*.js")
        chunk.write_text(to_own_origin(chunk.read_text()))

"""A page that opens sooner: three changes to what Reflex writes for the browser, made before it is bundled.

- One file for what all pages share, instead of half a dozen that each must be there before anything can begin.
- The socket asks for the page's data as soon as it is open, while React still makes the page; what comes is held until then.
- React takes over the page in one go: there is nothing yet that it could be interrupted for.

Each change looks for a passage of Reflex' own and ends the build if a new version has written it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reflex_base.constants import ReactRouter, Templates
from reflex_base.plugins import Plugin

_ADDRESSES = """              name: "reflex-env",
            },
"""
_SHARED = r"""            {
              test: /node_modules|[.]web[\\/](utils|app_components[\\/]reflex)[\\/]/,
              name: "shared",
            },
"""

_OPEN = """    warmSocket.io.open((error) => {
      if (error) discardWarmSocket();
    });
"""
_ASK = """    const socket = warmSocket, held = [];
    const hold = (...event) => held.push(event);
    socket.io.encoder.replacer = (k, v) => (v === undefined ? null : v);
    socket.io.decoder.tryParse = (str) => { try { return parseJson(str); } catch { return false; } };
    socket.auth = { event: withRouterData(app.initialEvents(true)[0], {}), state_schema: app.stateSchema };
    socket.onAny(hold);
    const drop = () => { if (warmSocket === socket) discardWarmSocket(); };
    socket.once("connect_error", drop).once("disconnect", drop);
    socket.release = () => {
      socket.offAny(hold);
      delete socket.release;
      if (!socket.connected) return;
      for (const [name, ...args] of [["connect"], ...held]) socket.listeners(name).forEach((hear) => hear(...args));
    };
    socket.connect();
"""
_CONNECT = """  document.addEventListener("visibilitychange", checkVisibility);
  socket.current.connect();
"""
_RELEASE = """  document.addEventListener("visibilitychange", checkVisibility);
  socket.current.release ? socket.current.release() : socket.current.connect();
"""

_SLICED = """startTransition(() => {
  hydrateRoot(document, createElement(HydratedRouter));
});
"""
_AT_ONCE = "hydrateRoot(document, createElement(HydratedRouter));\n"


def with_shared_chunk(config: str) -> str:
    """Vite's configuration with a group for everything that belongs to no page."""
    return _replaced(config, _ADDRESSES, _ADDRESSES + _SHARED)


def asking_early(runtime: str) -> str:
    """Reflex' runtime, asking for the data with the socket that it only opens ahead of time by itself."""
    return _replaced(_replaced(runtime, _OPEN, _ASK), _CONNECT, _RELEASE)


def in_one_go(entry: str) -> str:
    """The entry of the page, without slices of five milliseconds."""
    return _replaced(entry, _SLICED, _AT_ONCE)


def _replaced(text: str, passage: str, by: str) -> str:
    if text.count(passage) != 1:
        raise RuntimeError(f"Reflex writes its front end otherwise than pms/ui/quick_start.py knows: {passage!r}")
    return text.replace(passage, by)


def _from_template(file: str, change: Callable[[str], str]) -> tuple[str, str]:
    """A file of Reflex' own, changed; from what Reflex brings, as what lies in .web may have been changed by an older build."""
    return file, change((Templates.Dirs.WEB_TEMPLATE / file).read_text())


class QuickStart(Plugin):
    """Changes the files when Reflex writes them."""

    def pre_compile(self, **context: Any) -> None:
        """Name the files and their changes."""
        context["add_modify_task"](ReactRouter.VITE_CONFIG_FILE, with_shared_chunk)
        context["add_save_task"](_from_template, "utils/state.js", asking_early)
        context["add_save_task"](_from_template, "app/entry.client.js", in_one_go)

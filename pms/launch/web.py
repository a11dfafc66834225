"""The web server: Reflex' pages, live socket and our HTTP application from Granian, on one port, over several processes."""

import gc
import os

from pms.kernel import logs
from pms.launch import front_end
from pms.settings import ROOT, Unready, settings

GOODBYE_SECONDS = 3  # open live sockets would keep a process for ever; the browsers reconnect by themselves
# Granian's lines take the way of all others instead of its own handlers.
GRANIAN_LOGGING = {
    "formatters": {},
    "handlers": {},
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access")},
}


def serve() -> None:
    """Serve until told to stop. Refused: Unready when there is no built front end."""
    if not front_end.is_built():
        raise Unready("Run `python -m pms build` first: the front end has not been built.")
    os.chdir(ROOT)  # Reflex looks for rxconfig.py and .web where it stands
    os.environ.update(front_end.environment())
    logs.configure("web")
    _tell_reflex()
    _serve_forked()


def _tell_reflex() -> None:
    from reflex_base.constants import Env
    from reflex_base.environment import environment

    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    environment.REFLEX_UPLOADED_FILES_DIR.set(settings().var_dir / "uploads")


def _serve_forked() -> None:
    """As `reflex run --env prod` does it, with our number of processes, our logs and an end in finite time.

    Reflex imports the app and the processes are forked after: they share its memory, so nothing may be open by then.
    """
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server
    from reflex.utils import exec as reflex_server

    reflex_server._preload_for_fork(None)
    keep_what_is_loaded()
    Server(
        target=reflex_server.get_app_instance_from_file(),
        factory=True,
        address=settings().host,
        port=settings().port,
        interface=Interfaces.ASGI,
        workers=settings().web_processes,
        respawn_failed_workers=True,  # without it one killed process takes the others, and every open screen, with it
        workers_kill_timeout=GOODBYE_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=GRANIAN_LOGGING,
    ).serve()


def keep_what_is_loaded() -> None:
    """What is loaded by now stays for good: without this, every full collection walks it again, in the middle of somebody's
    change, and unshares the memory of the processes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # reading a tab's state makes thousands of objects, none of them in a circle

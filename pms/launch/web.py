"""The web server: Reflex' pages, live socket and our HTTP application from Granian, on one port, over several processes."""

import os

from pms.kernel import logs
from pms.launch import front_end
from pms.settings import ROOT, Unready, settings


def serve() -> None:
    """Serve until told to stop. Refused: Unready when there is no built front end."""
    if not front_end.is_built():
        raise Unready("Run `python -m pms build` first: the front end has not been built.")
    os.chdir(ROOT)  # Reflex looks for rxconfig.py and .web where it stands
    for name, value in _reflex_environment().items():
        os.environ[name] = value
    logs.configure("web")
    from reflex.utils import exec as reflex_server
    from reflex_base.constants import LogLevel

    # Reflex imports the app here and forks the processes after: they share its memory, so nothing may be open by then.
    reflex_server.run_backend_prod(settings().host, settings().port, LogLevel.WARNING, mount_frontend_compiled_app=True)


def _reflex_environment() -> dict[str, str]:
    return {
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_SKIP_COMPILE": "true",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "GRANIAN_WORKERS": str(settings().web_processes),
        "GRANIAN_LOG_LEVEL": settings().log_level,
    }

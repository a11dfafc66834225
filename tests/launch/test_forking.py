"""Web processes are forked after import, so importing must open nothing: no connection, thread, process or pool."""

import json
import subprocess
import sys

from pms.settings import ROOT
from tests.services import free_port

PROGRAM = """
import json, sys, threading
import psutil
opened = []
def watch(event, arguments):
    if event in ("socket.connect", "subprocess.Popen", "os.fork", "os.posix_spawn"):
        opened.append(f"{event} {arguments!r}")
sys.addaudithook(watch)
import pms.pms, pms.tables, pms.cli, workers.queues, workers.relay, workers.schedule, workers.upkeep
from pms.kernel import db
print(json.dumps({
    "opened": opened,
    "threads": [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()],
    "sockets": len(psutil.Process().net_connections("all")),
    "engines": db._engine.cache_info().currsize,
}))
"""


def test_import_opens_nothing() -> None:
    environment = {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/none",
        "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
        "OCTASPACE_SECRET_KEY": "x" * 40,
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"opened": [], "threads": [], "sockets": 0, "engines": 0}

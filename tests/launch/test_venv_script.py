"""The first minute on a machine that is not ready: one sentence each."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pms.settings import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone nobody has run yet."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "tests").mkdir()
    for name in ("requirements.txt", "tests/requirements.txt"):
        (tmp_path / name).write_text("")
    return tmp_path


def venv(checkout: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": "/usr/bin:/bin", "HOME": str(checkout), **environment}
    return subprocess.run(["sh", "scripts/venv.sh"], cwd=checkout, env=env, capture_output=True, text=True, timeout=60)


def script(folder: Path, name: str, body: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_no_python_of_ours(checkout: Path) -> None:
    done = venv(checkout, PYTHON=script(checkout, "python2.7", "exit 1"))
    assert done.returncode == 1
    assert done.stderr.startswith("octaspace: Install Python 3.11 or 3.12 and name it")
    assert len(done.stderr.splitlines()) == 1
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv(checkout: Path) -> None:
    body = 'case "$1" in -c) exit 0;; esac; echo "ensurepip is not available" >&2; exit 1'
    done = venv(checkout, PYTHON=script(checkout, "python3.11", body))
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_requirements_are_installed_once_and_again_when_they_change(checkout: Path) -> None:
    pip = script(checkout, "python3.11", f'case "$1" in -c) exit 0;; -m) echo "$@" >> {checkout}/calls;; esac')
    (checkout / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(pip, checkout / ".venv" / "bin" / "python")

    def installs() -> int:
        assert venv(checkout).returncode == 0
        return len((checkout / "calls").read_text().splitlines())

    assert installs() == 1
    assert installs() == 1
    (checkout / "requirements.txt").write_text("reflex==0.10.2\n")
    assert installs() == 2


def test_a_failed_install_is_said_and_tried_again(checkout: Path) -> None:
    broken = script(checkout, "python3.11", 'case "$1" in -c) exit 0;; esac; echo "no such package" >&2; exit 1')
    (checkout / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(broken, checkout / ".venv" / "bin" / "python")
    for _ in range(2):
        done = venv(checkout)
        assert done.returncode == 1
        assert "octaspace: Read pip's message above" in done.stderr


def test_a_chromium_that_does_not_start_is_named() -> None:
    environment = {"PATH": "/usr/bin:/bin", "CHROMIUM": "/nowhere/chromium"}
    done = subprocess.run(["sh", "scripts/chromium.sh"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "octaspace: Correct CHROMIUM: /nowhere/chromium does not start.\n"

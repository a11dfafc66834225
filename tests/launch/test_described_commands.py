"""What the Makefile, the image and compose.yaml call must exist."""

import re
from typing import Any

import pytest
import typer
import yaml

from pms.cli import cli
from pms.settings import ROOT, Settings

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "octaspace:" in service["image"]}


def commands() -> set[str]:
    return set(typer.main.get_command(cli).commands)  # type: ignore[attr-defined]


def test_every_process_has_a_service() -> None:
    assert OURS.keys() == {"migrate", "web", "worker", "relay", "channels", "scheduler"}
    assert COMPOSE["services"].keys() - OURS.keys() == {"postgres", "redis"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_that_exists(name: str) -> None:
    (command,) = OURS[name]["command"]
    assert command in commands()


@pytest.mark.parametrize("name", OURS)
def test_a_service_sets_only_what_is_read(name: str) -> None:
    known = {str(field.validation_alias or f"OCTASPACE_{key.upper()}") for key, field in Settings.model_fields.items()}
    assert OURS[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_waits_for_services_that_exist(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service.get("depends_on", {}).keys() <= COMPOSE["services"].keys()
    for volume in service.get("volumes", []):
        assert volume.split(":")[0] in COMPOSE["volumes"]


def test_serving_waits_for_migrations() -> None:
    for name in OURS.keys() - {"migrate"}:
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_image_copies_what_exists_and_what_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text()
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


def test_the_image_does_not_run_as_root() -> None:
    final = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert "USER octaspace" in final
    assert "HEALTHCHECK" in final


@pytest.mark.parametrize("file", ["Makefile", "scripts/test.sh", "Dockerfile", "README.md", "docs/operators.md"])
def test_commands_named_in_files_exist(file: str) -> None:
    named = re.findall(r"-m pms ([a-z][a-z-]+)", (ROOT / file).read_text())
    assert set(named) <= commands(), file


def test_every_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0].split())
    assert set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) == phony

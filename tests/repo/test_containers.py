"""What others ask of the containers: the schema of compose files, the linter of Dockerfiles. Both see a planted fault.

What Aftercare itself asks of them is in test_compose.py.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import ROOT, text_of

COMPOSE, DOCKERFILE = ROOT / "docker-compose.yml", ROOT / "deploy" / "Dockerfile"
TOOLS = Path(sys.executable).parent
BROKEN_COMPOSE = {
    "a key that is none": ("restart: unless-stopped", "restarts: unless-stopped"),
    "a value that is none": ("interval: 10s", "interval: [10s]"),
    "a condition that is none": ("condition: service_healthy", "condition: service_well"),
    "a section that is none": ("\nvolumes:\n", "\nvolume:\n"),
}
BAD_DOCKERFILES = {
    "DL3007": ("FROM python:3.11-slim-bookworm", "FROM python:latest"),
    "DL3020": ("COPY shared shared", "ADD shared shared"),
    "DL3025": ('CMD ["run", "all"]', "CMD run all"),
    "DL3042": ("pip install --no-cache-dir", "pip install"),
    "DL3002": ("USER 10001:10001", "USER root"),
    "SC2086": ("RUN python -m compileall", "RUN echo $HOME && python -m compileall"),
}


def schema_checked(file: Path) -> subprocess.CompletedProcess[str]:
    """The schema is inside the package; nothing is fetched."""
    return ran("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(file))


def linted(file: Path) -> subprocess.CompletedProcess[str]:
    return ran("hadolint", "--no-color", "--disable-ignore-pragma", "--failure-threshold", "style", str(file))


def ran(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)


def planted(original: Path, fault: tuple[str, str], folder: Path) -> Path:
    right, wrong = fault
    copy, text = folder / original.name, text_of(original)
    assert right in text, "the fault can no longer be planted here"
    copy.write_text(text.replace(right, wrong), encoding="utf-8")
    return copy


def test_the_compose_file_is_one() -> None:
    checked = schema_checked(COMPOSE)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("fault", BROKEN_COMPOSE.values(), ids=list(BROKEN_COMPOSE))
def test_a_broken_compose_file_would_be_seen(fault: tuple[str, str], tmp_path: Path) -> None:
    checked = schema_checked(planted(COMPOSE, fault, tmp_path))
    assert (checked.returncode, "Schema validation errors" in checked.stdout) == (1, True)


def test_the_dockerfile_has_nothing_to_complain_of() -> None:
    found = linted(DOCKERFILE)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


@pytest.mark.parametrize(("rule", "fault"), BAD_DOCKERFILES.items(), ids=list(BAD_DOCKERFILES))
def test_a_bad_dockerfile_would_be_seen(rule: str, fault: tuple[str, str], tmp_path: Path) -> None:
    found = linted(planted(DOCKERFILE, fault, tmp_path))
    assert (found.returncode, rule in found.stdout) == (1, True), found.stdout

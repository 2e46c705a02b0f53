"""What `make test` looks for before it begins, on machines that have it and on ones that do not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.repo.sources import ROOT


def looked_for(**environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.test_machine"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_machine_without_anything_is_told_the_one_command(tmp_path: Path) -> None:
    done = looked_for(PATH=str(tmp_path))
    [line] = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert "RabbitMQ, Chromium, a font for Chinese" in line
    assert line.endswith(
        "apt-get install --yes --no-install-recommends rabbitmq-server chromium fonts-noto-cjk fontconfig"
    )


def test_only_what_is_missing_is_named(tmp_path: Path) -> None:
    fonts = tmp_path / "fc-list"
    fonts.write_text("#!/bin/sh\necho Noto Sans CJK SC\n", encoding="utf-8")
    fonts.chmod(0o755)
    (tmp_path / "chromium").symlink_to(fonts)
    done = looked_for(PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("--no-install-recommends rabbitmq-server\n")

"""`--no-skips`: where everything must have run, a test that was skipped has failed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.sources import ROOT

SKIPPING = {
    "while_running": "def test_something():\n    pytest.skip('no broker here')\n",
    "by_a_mark": "@pytest.mark.skipif(True, reason='no broker here')\ndef test_something():\n    pass\n",
    "as_a_module": "pytest.skip('no broker here', allow_module_level=True)\n",
}


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A run of its own, with nothing of ours but the option."""
    for how, test in SKIPPING.items():
        (folder / f"test_{how}.py").write_text(f"import pytest\n\n{test}", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder), "-p", "tests.no_skips"]
    alone = [
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:hypothesispytest",
        *options,
        str(folder),
    ]
    return subprocess.run([*command, *alone], cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_kind_of_skip_fails_where_skips_are_not_allowed(tmp_path: Path) -> None:
    done = run(tmp_path, "--no-skips")
    assert done.returncode != 0
    assert [how for how in SKIPPING if f"test_{how}.py" not in done.stdout] == []
    assert done.stdout.count("--no-skips does not allow it") >= len(SKIPPING)


def test_a_skip_is_a_skip_elsewhere(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert "3 skipped" in done.stdout
    assert "failed" not in done.stdout


def test_the_suite_knows_the_option(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getoption("--no-skips") in (True, False)

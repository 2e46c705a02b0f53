"""The log of a process: a line of JSON for everything, also for what its libraries say."""

from __future__ import annotations

import json
import subprocess
import sys

SAID = """
import logging
import structlog
from shared.telemetry import configure_logs

configure_logs("INFO", "json")
structlog.get_logger().info("started", password="geheim")
logging.getLogger("library").warning("closing %s", "a channel")
logging.getLogger("library").info("not of interest")
try:
    raise ValueError("bad")
except ValueError:
    logging.getLogger("library").exception("lost")
"""


def test_what_libraries_say_is_logged_with_its_level_in_the_same_form() -> None:
    process = subprocess.run([sys.executable, "-c", SAID], capture_output=True, text=True, check=True)
    started, closing, lost = map(json.loads, process.stderr.splitlines())
    assert (started["event"], started["level"], started["password"]) == ("started", "info", "[redacted]")
    assert (closing["event"], closing["level"], closing["logger"]) == ("closing a channel", "warning", "library")
    assert (lost["event"], lost["level"]) == ("lost", "error")
    assert "ValueError: bad" in lost["exception"]

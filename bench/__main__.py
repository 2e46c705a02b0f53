"""`make bench`: every question, or those named, with goal and result. Fails on an error, not on a figure."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench import explanation, import_history, latency, lists, report_path, retargeting, timers, working_time
from bench.report import Goal, show
from shared.telemetry import configure_logs

QUESTIONS: dict[str, Callable[[], list[Goal]]] = {
    "report": report_path.run,
    "latency": latency.run,
    "timers": timers.run,
    "import": import_history.run,
    "calendar": working_time.run,
    "explanation": explanation.run,
    "lists": lists.run,
    "retargeting": retargeting.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("questions", nargs="*", help=f"some of: {', '.join(QUESTIONS)} (default: all)")
    chosen = parser.parse_args().questions or list(QUESTIONS)
    configure_logs("WARNING", "text")
    show([goal for question in chosen for goal in QUESTIONS[question]()])


if __name__ == "__main__":
    main()

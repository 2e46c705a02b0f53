"""`make faults`: kill everything while the platform works, and tell what became of it. The seed repeats a run."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys

from rich.console import Console

from tests.faults.kills import planned
from tests.faults.outcome import show
from tests.faults.run import run


def main() -> None:
    """Exit code 1 when a sentence is broken."""
    options = argparse.ArgumentParser(prog="make faults", description=__doc__)
    options.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="repeats a run (default: drawn)")
    options.add_argument("--rounds", type=int, default=2, help="how often everybody is killed (2)")
    options.add_argument("--jobs", type=int, default=8, help="how many are in flight side by side (8)")
    given = options.parse_args()
    console = Console(highlight=False, soft_wrap=True)
    console.print(f'make faults ARGS="--seed {given.seed} --rounds {given.rounds} --jobs {given.jobs}"')
    outcome = asyncio.run(run(planned(given.seed, given.rounds), given.jobs, console))
    show(outcome, console)
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()

"""The repository's layers: who may import whom, and which kinds of file a service is made of."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from services import catalogue
from tests.repo.sources import ROOT, files, is_migration, name_of

OF_A_SERVICE = frozenset(
    {"__init__.py", "app.py", "base.py", "settings.py", "consumers.py", "jobs.py", "republish.py", "README.md"}
)
OF_A_FEATURE = frozenset(
    {"__init__.py", "domain.py", "models.py", "queries.py", "actions.py", "schemas.py", "routes.py"}
)
ONE_OF_A_KIND = {
    "services/gateway/tokens.py": "secrets handed out once and kept as digests, by sessions and keys alike",
    "services/gateway/people/passwords.py": "argon2, which takes its time and so runs in a thread",
    "services/contracts/calendars/china.json": "China's announced public holidays, made by tests/china_calendar.py",
    "services/contracts/calendars/china.py": "reads that file, which no rule may",
    "services/incidents/clocks/firing.py": "what a clock's timers do when they fire, apart from what people do to it",
    "services/incidents/clocks/recording.py": "promises of incidents taken over: no action of people, nobody is told",
    "services/incidents/clocks/timing.py": "a clock's timers, cancelled and armed again by every action on it",
    "services/incidents/clocks/saying.py": "what is said and noted of a clock, by every action on it",
    "services/incidents/incidents/filters.py": "by what a list may be narrowed, read from the query, for exports too",
    "services/incidents/incidents/listing.py": "the statements of lists and exports, apart from those about one",
    "services/incidents/loops.py": "sweeps files that no row has: work on a folder, which no transaction may wait for",
    "services/incidents/incidents/presenting.py": "an incident as a caller sees it, for every feature that moves it",
    "services/feedback/surveys/pages.py": "HTML for people without sign-in; its failures are pages too",
    "services/feedback/surveys/wording.py": "what those pages say beside the questions, in two languages",
    "services/feedback/surveys/templates/base.html": "the frame of those pages",
    "services/feedback/surveys/templates/survey.html": "the questions",
    "services/feedback/surveys/templates/message.html": "thanks, answered already, closed, unknown",
    "services/feedback/surveys/templates/style.css": "their one style sheet, inlined under a nonce",
    "services/notify/loops.py": "what leaves over the network by itself: a door to the actions, like consumers",
    "services/notify/pump.py": "claim, call, record with a lease: one machine for mails and webhooks",
    "services/notify/claims.py": "what a loop holds of a row it has leased, of messages and deliveries alike",
    "services/notify/messages/rendering.py": "templates become mails; they are read from files, which no rule may",
    "services/notify/webhooks/public.py": "what client systems may be told; it knows the envelope, which no rule may",
    "services/notify/outcomes.py": "what a try to reach the world ended with, of mails and webhooks alike",
    "services/notify/messages/outgoing.py": "SMTP: the network, which no transaction may hold",
    "services/notify/webhooks/outgoing.py": "HTTP to client systems: the network, which no transaction may hold",
}
"""Each of these is a decision; another file is one more, with its reason."""
FRONT = "services/gateway/front"
"""The gateway's other half is no feature: it has no tables and forwards what the others answer."""
MAIL_TEMPLATES = "services/notify/messages/templates/"
"""One per occasion and language; that none is missing or left over is tested with the rules."""


def test_nobody_imports_whom_they_may_not() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_a_service_is_made_of_known_kinds_of_files(service: str) -> None:
    root = ROOT / "services" / service
    strange = []
    for path in files(f"services/{service}"):
        inside = path.relative_to(root).parts
        known = OF_A_SERVICE if len(inside) == 1 else OF_A_FEATURE
        excused = name_of(path) in ONE_OF_A_KIND or name_of(path).startswith((FRONT, MAIL_TEMPLATES))
        excused = excused or is_migration(path)
        if not excused and (len(inside) > 2 or inside[-1] not in known):
            strange.append(name_of(path))
    assert strange == []


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_a_service_has_its_page(service: str) -> None:
    """As a table's rows or as bold words, whichever reads better."""
    page = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    told = ("owns", "answers", "listens to", "says", "on time")
    assert [what for what in told if not re.search(rf"(\*\*|\| )(runs )?{what}\b", page, re.IGNORECASE)] == []


def test_every_service_is_in_the_catalogue() -> None:
    described = {path.parent.name for path in (ROOT / "services").glob("*/app.py")}
    assert described == set(catalogue.NAMES)


def test_every_service_is_under_the_independence_contract() -> None:
    configured = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert [name for name in catalogue.NAMES if f'"services.{name}",' not in configured] == []

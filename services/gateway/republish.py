"""What the gateway says again when asked: all people."""

from __future__ import annotations

from services.gateway.people.actions import say_person
from services.gateway.people.queries import EVERY_PERSON
from shared.snapshots import Snapshots

SNAPSHOTS: Snapshots = ((EVERY_PERSON, say_person),)

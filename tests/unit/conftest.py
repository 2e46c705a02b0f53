"""Laws are checked on any machine, however busy: Hypothesis sets no time limit for one example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

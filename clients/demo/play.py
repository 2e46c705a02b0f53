"""What the scenes of the story share: everybody signed in, the stage, the outside world, and the incident as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from clients.api import Aftercare, sign_in
from clients.demo.kept import Actor, DemoOrganisation
from clients.demo.outside import Outside
from clients.demo.stage import Stage, StoryFailed
from clients.models import Clock, Incident, Session

ON_STAGE = ("desk", "engineer", "emergency", "keeper", "second_keeper", "operator", "leader", "reader")
SYSTEM = "system"


@dataclass
class Play:
    """One performance. The incident is there from the first scene on, and is read anew with `look`."""

    demo: DemoOrganisation
    stage: Stage
    outside: Outside
    apis: dict[str, Aftercare]
    seen: Incident | None = None

    @property
    def incident(self) -> Incident:
        assert self.seen is not None, "the first scene reports the incident"
        return self.seen

    @property
    def language(self) -> str:
        return self.stage.language

    @property
    def path(self) -> str:
        return f"/v1/incidents/{self.incident.id}"

    def actor(self, part: str) -> Actor:
        return self.demo.actors[part]

    def name(self, part: str) -> str:
        return self.actor(part).name(self.language)

    def tell(self, part: str, key: str, **values: object) -> None:
        self.stage.tell(self.name(part), key, **values)

    def tell_of_platform(self, key: str, **values: object) -> None:
        self.stage.tell(self.stage.say("platform"), key, **values)

    async def look(self) -> Incident:
        """The incident as it is now, to the desk."""
        self.seen = await self.apis["desk"].get(Incident, self.path)
        return self.seen

    async def stopped(self, kind: str, what: str) -> str:
        """How a promise ended, once it did: kept or broken."""
        incident = await self.stage.until(what, self.look, lambda seen: clock_of(seen, kind).stopped_at)
        return self.stage.say("kept" if clock_of(incident, kind).state == "met" else "broken")


def clock_of(incident: Incident, kind: str) -> Clock:
    """Raises StoryFailed for a promise that was never made."""
    for clock in incident.clocks:
        if clock.kind == kind:
            return clock
    raise StoryFailed(f"{incident.number}: {kind}?")


@asynccontextmanager
async def everybody_signed_in(demo: DemoOrganisation, language: str) -> AsyncIterator[dict[str, Aftercare]]:
    """Those who act, by their part, and the hospital's system with its key. Their sessions end with the story."""
    people = [demo.actors[part] for part in ON_STAGE]
    signing_in = [sign_in(demo.base_url, who.email, who.password, language) for who in people]
    sessions = await asyncio.gather(*signing_in, return_exceptions=True)
    tokens = {part: _token(session) for part, session in zip(ON_STAGE, sessions, strict=True)}
    async with AsyncExitStack() as stack:
        apis = {
            part: await stack.enter_async_context(Aftercare(demo.base_url, token, language))
            for part, token in {**tokens, SYSTEM: demo.key}.items()
        }
        yield apis
        await asyncio.gather(*(apis[part].delete("/v1/sessions/current") for part in ON_STAGE))


def _token(session: Session | BaseException) -> str:
    """Raises what hindered the sign-in, after all of them have ended."""
    if isinstance(session, BaseException):
        raise session
    return session.token

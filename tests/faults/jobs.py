"""Main jobs in flight: the demo's own scenes, told side by side by clients that repeat until they are answered."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from rich.console import Console

from clients.api import Aftercare, sign_in
from clients.demo import restoration
from clients.demo.kept import DemoOrganisation
from clients.demo.outside import Outside
from clients.demo.play import ON_STAGE, SYSTEM, Play
from clients.demo.stage import Stage, StoryFailed
from clients.demo.story import ACTS
from clients.models import Survey
from tests.builders.eventually import eventually

T = TypeVar("T")
NOT_YET = frozenset({429, 502, 503, 504})
"""What an answer says when it asks to be tried again: many clients that repeat at once also meet the rate limit."""
PATIENCE_SECONDS = 150.0
"""Longer than a lease: what was under way at a kill is tried again once that has run out."""


class Patience(httpx.AsyncBaseTransport):
    """Sends a request again, the same with its Idempotency-Key, until the platform answers it.

    `accepted` has the status of every write by its key; `repeats` counts what was sent again.
    """

    def __init__(self) -> None:
        self.accepted: dict[str, int] = {}
        self.repeats = 0
        self._wire = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await eventually(lambda: self._answer(request), lambda got: got is not None, PATIENCE_SECONDS)
        assert answer is not None
        key = request.headers.get("Idempotency-Key")
        if key is not None and answer.is_success:
            self.accepted[key] = answer.status_code
        return answer

    async def _answer(self, request: httpx.Request) -> httpx.Response | None:
        """None where the process that should answer, or what it needs, is away, or asks to wait."""
        try:
            answer = await self._wire.handle_async_request(request)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code not in NOT_YET:
            return answer
        self.repeats += 1
        if answer is not None:
            await answer.aclose()
        return None

    async def aclose(self) -> None:
        """Nothing: a client that ends leaves it to the others."""

    async def close(self) -> None:
        await self._wire.aclose()


class PatientStage(Stage):
    """Nobody watches, and what is awaited may take a restart."""

    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO()), "en", 1)

    async def until(self, what: str, ask: Callable[[], Awaitable[T]], true: Callable[[T], Any]) -> T:
        return await eventually(ask, true, PATIENCE_SECONDS)


async def survey_is_answered(play: Play) -> None:
    """A form carries no Idempotency-Key: where its answer was lost, the survey itself tells that it was taken."""

    async def surveys() -> list[Survey]:
        return await play.apis["operator"].all(Survey, "/v1/surveys", incident_id=play.incident.id)

    try:
        await restoration.survey_is_answered(play)
    except StoryFailed:
        await eventually(surveys, lambda asked: any(survey.rating for survey in asked), PATIENCE_SECONDS)


SCENES = tuple(
    survey_is_answered if scene is restoration.survey_is_answered else scene for _, scenes in ACTS for scene in scenes
)


@dataclass
class Job:
    """One fault from its report on: how far it came, and why not further."""

    play: Play
    scenes: int = 0
    failure: str | None = None

    @property
    def name(self) -> str:
        return self.play.seen.number if self.play.seen else "not reported"


@dataclass
class Company:
    """Those who act in all jobs, and the jobs."""

    demo: DemoOrganisation
    apis: Mapping[str, Aftercare]
    outside: Outside
    patience: Patience
    jobs: list[Job] = field(default_factory=list)

    async def works_until(self, over: asyncio.Event) -> None:
        """One job after the other; the last one begun is brought to its end."""
        while not over.is_set():
            await self._does_a_job()

    async def _does_a_job(self) -> None:
        job = Job(Play(self.demo, PatientStage(), self.outside, dict(self.apis)))
        self.jobs.append(job)
        try:
            for scene in SCENES:
                await scene(job.play)
                job.scenes += 1
        except Exception as problem:
            job.failure = f"in {SCENES[job.scenes].__name__}: {problem!r}"


@asynccontextmanager
async def a_company(demo: DemoOrganisation) -> AsyncIterator[Company]:
    """Everybody signed in, with patience from then on."""
    assert demo.recorder_url
    people = {part: demo.actors[part] for part in ON_STAGE}
    tokens = {part: (await sign_in(demo.base_url, who.email, who.password)).token for part, who in people.items()}
    patience = Patience()
    async with AsyncExitStack() as stack:
        apis = {
            part: await stack.enter_async_context(Aftercare(demo.base_url, token, transport=patience))
            for part, token in {**tokens, SYSTEM: demo.key}.items()
        }
        outside = await stack.enter_async_context(Outside(demo.recorder_url, "en", patience))
        stack.push_async_callback(patience.close)
        yield Company(demo, apis, outside, patience)

"""What the demo organisation has ready for the day of the fault: a drilled plan, parts in store, a key, a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import httpx

from clients.api import Aftercare, Problem, sign_in
from clients.demo import cast
from clients.demo.building import ensure, once_known
from clients.demo.kept import Actor, DemoOrganisation, Hook
from clients.models import Depot, Key, Me, Movement, Part, Plan, Stock, Webhook


async def plan_in_force(api: Aftercare, hospital: UUID, business: UUID, people: Mapping[str, Actor]) -> UUID:
    """A contingency plan that was drilled, evaluated as passed, approved by a leader and put in force."""
    name = cast.PLAN["name_en"]
    plans = await api.all(Plan, "/v1/plans", customer_id=hospital)
    mine = [plan for plan in plans if plan.name_en == name]
    in_force = [plan for plan in mine if plan.state == "in_force"]
    if in_force:
        return in_force[0].id
    underway = [plan for plan in mine if plan.state in ("draft", "in_drill", "drilled", "approved")]
    plan = underway[0] if underway else await _draft(api, hospital, business, people)
    return (await _through_its_states(api, plan, people)).id


async def _draft(api: Aftercare, hospital: UUID, business: UUID, people: Mapping[str, Actor]) -> Plan:
    steps = [step | {"owner_id": people[owner].id} for owner, step in cast.STEPS]
    body = cast.PLAN | {"customer_id": hospital, "key_business_ids": [business], "steps": steps}
    return await once_known(lambda: api.post(Plan, "/v1/plans", **body))


async def _through_its_states(api: Aftercare, plan: Plan, people: Mapping[str, Actor]) -> Plan:
    path = f"/v1/plans/{plan.id}"
    if plan.state == "draft":
        took_part = [people[owner].id for owner, _ in cast.STEPS]
        drill = {"scenario": cast.DRILL_SCENARIO, "participant_ids": took_part}
        plan = await once_known(lambda: api.post(Plan, f"{path}/start-drill", **drill))
    if plan.state == "in_drill":
        evaluation = {"passed": True, "score": 92, "summary": cast.DRILL_SUMMARY}
        plan = await api.post(Plan, f"{path}/evaluate-drill", **evaluation)
    if plan.state == "drilled":
        leader = people["leader"]
        session = await sign_in(api.base_url, leader.email, leader.password)
        async with Aftercare(api.base_url, session.token) as as_leader:
            await once_known(lambda: as_leader.post(Plan, f"{path}/approve"))
    return await api.post(Plan, f"{path}/put-in-force")


async def store(api: Aftercare, people: Mapping[str, Actor]) -> dict[str, UUID]:
    """The part, and its depots by the part their keeper plays, each with enough in stock."""
    await ensure(api, Part, "/v1/parts", cast.PART, part_number=cast.PART_NUMBER)
    depots = {keeper: await _depot(api, names, people[keeper]) for keeper, names in cast.DEPOTS}
    for keeper, depot in depots.items():
        if await missing_stock(api, depot.id) > 0:
            await _top_up(api.base_url, people[keeper], depot.id)
    return {keeper: depot.id for keeper, depot in depots.items()}


async def _depot(api: Aftercare, names: Mapping[str, str], keeper: Actor) -> Depot:
    body = {**names, "keeper_id": keeper.id}
    return await once_known(lambda: ensure(api, Depot, "/v1/depots", body, name_en=names["name_en"]))


async def _top_up(base_url: str, keeper: Actor, depot_id: UUID) -> None:
    session = await sign_in(base_url, keeper.email, keeper.password)
    async with Aftercare(base_url, session.token) as api:
        await receive(api, depot_id, await missing_stock(api, depot_id))


async def missing_stock(api: Aftercare, depot_id: UUID) -> int:
    """How many pieces are fewer at a depot than the demo wants there; below zero when there are more."""
    stock = await api.all(Stock, "/v1/stock", part_number=cast.PART_NUMBER)
    return cast.STOCK_WANTED - sum(line.good for line in stock if line.depot_id == depot_id)


async def receive(api: Aftercare, depot_id: UUID, quantity: int) -> None:
    """Book pieces in, as the keeper of that depot."""
    body = {"part_number": cast.PART_NUMBER, "quantity": quantity, "note": cast.RECEIPT_NOTE}
    await api.post(Movement, f"/v1/depots/{depot_id}/receipts", **body)


async def key_of_the_hospital(api: Aftercare, hospital: UUID, kept: DemoOrganisation | None) -> str:
    """The key kept, if it still opens the door, else a new one."""
    if kept is not None:
        async with Aftercare(api.base_url, kept.key) as as_system:
            try:
                await as_system.get(Me, "/v1/me")
            except Problem as problem:
                if problem.status != 401:
                    raise
            else:
                return kept.key
    added = await api.post(Key, "/v1/keys", name=cast.KEY_NAME, customer_id=hospital, scopes=cast.KEY_SCOPES)
    return added.key or ""


async def hook_of_the_hospital(base_url: str, key: str, kept: DemoOrganisation | None, recorder_url: str) -> Hook:
    """The endpoint of the hospital's own system, which the recorder plays; the recorder learns the secret anew."""
    url = f"{recorder_url.rstrip('/')}/hooks/{cast.HOOK}"
    known = kept.hook if kept else None
    async with Aftercare(base_url, key) as as_system:
        there = await as_system.all(Webhook, "/v1/webhooks")
        if known is None or known.url != url or known.id not in {endpoint.id for endpoint in there}:
            for former in there:
                await as_system.delete(f"/v1/webhooks/{former.id}")
            known = await _new_hook(as_system, url)
    async with httpx.AsyncClient(trust_env=False) as recorder:
        (await recorder.put(f"{url}/secret", json={"secret": known.secret})).raise_for_status()
    return known


async def _new_hook(as_system: Aftercare, url: str) -> Hook:
    async def add() -> Webhook:
        return await as_system.post(Webhook, "/v1/webhooks", url=url, event_types=cast.HOOK_EVENTS)

    added = await once_known(add)
    return Hook(id=added.id, name=cast.HOOK, url=url, secret=added.secret or "")

"""Cover that changes with the term of the contract: who was not covered is, who was stays so."""

from __future__ import annotations

from datetime import timedelta

from tests.builders.incidents import Customer, a_customer, reported, seen
from tests.harness import OneService


async def test_a_term_that_is_made_longer_covers_what_came_after_it(one_service: OneService.Factory) -> None:
    incidents = await one_service("incidents")
    customer = Customer()
    ended = customer.agreed(ends_on=(await incidents.now()).date() - timedelta(days=2))
    await a_customer(incidents, ended, of=customer)
    incident = await reported(incidents, customer)
    assert incident["cover"] == "undecided"
    await incidents.hear(customer.agreed(), sequence=2)
    await incidents.settle()
    assert (await seen(incidents, incident))["covered"] is True
    await incidents.hear(ended, sequence=3)
    await incidents.settle()
    assert (await seen(incidents, incident))["covered"] is True

"""In which order a batch of events has its effects, and which of them are given several at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from shared.bus import Envelope
from shared.consumers import Consumer, turns
from shared.db import AsyncSession
from tests.bus.conftest import an_envelope


async def nothing(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """No effect."""


ONE = Consumer("one", nothing, "")
MANY, MORE = (Consumer(name, nothing, "", together=True) for name in ("many", "more"))
HOSPITAL, LIBRARY = uuid4(), uuid4()
Heard = list[tuple[Envelope, list[Consumer]]]


def heard(subject: str, *consumers: Consumer, customer: UUID | None = HOSPITAL) -> tuple[Envelope, list[Consumer]]:
    return an_envelope(subject=subject).model_copy(update={"customerid": customer}), list(consumers)


def told(batch: Heard) -> list[tuple[str, str]]:
    """Each call: the effect, and the subjects that it is given."""
    return [(turn.consumer.name, "".join(each.subject for each in turn.envelopes)) for turn in turns(batch)]


def test_effects_that_take_many_are_given_all() -> None:
    batch = [heard("a", MANY, MORE), heard("b", MANY), heard("c", MORE, MANY)]
    assert told(batch) == [("many", "abc"), ("more", "ac")]


def test_effects_that_take_one_are_called_for_each_event() -> None:
    assert told([heard("a", ONE), heard("b", ONE)]) == [("one", "a"), ("one", "b")]


def test_an_effect_that_takes_one_sees_what_came_before_its_event_and_nothing_after() -> None:
    batch = [heard("a", MANY), heard("b", MANY, ONE), heard("c", MANY)]
    assert told(batch) == [("many", "a"), ("many", "b"), ("one", "b"), ("many", "c")]


def test_customers_are_kept_apart() -> None:
    batch = [heard("a", MANY), heard("b", MANY, customer=LIBRARY), heard("c", MANY), heard("d", MANY, customer=None)]
    assert told(batch) == [("many", "ac"), ("many", "b"), ("many", "d")]


def test_a_subject_whose_event_is_of_nobody_stays_in_order() -> None:
    batch = [heard("a", MANY), heard("b", MANY, customer=None), heard("a", MANY, customer=None), heard("c", MANY)]
    assert told(batch) == [("many", "a"), ("many", "b"), ("many", "a"), ("many", "c")]


events = st.builds(
    heard,
    st.sampled_from("ab"),
    *[st.sampled_from([ONE, MANY, MORE])] * 2,
    customer=st.sampled_from([HOSPITAL, LIBRARY, None]),
)


@given(st.lists(events.filter(lambda event: event[1][0] != event[1][1]), max_size=12))
def test_every_effect_hears_every_event_once_and_each_subject_in_order(batch: Heard) -> None:
    made = turns(batch)
    for consumer in (ONE, MANY, MORE):
        for subject in "ab":
            given_to_it = [
                envelope.id
                for turn in made
                if turn.consumer == consumer
                for envelope in turn.envelopes
                if envelope.subject == subject
            ]
            assert given_to_it == [
                envelope.id for envelope, consumers in batch if consumer in consumers and envelope.subject == subject
            ]
    assert all(len({envelope.customerid for envelope in turn.envelopes}) == 1 for turn in made)
    assert all(turn.consumer.together or len(turn.envelopes) == 1 for turn in made)

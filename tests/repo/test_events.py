"""The event contracts: who says each, who hears each, and that what was ever said can still be read."""

from __future__ import annotations

import ast
import json
from datetime import datetime
from typing import Any

import pytest

from services import catalogue
from shared.events import REGISTRY, Event
from tests.repo.sources import ROOT, modules, tree_of

GOLDEN = ROOT / "tests" / "repo" / "golden"
SAMPLES = sorted(GOLDEN.glob("*.json"))
FOR_CLIENTS: dict[str, str] = {
    "contracts.contact_changed.v1": "the customer's people to call, for client systems and their address books",
    "contracts.contract_changed.v1": "terms and cover, for client systems; our own services go by the agreements",
    "contracts.catalogue_item_changed.v1": "the catalogue of services, for client systems",
    "inventory.part_changed.v1": "the parts catalogue, for client systems; our own services name a part by its number",
}
"""Events that no service listens to by decision, each with who they are for."""


def said_by(service: str) -> frozenset[type[Event]]:
    return frozenset(catalogue.service(service).emits)


def named_by(service: str) -> frozenset[str]:
    """The names that the service's doing mentions: its table of contents and its imports are no deed."""
    return frozenset(
        node.id if isinstance(node, ast.Name) else node.attr
        for path in modules(f"services/{service}")
        if path.name not in ("app.py", "consumers.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Name | ast.Attribute)
    )


def test_every_event_belongs_to_a_service_of_the_catalogue() -> None:
    assert {event_type.split(".", 1)[0] for event_type in REGISTRY} - set(catalogue.NAMES) == set()


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_a_service_declares_all_its_events_and_no_others(service: str) -> None:
    own = {kind for event_type, kind in REGISTRY.items() if event_type.startswith(f"{service}.")}
    assert said_by(service) == own


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_a_service_says_what_it_declares(service: str) -> None:
    """A contract nobody ever fulfils misleads its readers."""
    assert {kind.__name__ for kind in said_by(service)} - named_by(service) == set()


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_every_event_is_heard_or_listed_as_one_for_clients(service: str) -> None:
    heard = {key for keys in catalogue.topology().values() for key in keys}
    assert {kind.type for kind in said_by(service)} - heard - set(FOR_CLIENTS) == set()


@pytest.mark.parametrize("service", catalogue.NAMES)
def test_every_consumer_says_what_it_does(service: str) -> None:
    consumers = [each for found in catalogue.service(service).consumers.by_type.values() for each in found]
    assert {consumer.name for consumer in consumers if not consumer.doc} == set()


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=REGISTRY)
def test_a_wire_type_is_its_service_the_class_in_the_past_and_a_version(kind: type[Event]) -> None:
    service, name, version = kind.type.split(".")
    assert name == "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("_")
    assert version[0] == "v"
    assert version[1:].isdigit()
    assert f"{kind.__module__}.".startswith(f"shared.events.{service}.")
    assert kind.__doc__


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_an_event_said_by_any_release_can_still_be_read(path: Any) -> None:
    """Fields are only ever added: none of the sample's is lost or means something else."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    read = REGISTRY[path.stem].model_validate(sample).model_dump(mode="json")
    assert _as_told(read, sample) == sample


def _as_told(read: Any, sample: Any) -> Any:
    """What was read, without the fields that the sample's release did not know."""
    if isinstance(sample, dict) and isinstance(read, dict):
        return {name: _as_told(read.get(name), told) for name, told in sample.items()}
    if isinstance(sample, list) and isinstance(read, list) and len(read) == len(sample):
        return [_as_told(one, told) for one, told in zip(read, sample, strict=True)]
    return read


def test_every_type_of_event_has_its_sample() -> None:
    assert set(REGISTRY) - {path.stem for path in SAMPLES} == set(), "add one to tests/repo/golden"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_field_added_later_may_be_missing(path: Any) -> None:
    """An event from before the field was there is read too: whatever a sample lacks has a default."""
    sample = json.loads(path.read_text(encoding="utf-8"))
    fields = REGISTRY[path.stem].model_fields
    assert [name for name, field in fields.items() if name not in sample and field.is_required()] == []


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=REGISTRY)
def test_every_time_in_an_event_names_its_zone(kind: type[Event]) -> None:
    path = GOLDEN / f"{kind.type}.json"
    event = kind.model_validate_json(path.read_text(encoding="utf-8"))
    times = [value for value in event.__dict__.values() if isinstance(value, datetime)]
    assert [value for value in times if value.utcoffset() is None] == []

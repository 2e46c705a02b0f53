"""The containers as text: one entry per service and role, each told only its own, no secret with a default.

No container is started here; the README says what was run and what was only checked.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from typer.main import get_command

from deploy.embedded import Keys, Ports
from deploy.embedded import environment as embedded_environment
from services import catalogue
from services.__main__ import cli
from services.process import DRAIN_SECONDS
from shared.settings import PlatformSettings, variables_of
from tests.repo.sources import ROOT, text_of

COMPOSE: dict[str, Any] = yaml.safe_load(text_of(ROOT / "docker-compose.yml"))
ENTRIES: dict[str, dict[str, Any]] = COMPOSE["services"]
OF_SERVICES = {f"{name}-{role}": (name, role) for name in catalogue.NAMES for role in ("api", "worker")}
BESIDE = {"postgres", "rabbitmq", "mailpit", "migrate", "dashboard"}
RUNS_ONCE = {"migrate"}
OURS = sorted({*OF_SERVICES, "migrate", "dashboard"})
REACHED_FROM_WITHOUT = {"gateway-api", "dashboard"}
SECRET_NAME = re.compile(r"PASS(WORD)?$|SECRET|_KEY$|AMQP_URL$|DATABASE_URL$")
ONLY_EMBEDDED = {"AFTERCARE_NOTIFY_ALLOWED_RECEIVERS"}
"""The recorder, which stands for the outside world on this machine, is no part of an installation."""
DOCKERFILE = text_of(ROOT / "deploy" / "Dockerfile")


def environment(entry: str) -> dict[str, str]:
    return {name: str(value) for name, value in ENTRIES[entry].get("environment", {}).items()}


def test_there_is_one_entry_per_service_and_role() -> None:
    assert set(ENTRIES) == set(OF_SERVICES) | BESIDE


@pytest.mark.parametrize(("entry", "service", "role"), [(entry, *what) for entry, what in OF_SERVICES.items()])
def test_an_entry_runs_its_service_in_its_role(entry: str, service: str, role: str) -> None:
    context = _parsed(ENTRIES[entry]["command"])
    assert (context["names"], context["role"]) == ([service], role)


def test_the_schemas_of_all_services_are_migrated_first() -> None:
    assert _parsed(ENTRIES["migrate"]["command"]) == {"names": ["all"]}
    late = [entry for entry in OF_SERVICES if "migrate" not in ENTRIES[entry]["depends_on"]]
    assert late == []


def _parsed(command: list[str]) -> dict[str, Any]:
    """The arguments as the program itself reads them."""
    group: Any = get_command(cli)
    name, *arguments = command
    parameters: dict[str, Any] = group.commands[name].make_context(name, arguments).params
    return parameters


@pytest.mark.parametrize("entry", OF_SERVICES)
def test_an_entry_is_told_only_its_own(entry: str) -> None:
    service, role = OF_SERVICES[entry]
    known = set(variables_of(PlatformSettings)) | set(variables_of(catalogue.settings_class(service)))
    if (service, role) == ("gateway", "api"):
        others = {f"AFTERCARE_{name.upper()}_API_URL" for name in catalogue.NAMES if name != "gateway"}
        assert set(environment(entry)) >= others
        known |= others
    assert set(environment(entry)) - known == set()
    assert "AFTERCARE_DATABASE_URL" not in environment(entry), "the administrator's URL is for migrate alone"
    assert ("AFTERCARE_GATEWAY_SIGNING_KEY" in environment(entry)) == (entry == "gateway-api")


@pytest.mark.parametrize("name", [name for name in catalogue.NAMES if name != "gateway"])
def test_a_service_is_told_in_containers_what_the_embedded_default_tells_it(name: str) -> None:
    told = embedded_environment(Keys("a", "b", "c", "d", "e"), "postgresql://localhost/x", Ports.from_first(8000))
    needed = {variable for variable in told if variable.startswith(f"AFTERCARE_{name.upper()}_")} - ONLY_EMBEDDED
    assert needed - set(environment(f"{name}-worker")) == set()


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_no_secret_has_a_default(entry: str) -> None:
    whole = json.dumps(ENTRIES[entry])
    assert [found for found in re.findall(r"\$\{[^}]*\}", whole) if ":?" not in found] == []
    plain = {n: v for n, v in environment(entry).items() if SECRET_NAME.search(n) and ":?" not in v}
    assert plain == {}


@pytest.mark.parametrize("entry", sorted(set(ENTRIES) - RUNS_ONCE))
def test_what_keeps_running_is_watched_and_started_again(entry: str) -> None:
    check = ENTRIES[entry]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= set(check)
    assert ENTRIES[entry]["restart"] == "unless-stopped"


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_whom_an_entry_waits_for_is_there_and_healthy_first(entry: str) -> None:
    for other, how in ENTRIES[entry].get("depends_on", {}).items():
        expected = "service_completed_successfully" if other in RUNS_ONCE else "service_healthy"
        assert (other in ENTRIES, how["condition"]) == (True, expected)


@pytest.mark.parametrize("entry", OURS)
def test_our_containers_may_do_no_more_than_they_must(entry: str) -> None:
    assert ENTRIES[entry]["read_only"] is True
    assert ENTRIES[entry]["cap_drop"] == ["ALL"]
    assert ENTRIES[entry]["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in ENTRIES[entry]


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_only_the_gateway_and_the_dashboard_are_open_beyond_this_machine(entry: str) -> None:
    ports = ENTRIES[entry].get("ports", [])
    beyond = [port for port in ports if not port.startswith("127.0.0.1:")]
    assert bool(beyond) == (entry in REACHED_FROM_WITHOUT)
    assert not ports or "outside" in ENTRIES[entry]["networks"]


@pytest.mark.parametrize("entry", sorted(ENTRIES))
def test_data_is_kept_in_named_volumes(entry: str) -> None:
    volumes = {volume.split(":", 1)[0] for volume in ENTRIES[entry].get("volumes", [])}
    assert volumes <= set(COMPOSE["volumes"])


def test_what_must_outlive_a_container_lies_in_a_volume() -> None:
    assert ENTRIES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]
    assert ENTRIES["rabbitmq"]["volumes"] == ["rabbitmq:/var/lib/rabbitmq"]
    assert ENTRIES["rabbitmq"]["hostname"] == "rabbitmq", "the broker's folder is named after its host"
    assert [entry for entry in OF_SERVICES if ENTRIES[entry]["volumes"] != ["files:/var/lib/aftercare"]] == []


@pytest.mark.parametrize("entry", OF_SERVICES)
def test_a_service_is_given_longer_to_stop_than_it_takes_to_drain(entry: str) -> None:
    assert int(ENTRIES[entry]["stop_grace_period"].removesuffix("s")) >= 2 * DRAIN_SECONDS


def test_the_versions_are_those_the_readme_names() -> None:
    assert ENTRIES["postgres"]["image"] == "postgres:18"
    assert ENTRIES["rabbitmq"]["image"] == "rabbitmq:4-management"
    assert [entry for entry in sorted(BESIDE - {"migrate", "dashboard"}) if ":" not in ENTRIES[entry]["image"]] == []
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_image_runs_as_nobody_special_and_holds_only_what_runs() -> None:
    instructions = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE, re.MULTILINE)
    assert [value for name, value in instructions if name == "USER"] == ["10001:10001"]
    assert {name for name, _ in instructions}.isdisjoint({"ADD", "MAINTAINER"})
    copied = [source for name, value in instructions if name == "COPY" for source in value.split()[:-1]]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    allowed = re.findall(r"^!(\S+)$", text_of(ROOT / "deploy" / "Dockerfile.dockerignore"), re.MULTILINE)
    assert set(copied) == set(allowed)


def test_the_image_is_built_from_pinned_and_hashed_packages() -> None:
    assert re.search(r"^FROM \S+:3\.11-slim-bookworm$", DOCKERFILE, re.MULTILINE)
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"PASSWORD|SECRET|TOKEN|_KEY", DOCKERFILE) is None


def test_the_image_starts_everything_unless_told_otherwise() -> None:
    entrypoint, command = (json.loads(value) for value in re.findall(r"^(?:ENTRYPOINT|CMD) (.*)$", DOCKERFILE, re.M))
    assert entrypoint == ["python", "-m", "services"]
    assert _parsed(command) == {"names": ["all"], "role": "all"}

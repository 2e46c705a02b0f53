"""The settings: each variable that anything sets is one that somebody reads, and a misspelt one refuses to start."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from pydantic_settings import BaseSettings

from deploy.embedded import Keys, Ports, environment
from services import catalogue
from shared.settings import PREFIX, PlatformSettings, ServiceSettings, UnknownSetting, refuse_unknown, variables_of
from tests.repo.sources import ROOT, modules, text_of, texts

MOST_FIELDS = 15
CLASSES: list[type[BaseSettings]] = [PlatformSettings, *(catalogue.settings_class(name) for name in catalogue.NAMES)]
KNOWN = {variable for kind in CLASSES for variable in variables_of(kind)}
VARIABLE = re.compile(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b")
OF_CLIENTS = re.compile(rf"{PREFIX}(DASHBOARD|CLI|DEMO)_|{PREFIX}(URL|KEY|TOKEN|LANG)$")
"""Clients have settings of their own: whoever runs one sets them, no service reads them."""
SECRET = re.compile(r"password|secret|signing_key|token$")


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__module__)
def test_a_settings_class_stays_small(kind: type[BaseSettings]) -> None:
    own = [name for name in vars(kind).get("__annotations__", {}) if name in kind.model_fields]
    assert len(own) <= MOST_FIELDS


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__module__)
def test_every_setting_says_what_it_is_for_and_no_secret_has_a_default(kind: type[BaseSettings]) -> None:
    assert [name for name, field in kind.model_fields.items() if not field.description] == []
    assert [name for name, field in kind.model_fields.items() if SECRET.search(name) and field.default] == []


@pytest.mark.parametrize("name", catalogue.NAMES)
def test_a_services_variables_carry_its_name(name: str) -> None:
    kind = catalogue.settings_class(name)
    assert issubclass(kind, ServiceSettings)
    assert kind.model_config.get("env_prefix") == f"{PREFIX}{name.upper()}_"


@pytest.mark.parametrize("variable", sorted(KNOWN))
def test_a_misspelt_variable_is_refused_by_the_name_it_was_meant_to_have(variable: str) -> None:
    with pytest.raises(UnknownSetting, match=re.escape(variable)):
        refuse_unknown(CLASSES, {f"{variable}X": "1"})


def test_a_process_with_a_misspelt_variable_does_not_start() -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    command = [sys.executable, "-m", "services", "run", "gateway"]
    misspelt = inherited | {"AFTERCARE_GATEWAY_SESION_HOURS": "8"}
    done = subprocess.run(command, cwd=ROOT, env=misspelt, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "did you mean AFTERCARE_GATEWAY_SESSION_HOURS?" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_embedded_default_sets_only_known_variables() -> None:
    told = environment(Keys("a", "b", "c", "d", "e"), "postgresql://localhost/x", Ports.from_first(8000))
    assert set(told) - KNOWN == set()


def test_every_variable_named_anywhere_is_known() -> None:
    """Code, compose, prose: a name that nobody reads is a mistake wherever it stands."""
    named = {
        f"{path.relative_to(ROOT)}: {variable}"
        for path in texts()
        if path.suffix in (".py", ".md", ".yml", ".sh") and path.parent.name != "repo"
        for variable in VARIABLE.findall(text_of(path))
        if variable not in KNOWN and not OF_CLIENTS.match(variable) and not _is_prefix(variable)
    }
    assert named == set()


def test_a_clients_variable_is_read_by_a_client() -> None:
    read = "".join(text_of(path) for path in modules("clients"))
    set_for_it = set(VARIABLE.findall(text_of(ROOT / "docker-compose.yml"))) - KNOWN
    unread = {name for name in set_for_it if name not in read and name.rsplit("_", 1)[1].lower() not in read}
    assert unread == set()


def _is_prefix(variable: str) -> bool:
    return any(known.startswith(f"{variable}_") for known in KNOWN)

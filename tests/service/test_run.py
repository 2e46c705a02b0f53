"""`make run` as a person uses it: started, looked at, started again, stopped in any way, reset."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator

import httpx
import pytest

from clients.api import Aftercare, sign_in
from clients.demo.cast import CAST
from clients.models import Me, Person
from clients.sign_in import SIGN_INS, read_sign_ins
from deploy.home import LOCK, CannotStart, Home
from deploy.machine import free_ports, open_lock, try_exclusive
from deploy.run import main
from shared.events.words import word
from shared.settings import PREFIX
from tests.builders.eventually import eventually
from tests.builders.launched import Launched, a_home, launched

RUN = "deploy.run"
MISSPELT = {f"{PREFIX}GATEWAY_SESION_HOURS": "8"}


@pytest.fixture
def home() -> Iterator[Home]:
    with a_home() as home:
        yield home


def modes(home: Home) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in (home.folder, *home.folder.glob("*.json"))}


async def answer(url: str) -> int:
    """The status, or 0 where nobody answers."""
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(url)).status_code
        except httpx.TransportError:
            return 0


async def emails(platform: Launched) -> list[str]:
    """The people there are, as the administrator of the written sign-ins sees them."""
    sign_ins = read_sign_ins(platform.home.folder / SIGN_INS)
    session = await sign_in(platform.ports.base_url, sign_ins.administrator.email, sign_ins.administrator.password)
    async with Aftercare(platform.ports.base_url, session.token) as api:
        return sorted(person.email for person in await api.all(Person, "/v1/people"))


async def test_a_start_says_where_to_go_and_who_may_and_ctrl_c_ends_all_of_it(home: Home) -> None:
    with launched(RUN, home) as platform:
        await platform.is_ready()
        ports = platform.ports
        for address in (ports.base_url, ports.dashboard_url, ports.recorder_url):
            assert address in platform.said
        assert await answer(f"{ports.base_url}/readyz") == 200
        assert await eventually(lambda: answer(f"{ports.dashboard_url}/livez"), bool) == 200
        await everybody_listed_can_sign_in(platform)
        assert modes(home) == {".aftercare": 0o700, "keys.json": 0o600, "demo.json": 0o600, "sign-ins.json": 0o600}
        assert await platform.ends(signal.SIGINT) == 0
        assert platform.left_behind() == []
        assert platform.errors == []
        assert "data is kept" in platform.said


async def everybody_listed_can_sign_in(platform: Launched) -> None:
    """Each on one line with a password and the role in both languages; lines are for copying, so none is cut."""
    listed = {words[0]: words[1] for line in platform.said.splitlines() if (words := line.split()) and "@" in words[0]}
    assert {role.email for role in CAST} < set(listed)
    for role in CAST[:3]:
        session = await sign_in(platform.ports.base_url, role.email, listed[role.email])
        async with Aftercare(platform.ports.base_url, session.token) as api:
            assert (await api.get(Me, "/v1/me")).kind == "person"
    assert {word(name, "zh") for role in CAST for name in role.roles} <= set(platform.said.split())


async def test_a_second_start_goes_on_with_data_and_keys_and_a_reset_ends_them(home: Home) -> None:
    def kept() -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in home.folder.glob("*.json")}

    with launched(RUN, home, "--without-dashboard") as platform:
        await platform.is_ready()
        before, people = kept(), await emails(platform)
        assert await platform.ends(signal.SIGTERM) == 0
        assert platform.left_behind() == []
    with launched(RUN, home, "--without-dashboard", first=platform.ports.gateway) as platform:
        await platform.is_ready()
        assert (kept(), await emails(platform)) == (before, people)
        assert await platform.ends(signal.SIGHUP) == 0
    with launched(RUN, home, "--reset") as platform:
        assert await platform.ends() == 0
        assert "deleted" in platform.said
    assert (home.folder.exists(), home.data.exists()) == (False, False)


async def test_an_interrupted_start_leaves_nothing_running(home: Home) -> None:
    with launched(RUN, home) as platform:
        await platform.has_said("Starting the database")
        assert await platform.ends(signal.SIGINT) == 0
        assert platform.left_behind() == []
        assert platform.complained == ""


async def test_a_taken_port_is_named_and_another_one_suggested(home: Home) -> None:
    [first] = free_ports(1)
    with socket.create_server(("127.0.0.1", first + 80)), launched(RUN, home, first=first) as platform:
        assert await platform.ends() == 1
    assert platform.complained == (
        f'Port {first + 80} (dashboard) is in use (端口已被占用). Choose others: make run ARGS="--port 9000"\n'
    )


@pytest.mark.parametrize("port", ["65500", "http"])
def test_a_port_that_cannot_be_is_a_mistake_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "--port", port])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "--port: a number from 1 to 65455" in capsys.readouterr().err


async def test_a_home_in_use_is_neither_shared_nor_deleted(home: Home) -> None:
    home.folder.mkdir()
    with open_lock(home.folder / LOCK) as lock:
        assert try_exclusive(lock)
        with launched(RUN, home) as platform:
            assert await platform.ends() == 1
        with pytest.raises(CannotStart, match="already"):
            home.reset()
    [line] = platform.complained.splitlines()
    assert f"runs in {home.path} already" in line
    assert home.folder.exists()


async def test_a_misspelt_setting_refuses_to_start_before_anything_is_made(home: Home) -> None:
    with launched(RUN, home, told=MISSPELT) as platform:
        assert await platform.ends() == 1
    [line] = platform.complained.splitlines()
    assert "did you mean AFTERCARE_GATEWAY_SESSION_HOURS?" in line
    assert (platform.said, modes(home), home.data.exists()) == ("", {".aftercare": 0o700}, False)


async def test_damaged_keys_are_not_replaced_by_new_ones(home: Home) -> None:
    home.folder.mkdir()
    (home.folder / "keys.json").write_text('{"signing_key": "half', encoding="utf-8")
    with launched(RUN, home) as platform:
        assert await platform.ends() == 1
    [line] = platform.complained.splitlines()
    assert str(home.folder / "keys.json") in line
    assert (home.folder / "keys.json").read_text(encoding="utf-8") == '{"signing_key": "half'


async def test_a_database_that_does_not_answer_is_told_in_one_line(home: Home) -> None:
    [closed] = free_ports(1)
    nowhere = {"AFTERCARE_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{closed}/x"}
    with launched(RUN, home, told=nowhere) as platform:
        assert await platform.ends() == 1
    [line] = platform.complained.splitlines()
    assert line.startswith("aftercare: the database does not answer: ")

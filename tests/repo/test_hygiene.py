"""Habits the code keeps everywhere: one source of time, no commit by hand, no excuses, nothing of one machine."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.repo.sources import CODE, ROOT, files, lines_with, modules, name_of, text_of, texts, tree_of

TIME_READERS = frozenset(
    {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
)
MAY_READ_TIME = frozenset({"shared/now.py"})
"""What speaks to the platform from outside (clients) or runs it (deploy, bench) has a time of its own."""

WAITS_IN_TESTS = {
    "tests/bus/conftest.py": "lets the loop run on between two tries to publish; no time passes",
    "tests/builders/eventually.py": "asks other processes again until a deadline; they run in real time",
    "tests/faults/kills.py": "lets the time drawn from the seed pass before the next kill",
}
FOREIGN_HOSTS = frozenset({"www.apache.org", "keepachangelog.com", "semver.org", "www.w3.org", "www.rfc-editor.org"})
OUR_HOSTS = re.compile(r"127\.|0177\.|localhost$|\[|.*example(\.com|\.org|\.net)?\.?$|[a-z0-9_-]+$")
HOST = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@\"'{}$]*@)?([A-Za-z0-9._-]+)")
THIS_FILE = Path(__file__)


def calls(path: Path) -> list[tuple[str, int]]:
    """Dotted names called in a module, with their lines."""
    return [
        (ast.unparse(node.func), node.lineno)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    ]


def called(names: frozenset[str], *paths: Path) -> list[str]:
    return [
        f"{name_of(path)}:{line} {name}"
        for path in paths
        for name, line in calls(path)
        if any(name == wanted or name.endswith(f".{wanted}") for wanted in names)
    ]


def test_only_one_module_reads_the_time() -> None:
    readers = called(TIME_READERS, *modules("services", "shared"))
    assert [found for found in readers if found.split(":", 1)[0] not in MAY_READ_TIME] == []


def test_the_time_is_not_read_by_a_bare_name() -> None:
    bare = [
        name_of(path)
        for path in modules("services", "shared")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.module == "time"
    ]
    assert bare == []


def test_nobody_commits_by_hand() -> None:
    commits = [
        f"{name_of(path)}:{line}"
        for path in modules("services", "clients")
        for name, line in calls(path)
        if name.endswith((".commit", ".rollback", ".begin"))
    ]
    assert commits == []


def test_an_ignored_type_error_names_its_code_and_its_reason() -> None:
    excused = re.compile(r"# type: ignore\[[a-z-]+(, [a-z-]+)*\]  # \S+")
    bare = [place for path in modules(*CODE, "tests") for place in _ignores(path) if not excused.search(place)]
    assert bare == []


def _ignores(path: Path) -> list[str]:
    if path == THIS_FILE:
        return []
    marked = enumerate(text_of(path).splitlines(), start=1)
    return [f"{name_of(path)}:{number} {line.strip()}" for number, line in marked if "# type: ignore" in line]


@pytest.mark.parametrize("mark", ["TODO", "FIXME", "XXX", "HACK"])
def test_nothing_is_left_for_later(mark: str) -> None:
    written = [path for path in texts() if path != THIS_FILE and not path.name.startswith("requirements")]
    pattern = re.compile(rf"\b{mark}\b")
    assert [place for path in written if pattern.search(text_of(path)) for place in lines_with(mark, path)] == []


def test_no_path_of_this_checkout_is_written_down() -> None:
    if len(ROOT.parts) < 3:
        return  # such a path is nobody's own: an image has its program there
    named = [name_of(path) for path in texts() if re.search(rf"{re.escape(str(ROOT))}(?![\w-])", text_of(path))]
    assert named == []


@pytest.mark.parametrize("home", [r"/home/\w", r"/Users/\w", r"/root(?![\w-])", r"C:\\Users"])
def test_no_home_of_a_developer_is_named(home: str) -> None:
    named = [name_of(path) for path in texts() if path != THIS_FILE and re.search(home, text_of(path))]
    assert named == []


def test_every_address_is_ours_or_a_public_standard() -> None:
    named = {
        f"{name_of(path)}: {host}"
        for path in texts()
        if not path.name.startswith("requirements") and path != THIS_FILE
        for host in HOST.findall(text_of(path))
        if host not in FOREIGN_HOSTS and not OUR_HOSTS.match(host.lower())
    }
    assert named == set()


def test_tests_do_not_sleep() -> None:
    sleeping = called(frozenset({"sleep"}), *(path for path in modules("tests") if path != THIS_FILE))
    assert {found.split(":", 1)[0] for found in sleeping} == set(WAITS_IN_TESTS)


def test_nothing_is_patched_by_path() -> None:
    """A seam that a test needs is an argument."""
    by_path = re.compile(r"unittest\.mock|\bmocker\b|monkeypatch\.(setattr|delattr)\(\s*[\"'](?!sys\.)")
    patching = [name_of(path) for path in modules("tests") if path != THIS_FILE and by_path.search(text_of(path))]
    assert patching == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_requirement_has_hashes_and_no_address(name: str) -> None:
    lines = [line for line in text_of(ROOT / name).splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if "://" in line or line.startswith("-")] == []
    pinned = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    assert pinned
    assert [lines[number] for number in pinned if "==" not in lines[number]] == []
    assert [lines[number] for number in pinned if not lines[number + 1].lstrip().startswith("--hash=sha256:")] == []


def test_what_runs_is_a_part_of_what_develops() -> None:
    run, develop = (
        {line for line in text_of(ROOT / name).splitlines() if "==" in line}
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert {line.split(" ", 1)[0] for line in run} <= {line.split(" ", 1)[0] for line in develop}


def test_a_bare_environment_can_build_the_checkout() -> None:
    """It is built without isolation, so what builds it must be among the pinned requirements."""
    build = tomllib.loads(text_of(ROOT / "pyproject.toml"))["build-system"]["requires"]
    pinned = {line.split("==", 1)[0] for line in text_of(ROOT / "requirements.txt").splitlines() if "==" in line}
    assert {re.split("[<>=]", requirement, maxsplit=1)[0] for requirement in build} - pinned == set()


def test_no_file_is_a_secret_or_a_leftover() -> None:
    suspicious = (".env", ".pem", ".key", ".orig", ".rej", ".swp", ".log", ".sqlite", ".db")
    assert [name_of(path) for path in files() if path.name.endswith(suspicious)] == []


def test_no_private_key_is_written_down() -> None:
    marker = "PRIVATE " + "KEY-----"
    assert [name_of(path) for path in texts() if marker in text_of(path)] == []

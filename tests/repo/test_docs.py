"""The documents say what is true: generated pages are fresh, commands exist, links and paths lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from services import reference
from tests.repo.sources import ROOT, name_of, prose, text_of

DECISIONS = ROOT / "docs" / "decisions"
HEADINGS = ["Context", "Decision", "Alternatives", "Consequences", "Enforced by"]
DECISION_LINES = 60
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
OURS = r"(?:services|shared|clients|deploy|docs|tests|bench)"
PATH = re.compile(rf"`({OURS}(?:/[\w.-]+)+/?)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
DRAWN_AT_RUN_TIME = ("docs/EVENTS.md", "docs/ERRORS.md", "docs/SETTINGS.md", "docs/PERMISSIONS.md", "docs/openapi.json")
PROSE = pytest.mark.parametrize("page", prose(), ids=name_of)


def test_the_generated_pages_are_what_the_code_says() -> None:
    assert reference.write(ROOT / "docs", check=True) == [], "run `make docs`"


@PROSE
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    named = {target for code in CODE.findall(text_of(page)) for target in re.findall(r"\bmake ([a-z][a-z-]*)", code)}
    assert named - TARGETS == set()


@PROSE
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = {path for path in PATH.findall(text_of(page)) if path not in DRAWN_AT_RUN_TIME}
    assert {path for path in named if not (ROOT / path).exists()} == set()


@PROSE
def test_every_link_leads_somewhere(page: Path) -> None:
    links = {link for link in LINK.findall(text_of(page)) if "://" not in link and not link.startswith("mailto:")}
    assert {link for link in links if not (page.parent / link).exists()} == set()


@PROSE
def test_a_page_has_one_title_and_nothing_left_open(page: Path) -> None:
    outside_code = re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    assert len(re.findall(r"^# \S", outside_code, re.MULTILINE)) == (0 if _has_html_title(page) else 1)
    assert re.search(r"\b(coming soon|to be written|TBD|lorem)\b", text_of(page), re.IGNORECASE) is None


def _has_html_title(page: Path) -> bool:
    return "<h1" in text_of(page)


def test_every_target_of_the_makefile_is_explained_or_internal() -> None:
    explained = set(re.findall(r"^([a-z][a-z-]*):.*##", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert TARGETS - explained == {"format-check"}


def test_both_readmes_tell_the_same() -> None:
    english, chinese = (text_of(ROOT / name) for name in ("README.md", "README.zh-CN.md"))
    for pattern in (r"^#+ ", r"^```(\w*)", r"\bmake [a-z-]+", r"\bAFTERCARE_\w+"):
        both = [re.findall(pattern, page, re.MULTILINE) for page in (english, chinese)]
        assert sorted(both[0]) == sorted(both[1]), pattern


def test_decisions_are_numbered_listed_and_complete() -> None:
    pages = sorted(DECISIONS.glob("0*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    index = text_of(DECISIONS / "README.md")
    for page in pages:
        text = text_of(page)
        title = re.match(r"# (\d{4}): (.+)\n", text)
        assert title, name_of(page)
        assert f"| [{title[1]}]({page.name}) | {title[2]} |" in index
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, name_of(page)
        assert len(text.splitlines()) <= DECISION_LINES, name_of(page)


def test_every_decision_names_what_enforces_it() -> None:
    idle = [
        name_of(page)
        for page in sorted(DECISIONS.glob("0*.md"))
        if not PATH.search(text_of(page).split("## Enforced by", 1)[1])
    ]
    assert idle == []


def test_every_service_and_every_document_can_be_found_from_the_readme() -> None:
    start = text_of(ROOT / "README.md")
    wanted = ["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/glossary.md", "docs/decisions", "docs/guides"]
    assert [page for page in wanted if page not in start] == []


def test_every_library_is_there_for_a_reason() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *(r for extra in project["optional-dependencies"].values() for r in extra)]
    required = {re.split(r"[\[<>=;]", requirement, maxsplit=1)[0] for requirement in wanted}
    explained = set(re.findall(r"^\| ([a-z0-9-]+) \| \S", text_of(ROOT / "docs" / "libraries.md"), re.MULTILINE))
    assert explained - {"library", "---"} == required

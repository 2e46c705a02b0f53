"""The command before it speaks to a platform: its help and its refusals of wrong usage, in the reader's language."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from clients.cli.app import MISUSED, language_asked, run
from clients.cli.moves import MOVES
from clients.cli.terminal import Terminal
from clients.language import language_named, language_of
from clients.sign_in import config_file, sign_ins_from

COMMANDS = (
    "",
    "incidents",
    *(f"incidents {name}" for name in ("list", "show", "report", *(move.name for move in MOVES), "relate", "unrelate")),
    "comments",
    *(f"comments {name}" for name in ("list", "add")),
    "analyses",
    *(f"analyses {name}" for name in ("show", "join", "propose", "judge", "conclude")),
    "clocks",
    "clocks explain",
    "clocks what-if",
    "contracts",
    *(f"contracts {name}" for name in ("list", "show", "entitlements", "contact-list")),
    "calendars",
    *(f"calendars {name}" for name in ("list", "show", "china", "check")),
    "import incidents",
    "trace",
    "login",
    "logout",
)


def called(folder: Path, line: str, language: str = "en") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one call in an empty folder of an empty home."""
    out, err = io.StringIO(), io.StringIO()
    console, errors = Console(file=out, width=120), Console(file=err, width=120)
    terminal = Terminal(language, console, errors, {"HOME": str(folder)}, folder)
    return run(terminal, line.split()), out.getvalue(), err.getvalue()


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_has_its_help_in_both_languages(tmp_path: Path, line: str) -> None:
    code, english, _ = called(tmp_path, f"{line} --help")
    assert code == 0
    assert english.strip().startswith("Usage  aftercare")
    assert english.isascii()
    code, chinese, _ = called(tmp_path, f"{line} --help", "zh")
    assert code == 0
    assert chinese.strip().startswith("用法  aftercare")
    assert "显示此帮助" in chinese


@pytest.mark.parametrize("line", ["", "incidents", "--lang en"])
def test_a_family_by_itself_tells_what_there_is(tmp_path: Path, line: str) -> None:
    code, out, err = called(tmp_path, line)
    assert (code, err) == (0, "")
    assert "Commands" in out


@pytest.mark.parametrize(
    ("line", "en", "zh"),
    [
        ("incidents lst", "There is no command lst.\n  Did you mean list?", "没有命令 lst。\n  是否想用 list？"),
        ("nothing", "There is no command nothing.", "没有命令 nothing。"),
        ("incidents list --sate x", "There is no option --sate.", "没有选项 --sate。"),
        ("incidents list --state", "--state wants a value.", "--state 需要一个值。"),
        ("incidents list --limit many", "--limit wants a whole number above 0.", "--limit 应为大于 0 的整数。"),
        ("incidents list --limit 0", "--limit wants a whole number above 0.", "--limit 应为大于 0 的整数。"),
        ("incidents show", "INCIDENT is missing.", "缺少 INCIDENT。"),
        ("incidents report", "--title is missing.", "缺少 --title。"),
        ("trace one two", "Not expected here: two", "多余的参数：two"),
        ("trace one", "Nobody is signed in.", "尚未登录。"),
        ("logout", "There is no session on this machine.", "本机没有已保存的会话。"),
    ],
)
def test_wrong_usage_is_told_on_standard_error_with_exit_code_2(tmp_path: Path, line: str, en: str, zh: str) -> None:
    for language, heading, sentence in (("en", "Error: ", en), ("zh", "错误：", zh)):
        code, out, err = called(tmp_path, line, language)
        assert (code, out) == (MISUSED, "")
        assert err.startswith(heading + sentence)


def test_a_severity_that_is_none_is_answered_with_those_there_are(tmp_path: Path) -> None:
    code, _, err = called(tmp_path, "incidents list --severity huge")
    assert code == MISUSED
    assert "not huge, but one of general, major, disaster, consultation" in err


def test_a_language_we_do_not_speak_is_refused(tmp_path: Path) -> None:
    code, _, err = called(tmp_path, "incidents list --lang fr")
    assert (code, "zh-CN, en" in err) == (MISUSED, True)


def test_the_language_is_read_wherever_it_stands() -> None:
    assert language_asked(["incidents", "list", "--lang", "zh-CN"]) == "zh-CN"
    assert language_asked(["--lang=en", "trace"]) == "en"
    assert language_asked(["trace", "--lang"]) is None


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
    ],
)
def test_the_environment_names_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_any_name_of_chinese_is_chinese() -> None:
    assert {language_named(name) for name in ("zh", "zh-CN", "zh_CN.UTF-8", "ZH-Hans")} == {"zh"}
    assert {language_named(name) for name in ("en", "zhuang", "C")} == {"en"}


def test_the_login_is_kept_where_the_desktop_standard_says() -> None:
    assert config_file({"XDG_CONFIG_HOME": "/x", "HOME": "/h"}) == Path("/x/aftercare/login.json")
    assert config_file({"HOME": "/h"}) == Path("/h/.config/aftercare/login.json")


def test_a_checkouts_sign_ins_are_found_from_any_folder_in_it(tmp_path: Path) -> None:
    inner = tmp_path / "services" / "incidents"
    inner.mkdir(parents=True)
    assert sign_ins_from(inner) is None
    (tmp_path / ".aftercare").mkdir()
    file = tmp_path / ".aftercare" / "sign-ins.json"
    file.write_text("{}")
    assert sign_ins_from(inner) == file

"""`python -m deploy.test_machine`: what the tests need beside Python: RabbitMQ, Chromium, a font for Chinese.

As root on Debian or Ubuntu what is missing is installed, else the one command to run is printed. Says nothing when
all is there.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass

from deploy import apt, rabbit_package

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Need:
    """Something the tests run against, and Debian's packages that bring it."""

    name: str
    packages: tuple[str, ...]
    is_there: bool


def needs() -> list[Need]:
    """All that the tests need, and whether it is there. Chromium shows Chinese as boxes without a font for it."""
    return [
        Need("RabbitMQ", rabbit_package.PACKAGES, rabbit_package.is_installed()),
        Need("Chromium", ("chromium",), any(shutil.which(name) for name in BROWSERS)),
        Need("a font for Chinese", ("fonts-noto-cjk", "fontconfig"), _shows_chinese()),
    ]


def _shows_chinese() -> bool:
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def main() -> None:
    """Exit code 1, and one line, when something is missing that cannot be installed from here."""
    missing = [need for need in needs() if not need.is_there]
    if not missing:
        return
    names = ", ".join(need.name for need in missing)
    packages = [package for need in missing for package in need.packages]
    if not apt.may_install():
        sys.exit(f"The tests need {names} (测试环境缺少组件). On Debian or Ubuntu run: {apt.command_for(packages)}")
    print(f"Installing for the tests: {' '.join(packages)}", flush=True)
    try:
        apt.install(packages)
    except apt.NotInstalled as problem:
        sys.exit(str(problem))
    if still := [need.name for need in needs() if not need.is_there]:
        sys.exit(f"Installed, but not found: {', '.join(still)}")


if __name__ == "__main__":
    main()

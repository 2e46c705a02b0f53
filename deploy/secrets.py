"""`make secrets`: writes the `.env` that docker-compose.yml reads: each secret once, new and random, none by hand."""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from pathlib import Path

from deploy.embedded import new_keys, write_private
from deploy.home import CHECKOUT
from services import catalogue
from shared.migrate import password_of

DATABASE = "postgres:5432/aftercare"
"""Where the containers find the database: host, port and name as in docker-compose.yml."""


def variables(public_url: str) -> dict[str, str]:
    """Every variable that docker-compose.yml asks for. The passwords that stand in URLs are letters and digits."""
    keys = new_keys()
    own = {
        f"AFTERCARE_{name.upper()}_DATABASE_URL": (
            f"postgresql://{name}:{password_of(keys.database_secret, name)}@{DATABASE}"
        )
        for name in catalogue.NAMES
    }
    return {
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "RABBITMQ_PASSWORD": secrets.token_hex(24),
        "AFTERCARE_DATABASE_SECRET": keys.database_secret,
        "AFTERCARE_PRINCIPAL_KEY": keys.principal_key,
        "AFTERCARE_GATEWAY_SIGNING_KEY": keys.signing_key,
        "AFTERCARE_FEEDBACK_TOKEN_SECRET": keys.token_secret,
        "AFTERCARE_FEEDBACK_PUBLIC_URL": public_url,
        **own,
    }


def rendered(told: dict[str, str]) -> str:
    """The text of the file: in double quotes Compose reads \\n as a new line, which the keys have several of."""
    head = "# Written by `make secrets`. Whoever reads this file can enter the platform: keep it, and keep it private."
    lines = [f'{name}="{value.strip()}"'.replace("\n", "\\n") for name, value in told.items()]
    return "\n".join([head, *lines]) + "\n"


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:/\[\]_-]+", text):
        raise argparse.ArgumentTypeError("an address that begins with http:// or https://")
    return text


def main() -> None:
    """Exit code 1 and one line when there is such a file: with new secrets the platform could not read its data."""
    options = argparse.ArgumentParser(prog="make secrets", description=__doc__)
    options.add_argument("--file", type=Path, default=CHECKOUT / ".env", help="where to write (default: .env)")
    options.add_argument(
        "--public-url",
        type=_address,
        default="http://127.0.0.1:8000",
        help="address of the gateway, as it stands in mails",
    )
    given = options.parse_args()
    if given.file.exists():
        sys.exit(f"{given.file} is there already (已存在) and is left as it is: without it nobody can read the data.")
    write_private(given.file, rendered(variables(given.public_url)))
    print(f"Written, for your eyes only (仅本人可读): {given.file}")


if __name__ == "__main__":
    main()

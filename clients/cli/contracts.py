"""`aftercare contracts list|show|entitlements|contact-list`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from clients.api import Aftercare
from clients.cli.agreement_pictures import contact_list_page, contract_page, contracts_table, entitlements_table
from clients.cli.finding import contract_called
from clients.cli.helping import Command, family
from clients.cli.parameters import AsJson, Lang, terminal_of
from clients.cli.terminal import Misuse, Terminal
from clients.language import LOCALES
from clients.models import Agreement, CatalogueItem, ContactList, Contract, Customer, Entitlement, IssuedContactList

CONTRACT = Annotated[str, typer.Argument(metavar="CONTRACT", help="argument_contract")]


def contracts_group() -> typer.Typer:
    group = family("contracts")
    group.command("list", cls=Command, help="list_contracts")(list_contracts)
    group.command("show", cls=Command, help="show_contract")(show_contract)
    group.command("entitlements", cls=Command, help="list_entitlements")(list_entitlements)
    group.command("contact-list", cls=Command, help="contact_list")(show_contact_list)
    return group


def list_contracts(ctx: typer.Context, lang: Lang = None, as_json: AsJson = False) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[list[Contract], dict[UUID, Customer]]:
        customers = await api.all(Customer, "/v1/customers")
        return await api.all(Contract, "/v1/contracts"), {each.customer_id: each for each in customers}

    contracts, customers = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(contracts)
    else:
        terminal.tell(contracts_table(contracts, customers, terminal.language))


def show_contract(ctx: typer.Context, contract: CONTRACT, lang: Lang = None, as_json: AsJson = False) -> None:
    """As JSON: its agreements, the newest of which says what is promised."""
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[Contract, Customer, list[Agreement]]:
        found = await contract_called(api, contract)
        customer = await api.get(Customer, f"/v1/customers/{found.customer_id}")
        return found, customer, await api.all(Agreement, f"/v1/contracts/{found.id}/agreements")

    found, customer, agreements = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(agreements)
    else:
        terminal.tell(contract_page(found, customer, agreements, terminal.language))


def list_entitlements(ctx: typer.Context, contract: CONTRACT, lang: Lang = None, as_json: AsJson = False) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[list[Entitlement], dict[str, str]]:
        items = await api.all(CatalogueItem, "/v1/catalogue")
        path = f"/v1/contracts/{(await contract_called(api, contract)).id}/entitlements"
        return await api.all(Entitlement, path), {item.code: item.name(terminal.language) for item in items}

    found, names = asyncio.run(terminal.with_platform(work))
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(entitlements_table(found, names, terminal.language))


def show_contact_list(
    ctx: typer.Context,
    contract: CONTRACT,
    version: Annotated[int | None, typer.Option(min=1, metavar="N", help="option_version")] = None,
    document: Annotated[Path | None, typer.Option("--document", metavar="FILE", help="option_document")] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    terminal = terminal_of(ctx, as_json)

    async def work(api: Aftercare) -> tuple[IssuedContactList, bytes]:
        path = f"/v1/contracts/{(await contract_called(api, contract)).id}/contact-list"
        wanted = version or await _newest(api, path)
        found = await api.get(IssuedContactList, f"{path}/{wanted}")
        written = b"" if document is None else await _document(api, f"{path}/{wanted}/document", terminal)
        return found, written

    found, written = asyncio.run(terminal.with_platform(work))
    if document is not None:
        _keep(document, written)
    if terminal.as_json:
        terminal.tell_json(found)
    else:
        terminal.tell(contact_list_page(found, terminal.language, terminal.zone))


async def _newest(api: Aftercare, path: str) -> int:
    """Raises Misuse where none was issued."""
    issued = await api.all(ContactList, path)
    if not issued:
        raise Misuse("no_contact_list")
    return max(each.version for each in issued)


async def _document(api: Aftercare, path: str, terminal: Terminal) -> bytes:
    async with api.download(path, lang=LOCALES[terminal.language]) as answer:
        return await answer.aread()


def _keep(file: Path, content: bytes) -> None:
    """Raises Misuse for a file that cannot be written."""
    try:
        file.write_bytes(content)
    except OSError as problem:
        raise Misuse("unwritable", file=file, reason=problem.strerror) from problem

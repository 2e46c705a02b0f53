"""The form in which a fault is reported: by the customer for itself, by staff for a customer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import events, ui

from clients.api import Aftercare, Problem, Unreachable
from clients.dashboard.addresses import incident_path
from clients.dashboard.asking import Ask
from clients.dashboard.elements import Part, Tag
from clients.dashboard.filters import LEVELS, SEVERITIES
from clients.dashboard.forms import EMIT_FORM, draw_field, values_of
from clients.dashboard.reader import Reader
from clients.models import Asset, Customer, Incident, Me

STAFF_CHANNELS = ("hotline", "mail", "direct_call", "monitoring")


@dataclass(frozen=True)
class Reportable:
    """For whom a fault may be reported, and of the own things, which."""

    customers: tuple[Customer, ...] = ()
    assets: tuple[Asset, ...] = ()


async def reportable(api: Aftercare, me: Me) -> Reportable:
    """Raises Problem, Unreachable."""
    if me.customer_id:
        return Reportable(assets=tuple(await api.all(Asset, f"/v1/customers/{me.customer_id}/assets")))
    return Reportable(customers=tuple(await api.all(Customer, "/v1/customers")))


class ReportPage:
    """Staff first say for whom; then the things of that customer are there to choose from."""

    def __init__(
        self, api: Aftercare, me: Me, reader: Reader, known: Reportable, on_ended: Callable[[], Awaitable[None]]
    ) -> None:
        self._api, self._me, self._reader, self._on_ended = api, me, reader, on_ended
        self._asks = _asks(me)
        with Tag("section", "", "card report"):
            Tag("h1", reader.say("report"), "list__title")
            Tag("p", reader.say("report_hint"), "dialog__hint")
            with Tag("form", "", "form") as form:
                if me.customer_id is None:
                    self._customer_field(known.customers)
                self._assets = Part(Tag("div", "", "form"), self._draw_assets)
                for ask in self._asks:
                    draw_field(ask, [(value, reader.word(value)) for value in ask.choices], reader)
                self._problem = Tag("p", "", "form__problem", role="alert")
                with Tag("div", "", "form__buttons"):
                    Tag("button", reader.say("report"), "button button--main", type="submit")
        self._assets.show(known.assets)
        form.on("submit.prevent", self._submit, js_handler=EMIT_FORM)

    def _customer_field(self, customers: tuple[Customer, ...]) -> None:
        ask = Ask("customer_id", "choice")
        names = [(str(one.customer_id), one.name(self._reader.language)) for one in customers if one.active]
        with Tag("div", "", "form") as box:
            draw_field(ask, names, self._reader)
        box.on("change", self._choose_customer, js_handler="(event) => emit(event.target.value)")

    def _draw_assets(self, assets: tuple[Asset, ...]) -> None:
        names = [(str(asset.id), f"{asset.name} · {asset.serial}") for asset in assets]
        draw_field(Ask("asset_id", "choice", required=False), names, self._reader)

    async def _choose_customer(self, event: events.GenericEventArguments) -> None:
        try:
            self._assets.show(tuple(await self._api.all(Asset, f"/v1/customers/{event.args}/assets")))
        except (Problem, Unreachable):
            self._assets.show(())

    async def _submit(self, event: events.GenericEventArguments) -> None:
        told: Mapping[str, str] = event.args
        chosen = {name: told[name] for name in ("customer_id", "asset_id") if told.get(name)}
        self._problem.show("")
        try:
            body: dict[str, Any] = chosen | values_of(self._asks, told, self._reader)
            incident = await self._api.post(Incident, "/v1/incidents", **body)
        except Problem as problem:
            if problem.status == 401:
                await self._on_ended()
            self._problem.show(problem.detail)
        except Unreachable:
            self._problem.show(self._reader.say("unreachable"))
        else:
            ui.navigate.to(incident_path(incident.number))


def _asks(me: Me) -> tuple[Ask, ...]:
    """What is asked of everybody, and what only staff know to say."""
    common = (
        Ask("title"),
        Ask("description", "text"),
        Ask("severity", "choice", SEVERITIES, initial="general"),
        Ask("impact", "choice", LEVELS, initial="medium"),
        Ask("urgency", "choice", LEVELS, initial="medium"),
        Ask("contact_name"),
        Ask("contact_email", "email", required=False),
    )
    if me.customer_id:
        return common
    return (
        *common,
        Ask("channel", "choice", STAFF_CHANNELS, initial="hotline"),
        Ask("reported_at", "moment", required=False),
    )

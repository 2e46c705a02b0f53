"""THE table of public routes: what is not in it is not public, whatever a service answers.

Paths are those of the services; a request is forwarded unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from shared.errors import MethodNotAllowed, NotFound
from shared.settings import LARGEST_FILE

Limit = Literal["caller", "sign_in"]
OPERATED = ("gateway", "contracts", "incidents", "escalation", "inventory", "feedback", "notify")


@dataclass(frozen=True)
class Route:
    """One method at one path, and who answers it.

    `public`: open to everybody; no token is looked at. `limit`: which rate limit counts the request.
    `body_limit` in bytes; None is the setting's.
    """

    method: str
    path: str
    service: str
    public: bool = False
    limit: Limit = "caller"
    body_limit: int | None = None


PUBLIC_ROUTES: tuple[Route, ...] = (
    # people, sign-in, keys
    Route("POST", "/v1/sessions", "gateway", public=True, limit="sign_in", body_limit=4096),
    Route("DELETE", "/v1/sessions/current", "gateway"),
    Route("GET", "/v1/me", "gateway"),
    Route("POST", "/v1/people", "gateway"),
    Route("GET", "/v1/people", "gateway"),
    Route("GET", "/v1/people/{person_id}", "gateway"),
    Route("PATCH", "/v1/people/{person_id}", "gateway"),
    Route("POST", "/v1/keys", "gateway"),
    Route("GET", "/v1/keys", "gateway"),
    Route("GET", "/v1/keys/{key_id}", "gateway"),
    Route("DELETE", "/v1/keys/{key_id}", "gateway"),
    # customers and what they have
    Route("POST", "/v1/customers", "contracts"),
    Route("GET", "/v1/customers", "contracts"),
    Route("GET", "/v1/customers/{customer_id}", "contracts"),
    Route("POST", "/v1/customers/{customer_id}/sites", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/sites", "contracts"),
    Route("POST", "/v1/customers/{customer_id}/departments", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/departments", "contracts"),
    Route("POST", "/v1/customers/{customer_id}/assets", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/assets", "contracts"),
    Route("POST", "/v1/customers/{customer_id}/key-businesses", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/key-businesses", "contracts"),
    Route("PUT", "/v1/customers/{customer_id}/emergency-organisation", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/emergency-organisation", "contracts"),
    # calendars, contracts and agreements
    Route("POST", "/v1/calendars", "contracts"),
    Route("POST", "/v1/calendars:china", "contracts"),
    Route("GET", "/v1/calendars", "contracts"),
    Route("GET", "/v1/calendars/{calendar_id}", "contracts"),
    Route("POST", "/v1/calendars/{calendar_id}/preview", "contracts"),
    Route("POST", "/v1/calendars/{calendar_id}/correct", "contracts"),
    Route("POST", "/v1/calendars/{calendar_id}/extend", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/sites/{site_id}", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}/sites/{site_id}", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/departments/{department_id}", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}/departments/{department_id}", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/assets/{asset_id}", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}/assets/{asset_id}", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/key-businesses/{key_business_id}", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}/key-businesses/{key_business_id}", "contracts"),
    Route("POST", "/v1/customers/{customer_id}/contacts", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/contacts", "contracts"),
    Route("GET", "/v1/customers/{customer_id}/contacts/{contact_id}", "contracts"),
    Route("PATCH", "/v1/customers/{customer_id}/contacts/{contact_id}", "contracts"),
    Route("POST", "/v1/customers:import", "contracts", body_limit=4_194_304),
    Route("POST", "/v1/customers/{customer_id}/sites:import", "contracts", body_limit=4_194_304),
    Route("POST", "/v1/customers/{customer_id}/assets:import", "contracts", body_limit=4_194_304),
    Route("GET", "/v1/search", "contracts"),
    # contracts and agreements
    Route("POST", "/v1/contracts", "contracts"),
    Route("GET", "/v1/contracts", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}", "contracts"),
    Route("POST", "/v1/contracts/{contract_id}/agreements", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}/agreements", "contracts"),
    Route("GET", "/v1/agreements/{agreement_id}", "contracts"),
    Route("POST", "/v1/agreements/{agreement_id}/sign", "contracts"),
    Route("POST", "/v1/agreements/{agreement_id}/withdraw", "contracts"),
    Route("PATCH", "/v1/contracts/{contract_id}", "contracts"),
    Route("POST", "/v1/contracts/{contract_id}/contact-list", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}/contact-list", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}/contact-list/{version}", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}/contact-list/{version}/document", "contracts"),
    Route("POST", "/v1/contracts/{contract_id}/entitlements", "contracts"),
    Route("GET", "/v1/contracts/{contract_id}/entitlements", "contracts"),
    Route("GET", "/v1/entitlements/{entitlement_id}", "contracts"),
    Route("PATCH", "/v1/entitlements/{entitlement_id}", "contracts"),
    Route("POST", "/v1/entitlements/{entitlement_id}/withdraw", "contracts"),
    Route("POST", "/v1/entitlements/{entitlement_id}/uses", "contracts"),
    Route("GET", "/v1/entitlements/{entitlement_id}/uses", "contracts"),
    Route("GET", "/v1/catalogue", "contracts"),
    Route("GET", "/v1/catalogue/{code}", "contracts"),
    Route("PATCH", "/v1/catalogue/{code}", "contracts"),
    # incidents and visits
    Route("POST", "/v1/incidents", "incidents"),
    Route("POST", "/v1/incidents:import", "incidents", body_limit=4_194_304),
    Route("GET", "/v1/incidents", "incidents"),
    Route("GET", "/v1/incidents:export", "incidents"),
    Route("GET", "/v1/incidents/{reference}", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/acknowledge", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/classify", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/assign", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/begin", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/prioritise", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/pause", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/resume", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/resolve", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/confirm", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/refuse", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/reopen", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/cancel", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/decide-cover", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/merge", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/unmerge", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/merged", "incidents"),
    Route("PUT", "/v1/incidents/{incident_id}/parent", "incidents"),
    Route("DELETE", "/v1/incidents/{incident_id}/parent", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/children", "incidents"),
    Route("PUT", "/v1/incidents/{incident_id}/related/{other_id}", "incidents"),
    Route("DELETE", "/v1/incidents/{incident_id}/related/{other_id}", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/related", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/segments", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/escalate", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/joint-analyses", "incidents"),
    Route("GET", "/v1/joint-analyses/{analysis_id}", "incidents"),
    Route("POST", "/v1/joint-analyses/{analysis_id}/participants", "incidents"),
    Route("POST", "/v1/joint-analyses/{analysis_id}/hypotheses", "incidents"),
    Route("POST", "/v1/joint-analyses/{analysis_id}/hypotheses/{hypothesis_id}/judge", "incidents"),
    Route("POST", "/v1/joint-analyses/{analysis_id}/conclude", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/clocks/{kind}/explanation", "incidents"),
    Route("POST", "/v1/clocks/what-if", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/pauses", "incidents"),
    Route("GET", "/v1/pauses/{pause_id}", "incidents"),
    Route("POST", "/v1/pauses/{pause_id}/dispute", "incidents"),
    Route("POST", "/v1/pauses/{pause_id}/settle", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/timeline", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/clocks", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/comments", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/comments", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/attachments", "incidents", body_limit=LARGEST_FILE),
    Route("GET", "/v1/incidents/{incident_id}/attachments", "incidents"),
    Route("GET", "/v1/attachments/{attachment_id}", "incidents"),
    Route("DELETE", "/v1/attachments/{attachment_id}", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/watchers", "incidents"),
    Route("PUT", "/v1/incidents/{incident_id}/watchers/me", "incidents"),
    Route("DELETE", "/v1/incidents/{incident_id}/watchers/me", "incidents"),
    Route("PUT", "/v1/incidents/{incident_id}/watchers/{person_id}", "incidents"),
    Route("DELETE", "/v1/incidents/{incident_id}/watchers/{person_id}", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/time", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/time", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/time/totals", "incidents"),
    Route("POST", "/v1/time/{entry_id}/withdraw", "incidents"),
    Route("PUT", "/v1/incidents/{incident_id}/tags", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/tags", "incidents"),
    Route("GET", "/v1/tags", "incidents"),
    Route("POST", "/v1/views", "incidents"),
    Route("GET", "/v1/views", "incidents"),
    Route("GET", "/v1/views/{view_id}", "incidents"),
    Route("PATCH", "/v1/views/{view_id}", "incidents"),
    Route("DELETE", "/v1/views/{view_id}", "incidents"),
    Route("POST", "/v1/incidents/{incident_id}/visits", "incidents"),
    Route("GET", "/v1/incidents/{incident_id}/visits", "incidents"),
    Route("GET", "/v1/visits/{visit_id}", "incidents"),
    Route("POST", "/v1/visits/{visit_id}/depart", "incidents"),
    Route("POST", "/v1/visits/{visit_id}/arrive", "incidents"),
    Route("POST", "/v1/visits/{visit_id}/complete", "incidents"),
    # contingency plans
    Route("POST", "/v1/plans", "escalation"),
    Route("GET", "/v1/plans", "escalation"),
    Route("GET", "/v1/plans/{plan_id}", "escalation"),
    Route("POST", "/v1/plans/{plan_id}/start-drill", "escalation"),
    Route("POST", "/v1/plans/{plan_id}/evaluate-drill", "escalation"),
    Route("POST", "/v1/plans/{plan_id}/approve", "escalation"),
    Route("POST", "/v1/plans/{plan_id}/put-in-force", "escalation"),
    Route("POST", "/v1/plans/{plan_id}/retire", "escalation"),
    # emergencies
    Route("GET", "/v1/emergencies", "escalation"),
    Route("GET", "/v1/emergencies/{emergency_id}", "escalation"),
    Route("POST", "/v1/activations", "escalation"),
    Route("GET", "/v1/activations", "escalation"),
    Route("GET", "/v1/activations/{activation_id}", "escalation"),
    Route("POST", "/v1/activations/{activation_id}/authorise", "escalation"),
    Route("POST", "/v1/activations/{activation_id}/refuse", "escalation"),
    Route("POST", "/v1/activations/{activation_id}/steps/{step_id}/start", "escalation"),
    Route("POST", "/v1/activations/{activation_id}/steps/{step_id}/complete", "escalation"),
    Route("POST", "/v1/part-call-ups", "escalation"),
    Route("GET", "/v1/part-call-ups", "escalation"),
    Route("POST", "/v1/engagements", "escalation"),
    Route("GET", "/v1/engagements", "escalation"),
    Route("GET", "/v1/engagements/{engagement_id}", "escalation"),
    Route("POST", "/v1/engagements/{engagement_id}/accept", "escalation"),
    Route("POST", "/v1/engagements/{engagement_id}/arrive", "escalation"),
    Route("POST", "/v1/engagements/{engagement_id}/complete", "escalation"),
    Route("GET", "/v1/alarms", "escalation"),
    Route("GET", "/v1/alarms/{alarm_id}", "escalation"),
    Route("POST", "/v1/alarms/{alarm_id}/acknowledge", "escalation"),
    # spare parts
    Route("POST", "/v1/parts", "inventory"),
    Route("GET", "/v1/parts", "inventory"),
    Route("GET", "/v1/parts/{part_id}", "inventory"),
    Route("POST", "/v1/depots", "inventory"),
    Route("GET", "/v1/depots", "inventory"),
    Route("GET", "/v1/depots/{depot_id}", "inventory"),
    Route("POST", "/v1/depots/{depot_id}/receipts", "inventory"),
    Route("GET", "/v1/stock", "inventory"),
    Route("GET", "/v1/movements", "inventory"),
    Route("GET", "/v1/reservations", "inventory"),
    Route("GET", "/v1/reservations/{reservation_id}", "inventory"),
    Route("POST", "/v1/reservations/{reservation_id}/issue", "inventory"),
    Route("POST", "/v1/reservations/{reservation_id}/use", "inventory"),
    Route("POST", "/v1/reservations/{reservation_id}/release", "inventory"),
    # surveys; the page is for people without sign-in, who come by a secret link
    Route("GET", "/v1/surveys", "feedback"),
    Route("GET", "/v1/surveys/{survey_id}", "feedback"),
    Route("GET", "/s/{token}", "feedback", public=True),
    Route("POST", "/s/{token}", "feedback", public=True, body_limit=65_536),
    # messages and webhooks
    Route("GET", "/v1/messages", "notify"),
    Route("POST", "/v1/webhooks", "notify"),
    Route("GET", "/v1/webhooks", "notify"),
    Route("GET", "/v1/webhooks/{webhook_id}", "notify"),
    Route("DELETE", "/v1/webhooks/{webhook_id}", "notify"),
    Route("POST", "/v1/webhooks/{webhook_id}/test", "notify"),
    Route("GET", "/v1/webhooks/{webhook_id}/deliveries", "notify"),
    Route("GET", "/v1/deliveries", "notify"),
    # what every service has for its operators
    *(Route("GET", f"/v1/evidence/{name}/{{incident_id}}", name) for name in OPERATED),
    *(Route("GET", f"/v1/operations/{name}/parked", name) for name in OPERATED),
    *(Route("POST", f"/v1/operations/{name}/parked/{{consumer}}/{{event_id}}/replay", name) for name in OPERATED),
    *(Route("POST", f"/v1/operations/{name}/parked/{{consumer}}/{{event_id}}/discard", name) for name in OPERATED),
)


@dataclass
class _Node:
    """A place in the tree of paths: what may follow it literally, what follows any segment, and who answers here."""

    literal: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    routes: dict[str, Route] = field(default_factory=dict)


class Table:
    """The routes as a tree by path segments, so that finding one takes no longer when there are more."""

    def __init__(self, routes: Iterable[Route] = PUBLIC_ROUTES) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in route.path.split("/"):
                node = self._next(node, segment)
            if route.method in node.routes:
                raise ValueError(f"two routes for {route.method} {route.path}")
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> Route:
        """HEAD finds what answers GET. Raises NotFound, or MethodNotAllowed with the methods the path takes."""
        node = _walk(self._root, path.split("/"), 0)
        if node is None:
            raise NotFound()
        route = node.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            raise MethodNotAllowed(allowed=sorted(node.routes))
        return route

    @staticmethod
    def _next(node: _Node, segment: str) -> _Node:
        if not segment.startswith("{"):
            return node.literal.setdefault(segment, _Node())
        if node.any is None:
            node.any = _Node()
        return node.any


def _walk(node: _Node, segments: list[str], at: int) -> _Node | None:
    """The node at the end of the path: a literal segment is tried before a free one, which is never empty."""
    if at == len(segments):
        return node if node.routes else None
    segment = segments[at]
    literal = node.literal.get(segment)
    found = _walk(literal, segments, at + 1) if literal else None
    if found is None and node.any and segment:
        found = _walk(node.any, segments, at + 1)
    return found

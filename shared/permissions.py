"""Who may do what: the permissions that routes name, and the roles that hold them. Least privilege, deny by default.

The matrix is the one place to change; docs/PERMISSIONS.md is generated from it and from the routes.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A person may hold several. The Chinese terms are in docs/glossary.md."""

    CUSTOMER_USER = "customer_user"
    CLIENT_SYSTEM = "client_system"
    DESK = "desk"
    ENGINEER = "engineer"
    EMERGENCY_TEAM = "emergency_team"
    LEADER = "leader"
    SUPERIOR = "superior"
    MANAGEMENT = "management"
    KEEPER = "keeper"
    BUYER = "buyer"
    QUALITY = "quality"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    KEYS_WRITE = "keys:write"
    CONTRACTS_READ = "contracts:read"
    CONTRACTS_WRITE = "contracts:write"
    INCIDENTS_READ = "incidents:read"
    INCIDENTS_REPORT = "incidents:report"
    INCIDENTS_DISCUSS = "incidents:discuss"
    INCIDENTS_INTERNAL = "incidents:internal"
    INCIDENTS_WORK = "incidents:work"
    INCIDENTS_DISPATCH = "incidents:dispatch"
    INCIDENTS_CONFIRM = "incidents:confirm"
    INCIDENTS_REOPEN = "incidents:reopen"
    PAUSES_SETTLE = "pauses:settle"
    COVER_DECIDE = "cover:decide"
    INCIDENTS_IMPORT = "incidents:import"
    VISITS_WORK = "visits:work"
    PLANS_READ = "plans:read"
    PLANS_WRITE = "plans:write"
    PLANS_APPROVE = "plans:approve"
    EMERGENCIES_READ = "emergencies:read"
    ACTIVATIONS_REQUEST = "activations:request"
    ACTIVATIONS_DECIDE = "activations:decide"
    ACTIVATIONS_WORK = "activations:work"
    ALARMS_READ = "alarms:read"
    ALARMS_ACKNOWLEDGE = "alarms:acknowledge"
    STOCK_READ = "stock:read"
    STOCK_BOOK = "stock:book"
    STOCK_WRITE = "stock:write"
    PARTS_READ = "parts:read"
    PARTS_REQUEST = "parts:request"
    PARTS_USE = "parts:use"
    SURVEYS_READ = "surveys:read"
    MESSAGES_READ = "messages:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    EVIDENCE_READ = "evidence:read"
    OPERATIONS = "operations"


P = Permission
_READ = {P.CONTRACTS_READ, P.INCIDENTS_READ, P.EMERGENCIES_READ, P.PLANS_READ, P.PARTS_READ}
_ALARMS = {P.ALARMS_READ, P.ALARMS_ACKNOWLEDGE}
_TALK = {P.INCIDENTS_DISCUSS, P.INCIDENTS_INTERNAL}
_STAFF = _READ | _ALARMS | _TALK | {P.PEOPLE_READ, P.STOCK_READ, P.SURVEYS_READ}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CUSTOMER_USER: frozenset(
        {P.CONTRACTS_READ, P.INCIDENTS_READ, P.INCIDENTS_REPORT, P.INCIDENTS_CONFIRM, P.INCIDENTS_REOPEN}
        | {P.INCIDENTS_DISCUSS, P.PARTS_READ, P.SURVEYS_READ}
    ),
    Role.CLIENT_SYSTEM: frozenset(
        {P.INCIDENTS_READ, P.INCIDENTS_REPORT, P.INCIDENTS_DISCUSS, P.PARTS_READ, P.WEBHOOKS_READ, P.WEBHOOKS_WRITE}
    ),
    Role.DESK: frozenset(
        _STAFF
        | {P.INCIDENTS_REPORT, P.INCIDENTS_WORK, P.INCIDENTS_DISPATCH, P.INCIDENTS_REOPEN, P.PARTS_REQUEST}
        | {P.MESSAGES_READ, P.WEBHOOKS_READ, P.EVIDENCE_READ, P.COVER_DECIDE}
    ),
    Role.ENGINEER: frozenset(
        _STAFF | {P.INCIDENTS_REPORT, P.INCIDENTS_WORK, P.VISITS_WORK, P.PARTS_REQUEST, P.PARTS_USE}
    ),
    Role.EMERGENCY_TEAM: frozenset(
        _STAFF
        | {P.INCIDENTS_WORK, P.ACTIVATIONS_REQUEST, P.ACTIVATIONS_WORK, P.PLANS_WRITE, P.PARTS_REQUEST}
        | {P.INCIDENTS_REPORT}
    ),
    Role.LEADER: frozenset(
        _READ | _ALARMS | {P.INCIDENTS_DISCUSS, P.PLANS_APPROVE, P.ACTIVATIONS_DECIDE, P.EVIDENCE_READ}
    ),
    Role.SUPERIOR: frozenset(_READ | _ALARMS | {P.INCIDENTS_DISCUSS}),
    Role.MANAGEMENT: frozenset(_STAFF | {P.EVIDENCE_READ, P.MESSAGES_READ, P.PAUSES_SETTLE, P.COVER_DECIDE}),
    Role.KEEPER: frozenset({P.INCIDENTS_READ, P.PARTS_READ, P.STOCK_READ, P.STOCK_BOOK}),
    Role.BUYER: frozenset({P.STOCK_READ}),
    Role.QUALITY: frozenset(_READ | _TALK | {P.SURVEYS_READ, P.MESSAGES_READ, P.PAUSES_SETTLE}),
    Role.ADMINISTRATOR: frozenset(
        _STAFF
        | {P.PEOPLE_WRITE, P.KEYS_WRITE, P.CONTRACTS_WRITE, P.STOCK_WRITE, P.PLANS_WRITE}
        | {P.MESSAGES_READ, P.WEBHOOKS_READ, P.WEBHOOKS_WRITE, P.EVIDENCE_READ, P.OPERATIONS, P.INCIDENTS_IMPORT}
    ),
}


STAFF_ONLY: frozenset[Permission] = frozenset(
    {P.PEOPLE_READ, P.PEOPLE_WRITE, P.KEYS_WRITE, P.CONTRACTS_WRITE, P.MESSAGES_READ, P.OPERATIONS, P.INCIDENTS_IMPORT}
    | {P.INCIDENTS_INTERNAL, P.STOCK_READ, P.STOCK_BOOK, P.STOCK_WRITE, P.PAUSES_SETTLE, P.COVER_DECIDE}
)
"""What is the provider's own: a customer's people do not hold it, whatever their roles bring."""


def permissions_of(roles: frozenset[str] | tuple[str, ...], *, of_customer: bool = False) -> frozenset[Permission]:
    """All permissions that any of the roles holds; unknown roles hold none, a customer's people none of STAFF_ONLY."""
    known = {role.value for role in Role}
    held = frozenset(permission for role in roles if role in known for permission in GRANTS[Role(role)])
    return held - STAFF_ONLY if of_customer else held

"""Which roles a person may hold."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from shared.errors import Unprocessable
from shared.permissions import Role

OF_A_CUSTOMER = frozenset({Role.CUSTOMER_USER, Role.LEADER, Role.SUPERIOR, Role.EMERGENCY_TEAM})
"""A customer's emergency organisation may hold its own people beside the provider's."""
OF_STAFF = frozenset(Role) - {Role.CUSTOMER_USER, Role.CLIENT_SYSTEM}


class RolesNotAllowed(Unprocessable):
    code = "roles_not_allowed"
    en = "This person cannot hold these roles: {roles}. Possible: {allowed}."
    zh = "该人员不能担任以下角色：{roles}，可选：{allowed}。"


def allowed_roles(roles: Collection[str], customer_id: UUID | None) -> list[str]:
    """The roles without repeats, in a fixed order. Raises RolesNotAllowed when staff or customer excludes one."""
    allowed = {role.value for role in (OF_STAFF if customer_id is None else OF_A_CUSTOMER)}
    wanted = {str(role) for role in roles}
    if excluded := wanted - allowed:
        raise RolesNotAllowed(roles=sorted(excluded), allowed=sorted(allowed))
    return sorted(wanted)


def normalised(email: str) -> str:
    """An address as it is kept and compared: people do not tell upper from lower case."""
    return email.strip().lower()

"""Who keeps a depot: one named keeper, and nobody else books stock there. Pure."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from shared.errors import Forbidden, Unprocessable
from shared.permissions import Role


class NotAKeeper(Unprocessable):
    code = "not_a_keeper"
    en = "The person {person_id} is not an active member of staff with the role keeper."
    zh = "人员 {person_id} 不是在职的备件库专人。"


class NotTheKeeper(Forbidden):
    code = "not_the_keeper"
    en = "Only the keeper of {depot_en} books stock there."
    zh = "只有 {depot_zh} 的专人可以办理该库的出入库。"


def may_keep(roles: Collection[str], *, active: bool, customer_id: UUID | None) -> bool:
    """Whether a person may be named keeper: staff, active, holding the role."""
    return active and customer_id is None and Role.KEEPER.value in roles

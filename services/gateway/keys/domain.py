"""What a key may be allowed to do."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Unprocessable
from shared.permissions import GRANTS, Role

SCOPES = frozenset(permission.value for permission in GRANTS[Role.CLIENT_SYSTEM])


class ScopesNotAllowed(Unprocessable):
    code = "scopes_not_allowed"
    en = "A key cannot have these scopes: {scopes}. Possible: {allowed}."
    zh = "密钥不能具有以下权限范围：{scopes}，可选：{allowed}。"


def allowed_scopes(scopes: Collection[str]) -> list[str]:
    """The scopes without repeats, in a fixed order. Raises ScopesNotAllowed."""
    wanted = {str(scope) for scope in scopes}
    if excluded := wanted - SCOPES:
        raise ScopesNotAllowed(scopes=sorted(excluded), allowed=sorted(SCOPES))
    return sorted(wanted)

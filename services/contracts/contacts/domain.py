"""What a contact is good for. Pure."""

from __future__ import annotations

from shared.errors import Unprocessable


class ContactUnreachable(Unprocessable):
    code = "contact_unreachable"
    en = "A contact has a telephone number or a mail address."
    zh = "联系人须有电话号码或电子邮箱。"


def require_reachable(phone: str, email: str) -> None:
    """Raises ContactUnreachable."""
    if not (phone or email):
        raise ContactUnreachable()

"""For how long an incident may wait, who may dispute a pause, and who may settle that. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from services.incidents.copies.domain import Terms
from services.incidents.pauses.domain import AGREED, Allowance
from shared.auth import Principal
from shared.errors import Conflict, Forbidden


def allowance(terms: Terms | None) -> Allowance:
    """Where no agreement holds there is no promise either: it may wait for any agreed reason."""
    if terms is None:
        return Allowance(AGREED, None)
    cap = None if terms.pause_cap_seconds is None else timedelta(seconds=terms.pause_cap_seconds)
    return Allowance(terms.pause_reasons, cap)


class Settlement(StrEnum):
    UPHELD = "upheld"
    STRUCK = "struck"


class OnlyCustomerDisputes(Forbidden):
    code = "only_customer_disputes"
    en = "Only a person of the customer can dispute a pause."
    zh = "只有客户方人员才能对暂停提出异议。"


class NotDisputable(Conflict):
    code = "not_disputable"
    en = "This pause cannot be disputed: it was already, or it is no wait agreed with the customer."
    zh = "不能对该暂停提出异议：已提出过，或并非与客户约定的等待。"


class NotDisputed(Conflict):
    code = "not_disputed"
    en = "Nobody disputes this pause any more, or nobody ever did."
    zh = "该暂停没有待处理的异议。"


class OwnPause(Forbidden):
    code = "own_pause"
    en = "Who let the time stand still cannot settle a dispute about it."
    zh = "设定暂停的人员不能裁定对该暂停的异议。"


def require_disputable(by: Principal, *, reason: str, is_disputed: bool) -> None:
    """Raises OnlyCustomerDisputes, NotDisputable."""
    if by.kind != "person" or by.customer_id is None:
        raise OnlyCustomerDisputes()
    if is_disputed or reason not in AGREED:
        raise NotDisputable()


def require_settleable(by: Principal, *, author: str, is_disputed: bool) -> None:
    """Raises NotDisputed, OwnPause."""
    if not is_disputed:
        raise NotDisputed()
    if by.actor == author:
        raise OwnPause()

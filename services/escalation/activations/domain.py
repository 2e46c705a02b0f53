"""States of an activation and of its steps, who may decide, how long it may take. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from services.escalation.settings import Settings
from shared.errors import Conflict, Forbidden
from shared.moves import Moves

REQUESTED = "requested"
MOVES: Moves = {
    (REQUESTED, "authorise"): "authorised",
    (REQUESTED, "refuse"): "refused",
    (REQUESTED, "withdraw"): "withdrawn",
    ("authorised", "start_step"): "authorised",
    ("authorised", "complete_step"): "authorised",
    ("authorised", "complete"): "completed",
}
"""A step moves only in an authorised activation; from a refused or withdrawn one nothing ever runs."""

STEP_MOVES: Moves = {("pending", "start"): "started", ("started", "complete"): "completed"}


class PlanNotInForce(Conflict):
    code = "plan_not_in_force"
    en = "The plan {plan_id} is not in force for the customer of this incident."
    zh = "预案 {plan_id} 不是该事件所属客户的生效预案。"


class RequesterCannotDecide(Forbidden):
    code = "requester_cannot_decide"
    en = "Who requested the activation cannot decide on it."
    zh = "申请人不能对自己的启动申请作出决定。"


class AlreadyDecided(Conflict):
    code = "already_decided"
    en = "You have decided on this request already."
    zh = "您已对该申请作出决定。"


class AlreadyRequested(Conflict):
    code = "activation_already_requested"
    en = "The activation of this plan for this incident is requested or running already."
    zh = "该事件已申请启动此预案，或此预案正在执行。"


class StepNotReady(Conflict):
    code = "step_not_ready"
    en = "Step {position} waits for the steps {waits_for}."
    zh = "第 {position} 步须等待以下步骤完成：{waits_for}。"


def answer_window(severity: str, settings: Settings) -> timedelta:
    """How long the leading group has to answer before the request goes on to the next level."""
    in_disaster = severity == "disaster"
    return timedelta(seconds=settings.answer_seconds_disaster if in_disaster else settings.answer_seconds)


def require_other_than_requester(requested_by: UUID, decider: UUID) -> None:
    if decider == requested_by:
        raise RequesterCannotDecide()


def has_quorum(authorised_by: Collection[UUID], leader_ids: Collection[UUID], quorum: int) -> bool:
    """Whether enough of those who are leaders now have authorised it, each counted once."""
    return len(set(authorised_by) & set(leader_ids)) >= quorum


def require_ready(position: int, after: Collection[int], states: Mapping[int, str]) -> None:
    """Raise StepNotReady while a step it waits for is not completed. `states`: by position."""
    waits_for = sorted(other for other in after if states[other] != "completed")
    if waits_for:
        raise StepNotReady(position=position, waits_for=waits_for)

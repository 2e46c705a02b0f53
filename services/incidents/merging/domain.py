"""What may be merged into what. Pure."""

from __future__ import annotations

from uuid import UUID

from services.incidents.incidents.domain import OVER
from shared.errors import Conflict, Unprocessable


class MergeIntoItself(Unprocessable):
    code = "merge_into_itself"
    en = "An incident cannot be merged into itself."
    zh = "不能将事件合并到其自身。"


class MergeCycle(Conflict):
    code = "merge_cycle"
    en = "{target} was merged into this incident; the other way round would be a circle."
    zh = "{target} 已合并到本事件，反向合并会形成循环。"


class MergeTargetOver(Conflict):
    code = "merge_target_over"
    en = "Nobody works on {target} any more ({state}); it cannot take in another."
    zh = "{target} 已不再处理（{state}），不能作为合并目标。"


class MergeHasChildren(Conflict):
    code = "merge_has_children"
    en = "The incident has others below it; take them out first."
    zh = "该事件有下级事件，请先解除关联。"


def require_mergeable(*, source_id: UUID, target_id: UUID, target: str, target_state: str, way_up: set[UUID]) -> None:
    """`way_up`: what the target was merged into, to the last. Raises MergeIntoItself, MergeCycle, MergeTargetOver."""
    if source_id == target_id:
        raise MergeIntoItself()
    if source_id in way_up:
        raise MergeCycle(target=target)
    if target_state in OVER:
        raise MergeTargetOver(target=target, state=target_state)

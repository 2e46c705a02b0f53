"""Which incidents may be related. Pure."""

from __future__ import annotations

from enum import StrEnum

from shared.errors import Conflict, Unprocessable


class Outcome(StrEnum):
    RELATED = "related"
    UNRELATED = "unrelated"


class RelatedToItself(Unprocessable):
    code = "related_to_itself"
    en = "An incident is not related to itself."
    zh = "事件不能与其自身关联。"


class AlreadyRelated(Conflict):
    code = "already_related"
    en = "{other} is related to this incident already."
    zh = "{other} 已与本事件关联。"


class NotRelated(Conflict):
    code = "not_related"
    en = "{other} is not related to this incident."
    zh = "{other} 未与本事件关联。"

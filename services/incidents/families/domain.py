"""Which incident may stand below which. One level, so that everybody sees at once who fans out to whom. Pure."""

from __future__ import annotations

from shared.errors import Conflict, Unprocessable


class ParentOfItself(Unprocessable):
    code = "parent_of_itself"
    en = "An incident cannot stand below itself."
    zh = "事件不能作为自身的下级。"


class ParentIsChild(Conflict):
    code = "parent_is_child"
    en = "{parent} stands below another incident itself."
    zh = "{parent} 本身是其他事件的下级。"


class ChildIsParent(Conflict):
    code = "child_is_parent"
    en = "Others stand below this incident; it cannot stand below one itself."
    zh = "本事件已有下级事件，不能再作为其他事件的下级。"


class ParentOver(Conflict):
    code = "parent_over"
    en = "Service is restored for {parent}, or nobody works on it ({state}); nothing is put below it any more."
    zh = "{parent} 已恢复或不再处理（{state}），不能再添加下级事件。"


class ChildOver(Conflict):
    code = "child_over"
    en = "Nobody works on the incident any more ({state}); it is put below no other."
    zh = "该事件已不再处理（{state}），不能作为下级事件。"


class NoParent(Conflict):
    code = "no_parent"
    en = "The incident stands below no other."
    zh = "该事件没有上级事件。"

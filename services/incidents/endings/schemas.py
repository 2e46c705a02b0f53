"""HTTP bodies about the end of an incident."""

from __future__ import annotations

from services.incidents.incidents.schemas import Body, Text


class Resolve(Body):
    """`with_children`: the same solution restored the incidents below this one."""

    solution: Text
    with_children: bool = True


class Confirm(Body):
    """Nothing to say."""


class Refuse(Body):
    reason: Text


class Reopen(Body):
    reason: Text


class Cancel(Body):
    reason: Text

"""How much somebody may ask: token buckets in memory, and bodies counted while they stream."""

from __future__ import annotations

import math
from collections import OrderedDict

from starlette.types import Message, Receive

from shared.errors import TooLarge, TooMany

MOST_BUCKETS = 20_000


class Buckets:
    """One bucket per caller: it holds `burst` requests and refills at `per_second`. Each process has its own."""

    def __init__(self, per_second: float, burst: int) -> None:
        self.per_second, self.burst = per_second, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def require(self, caller: str, now: float) -> float:
        """What is left; `now` in seconds. Raises TooMany, with the seconds until there is one request again."""
        left, at = self._left.get(caller, (float(self.burst), now))
        left = min(float(self.burst), left + max(0.0, now - at) * self.per_second)
        if left < 1:
            raise TooMany(retry_after=max(1, math.ceil((1 - left) / self.per_second)))
        return left

    def take(self, caller: str, now: float) -> None:
        """Take one request out. Raises TooMany when there is none."""
        self._left[caller] = (self.require(caller, now) - 1, now)
        self._left.move_to_end(caller)
        if len(self._left) > MOST_BUCKETS:
            self._left.popitem(last=False)


class LimitedBody:
    """A request's body on its way in. Once it is too large the service hears that the client is gone."""

    def __init__(self, receive: Receive, limit: int, announced: bytes | None) -> None:
        """Raises TooLarge at once when the announced length (Content-Length) is over `limit` bytes."""
        if announced is not None and announced.isdigit() and int(announced) > limit:
            raise TooLarge(limit=limit)
        self.limit, self.exceeded = limit, False
        self._receive, self._seen = receive, 0

    async def __call__(self) -> Message:
        if self.exceeded:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self.limit:
            self.exceeded = True
            return {"type": "http.disconnect"}
        return message

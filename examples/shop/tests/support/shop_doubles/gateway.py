"""The gateway's ports as fakes."""

from collections import deque

from shop.gateway.domain.routing import Upstream
from shop.gateway.service.ports import Answer, Caller, CallerReader, Inbound, UpstreamError, Upstreams


class FakeUpstreams(Upstreams):
    """Services that answer as they are told, and 200 when nobody has told them anything."""

    def __init__(self) -> None:
        self.next: deque[Answer | UpstreamError] = deque()
        self.calls: list[tuple[Upstream, Inbound]] = []

    async def send(self, upstream: Upstream, request: Inbound) -> Answer:
        self.calls.append((upstream, request))
        answer = self.next.popleft() if self.next else Answer(200, {"content-type": "application/json"}, b"{}")
        if isinstance(answer, UpstreamError):
            raise answer
        return answer


class FakeCallers(CallerReader):
    """The token `ada` is Ada's, `boss` is staff's."""

    def caller_of(self, token: str) -> Caller | None:
        return {"ada": Caller("ada"), "boss": Caller("boss", is_staff=True)}.get(token)


class Seconds:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

"""What the gateway needs from outside, in its own words."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shop.gateway.domain.routing import Upstream

Seconds = Callable[[], float]
"""A clock that only goes forward."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls."""

    user_id: str
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """A request from the world; names of headers in small letters."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class UpstreamError(Exception):
    """A service gave no answer.

    Args:
        problem: what happened.
        never_sent: whether it surely never saw the request.
        too_slow: whether it was its time that ran out.
    """

    def __init__(self, problem: str, *, never_sent: bool = False, too_slow: bool = False) -> None:
        super().__init__(problem)
        self.never_sent = never_sent
        self.too_slow = too_slow


class Upstreams(ABC):
    """The services behind the gateway."""

    @abstractmethod
    async def send(self, upstream: Upstream, request: Inbound) -> Answer:
        """Pass a request on, once.

        Raises:
            UpstreamError: no answer came.
        """


class CallerReader(ABC):
    """Knows callers by their bearer tokens."""

    @abstractmethod
    def caller_of(self, token: str) -> Caller | None:
        """Whose token this is; None when it is forged, expired or unknown."""

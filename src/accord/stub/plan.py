"""What a shell has to do to answer one request: values alone, no input or output."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accord.stub.delays import Dribble
    from accord.stub.journal import Entry

REASONS = {status.value: status.phrase for status in HTTPStatus}
NO_BODY = frozenset({204, 304})

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A request that the server itself sends: to a proxied service, or for a webhook.

    Attributes:
        url: with scheme and host.
        delay: seconds to wait before.
    """

    method: str
    url: str
    headers: Pairs
    body: bytes
    delay: float = 0.0


@dataclass(slots=True)
class Plan:
    """How to answer.

    Attributes:
        status: 100 to 999.
        headers: in order; without those that frame the body; with a call, those that are added to its answer.
        delay: seconds to wait before anything is sent.
        dribble: the body in chunks over a time, or None.
        fault: one of the four, instead of an answer, or None.
        call: what to ask first; its answer is given to `Engine.proxied`, which gives the plan to carry out.
        webhooks: what to send afterwards.
        is_shared: every answer of its stub is this plan.
        wire: the bytes of a shared plan, kept by the shell.
        shutdown: the server is to stop after this answer.
    """

    status: int = 200
    headers: Pairs = ()
    body: bytes = b""
    message: str | None = None
    delay: float = 0.0
    dribble: Dribble | None = None
    fault: str | None = None
    call: Call | None = None
    webhooks: Sequence[Call] = ()
    entry: Entry | None = None
    is_shared: bool = False
    wire: bytes | None = None
    shutdown: bool = field(default=False)

    @property
    def reason(self) -> str:
        """The text after the status."""
        return self.message if self.message is not None else REASONS.get(self.status, "")

    @property
    def is_plain(self) -> bool:
        """Whether it is one answer, at once."""
        return not (self.delay or self.dribble or self.fault or self.call or self.webhooks or self.shutdown)

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

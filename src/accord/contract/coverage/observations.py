"""What was seen between services: calls with their answers, and messages with who reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accord.contract.bodies import Body
    from accord.core.http.messages import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """One request that a consumer sent, and what came of it.

    Attributes:
        consumer: the participant that called.
        provider: the participant that was called.
        request: what was sent.
        response: what was answered; None where nothing was.
        failure: why nothing was answered, or what broke an answer off, such as ``ReadTimeout``.
        test: the id of the test that ran.
        doubled: the answer is a double's, which may deviate on purpose: only what was asked for is judged.
        partial: a body was too long to be kept, or was not read to its end; bodies are not compared.
    """

    consumer: str
    provider: str
    request: HttpRequest
    response: HttpResponse | None = None
    failure: str | None = None
    test: str | None = None
    doubled: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class ObservedMessage:
    """One message, as one of its readers gets it.

    Attributes:
        consumer: the participant that reads it.
        provider: the participant that published it.
        body: what it carries.
        metadata: what travelled beside it; None where the recorder could not see it, which leaves it uncompared.
        test: the id of the test that ran.
    """

    consumer: str
    provider: str
    body: Body
    metadata: Mapping[str, Any] | None = field(default=None)
    test: str | None = None


Observed = ObservedCall | ObservedMessage

"""One call through the gateway, and what is said of those that every service answers alike."""

from dataclasses import dataclass
from typing import Any, Final

from accord import match

JSON: Final = {"Content-Type": "application/json"}
NOTHING: Final = object()
"""No body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a caller asks, and what the service answers.

    Args:
        provider: the service.
        state: the provider state.
        what: the interaction's description.
        request: method and path.
        body: what is sent; nothing when left out.
        caller: the user's id; nobody when left out.
        staff: whether the caller is staff.
        status: of the answer.
        answer: its body; none when left out.
    """

    provider: str
    state: str
    what: str
    request: str
    body: Any = NOTHING
    caller: str | None = None
    staff: bool = False
    status: int = 200
    answer: Any = NOTHING

    @property
    def id(self) -> str:
        return f"{self.provider}: {self.what}"


def refusal(code: str, message: str, **more: Any) -> dict[str, Any]:
    """The body of an error."""
    return {"error": code, "message": match.string(message), **more}


def broken(provider: str, what: str, request: str, caller: str | None = None) -> Call:
    """The service fails: the gateway passes that on, and counts it."""
    return Call(
        provider=provider,
        state=f"the database of {provider} is broken",
        what=what,
        request=request,
        caller=caller,
        status=500,
        answer=refusal("internal_error", "The service failed; its log says why"),
    )
